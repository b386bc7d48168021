"""Makes sure that there is a Chromium for the browser tests, and says what it did.

Ends with 0 even where none can be had: the browser tests then fail and say so themselves.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["find_browser"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MINUTES = 10


def find_browser() -> str | None:
    """A Chromium: the one that CHROMIUM names, else one on the path, else playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    for install in (None, _with_apt, _with_playwright):
        if install and not install():
            continue
        if found := find_browser():
            print(f"browser tests use {found}")
            return
    print("no Chromium was found or could be installed; the browser tests will fail")


def _with_apt() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return _run("apt-get", "update", "-q") and _run("apt-get", "install", "-q", "-y", "chromium")


def _with_playwright() -> bool:
    return _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> bool:
    print("no Chromium yet:", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, timeout=60 * MINUTES, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"that did not work: {error}")
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
