"""The file of results: written after each part, so that an interrupted run keeps what it has."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "ROOT", "Figures", "keep", "read"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"

Figures = dict[str, Any]  # as JSON has them


def keep(path: Path, part: str, figures: Figures, *, name: str | None = None) -> None:
    """Put one part's figures, or those of one of its sets, in the place of earlier ones."""
    results = read(path)
    found = {"commit": _commit(), "machine": _machine(), **figures}
    if name is None:
        results[part] = found
    else:
        results.setdefault(part, {})[name] = found
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)


def read(path: Path) -> Figures:
    """All that was measured so far."""
    results: Figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return results


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def _machine() -> str:
    """Cores that this process may use, and what they are."""
    cores = len(os.sched_getaffinity(0))
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    threads = os.environ.get("OMP_NUM_THREADS")
    limit = f", OMP_NUM_THREADS={threads}" if threads else ""
    return f"{cores} cores of {models[0] if models else 'an unknown CPU'}{limit}, no GPU"
