"""Contenders as processes: what they are told, what they reply, and what they take."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.recording import Figures

__all__ = ["PeerError", "Server", "Talker", "first_line", "served"]

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}
END_SECONDS = 60
MEMORY = {"resident_mib": "VmRSS", "peak_mib": "VmHWM", "of_no_file_mib": "RssAnon"}


class PeerError(Exception):
    """A contender's process failed; the text has the last lines that it wrote."""


class Talker:
    """An adapter that obeys orders until it is closed.

    Args:
        command: Starts it.
        log: What it writes beside its replies is put there.
    """

    def __init__(self, command: Sequence[str], *, log: Path) -> None:
        self._log = log
        self._process = _started(command, {}, log=log)

    def order(self, do: str, **details: object) -> Figures:
        """Have something done, and wait for it.

        Raises:
            PeerError: The process ended instead.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise PeerError("the process has no pipes")
        try:
            print(json.dumps({"do": do, **details}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise PeerError(_last_lines(self._log))
        reply: Figures = json.loads(line)
        return reply

    def close(self) -> None:
        """End the process and wait for it."""
        _end(self._process)


class Server:
    """A process that serves over HTTP.

    Attributes:
        port: Where it listens, on this machine.
    """

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port

    def is_running(self) -> bool:
        return self._process.poll() is None

    def cpu_ms(self) -> float:
        """Milliseconds of processor time so far, of all its threads and those of its children."""
        return sum(map(_ticks, _with_children(self._process.pid))) * TICK_MS

    def memory(self) -> Figures:
        """MiB that are resident now, were so at most, and are of no file, of it and its children;
        what two of them share counts twice."""
        held = [_status(pid) for pid in _with_children(self._process.pid)]
        return {
            name: round(sum(int(each[field].split()[0]) for each in held) / 1024)
            for name, field in MEMORY.items()
        }


@contextmanager
def served(
    command: Sequence[str], port: int, *, log: Path, settings: Mapping[str, str]
) -> Iterator[Server]:
    """A server from its start to its end; it need not listen yet when this begins."""
    process = _started(command, settings, log=log)
    try:
        yield Server(process, port)
    finally:
        _end(process)


def first_line(command: Sequence[str], *, log: Path, settings: Mapping[str, str]) -> Figures:
    """Seconds from the start of a process to its first line, and CPU seconds to its end.

    Raises:
        PeerError: It wrote no line.
    """
    clock = time.perf_counter()
    process = _started(command, settings, log=log)
    line = process.stdout.readline() if process.stdout else ""
    seconds = time.perf_counter() - clock
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # it was waited for above
    if not line.strip():
        raise PeerError(_last_lines(log))
    return {"s": round(seconds, 3), "cpu_s": round(usage.ru_utime + usage.ru_stime, 3)}


def _with_children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for each in lists for child in each.read_text().split()]
    return [pid, *(one for child in children for one in _with_children(child))]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _started(
    command: Sequence[str], settings: Mapping[str, str], *, log: Path
) -> subprocess.Popen[str]:
    with log.open("w") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**os.environ, **OFFLINE, **settings},
        )


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
