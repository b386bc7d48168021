"""What the command costs, from the start of its process to its end: CPU time and memory."""

import json
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.recording import Figures

__all__ = ["measure_commands"]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sysconfig.get_path("scripts"))
QUESTION = "What fee does El Salvador charge?"
# A process begins with the peak memory of the one that started it, so that has to be a small one.
LAUNCHER = """
import json, os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                     file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime,
                  usage.ru_maxrss]))
"""
ROUNDS = 15  # the best counts: other work on the machine only ever adds
SERVER_SECONDS = 60


def measure_commands(folder: Path) -> Figures:
    """CPU milliseconds and peak memory of `ask`, the best of some rounds, beside bare Python.

    Args:
        folder: Empty; the seed documents are ingested into it.
    """
    alone, served = folder / "alone", folder / "served"
    ask, footnoted = str(SCRIPTS / "ask"), str(SCRIPTS / "footnoted")
    subprocess.run([footnoted, "ingest", "seeds", "--quiet", "--data", alone], cwd=ROOT, check=True)
    shutil.copytree(alone, served)
    with _served(footnoted, served):
        ways = {
            "python": [sys.executable, "-c", "pass"],
            "python, click and http.client": [sys.executable, "-c", "import click, http.client"],
            "ask --version": [ask, "--version"],
            "ask --help": [ask, "--help"],
            "ask, with a server": [ask, "--data", str(served), QUESTION],
            "ask, without": [ask, "--data", str(alone), QUESTION],
        }
        rounds = [{name: _spent(words) for name, words in ways.items()} for _ in range(ROUNDS)]
    return {
        "rounds": ROUNDS,
        "ways": {
            name: {
                "cpu_ms": round(min(found[name][0] for found in rounds)),
                "peak_mib": round(max(found[name][1] for found in rounds)),
            }
            for name in ways
        },
    }


def _spent(words: Sequence[str]) -> tuple[float, float]:
    """CPU milliseconds and peak MiB of a process."""
    launched = [sys.executable, "-S", "-c", LAUNCHER, *words]
    done = subprocess.run(launched, cwd=ROOT, capture_output=True, check=True)
    code, seconds, peak_kib = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{' '.join(words)} ended with {code}")
    return seconds * 1000, peak_kib / 1024


@contextmanager
def _served(footnoted: str, data: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [footnoted, "serve", "--port", "0", "--data", data], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + SERVER_SECONDS
    try:
        while not (data / "server.json").exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(2)  # until the model is loaded
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
