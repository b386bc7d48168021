"""Servers to ask, clients that check every citation they see, and the commands."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from browser import find_browser
from fakes import WordHashEncoder
from lawful import lawful_client

from api.app import create_app
from api.http_protocol import BoundedProtocol
from api.service import Service
from api.settings import Settings

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
SCRIPTS = Path(sysconfig.get_path("scripts"))
START_SECONDS = 90
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTED_")}
CLEAN |= {
    "FOOTNOTED_THREADS": "2",
    "FOOTNOTED_RUNTIME": "onnxruntime",
    "PYTHONWARNINGS": "ignore",
    "COLUMNS": "100",
}

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Served:
    """A running server: its address, a client for it, and what it wrote to standard error."""

    url: str
    client: httpx.Client
    data: Path
    log: Path | None = None


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def run() -> Callable[..., Ran]:
    """Runs `ask` or `footnoted` in a process of its own."""

    def command(
        *words: object,
        stdin: str | bytes = "",
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        name, *arguments = map(str, words)
        done = subprocess.run(
            [SCRIPTS / name, *arguments],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            env={**CLEAN, **(env or {})},
            cwd=cwd or ROOT,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return command


@pytest.fixture(scope="session")
def imported() -> Callable[..., list[str]]:
    """Tells which modules a fresh interpreter holds when a command has ended."""

    def after(*words: object, program: str, modules: tuple[str, ...]) -> list[str]:
        code = (
            f"import sys, json; sys.argv = {list(map(str, words))!r}\n"
            f"from api.{program} import main\n"
            "try: main()\n"
            f"finally: print('\\n', json.dumps([m for m in {modules!r} if m in sys.modules]))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=CLEAN)
        found: list[str] = json.loads(done.stdout.splitlines()[-1])
        return found

    return after


@pytest.fixture(scope="session")
def start() -> Callable[..., "subprocess.Popen[bytes]"]:
    """Starts `ask` or `footnoted` and does not wait for it."""

    def command(*words: object, **options: Any) -> "subprocess.Popen[bytes]":
        name, *arguments = map(str, words)
        env = {**CLEAN, **options.pop("env", {})}
        return subprocess.Popen([SCRIPTS / name, *arguments], env=env, cwd=ROOT, **options)

    return command


@pytest.fixture(scope="session")
def seeds_data(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Ran]) -> Path:
    """A data folder that `footnoted ingest seeds` filled. No test writes to it."""
    data = tmp_path_factory.mktemp("seeds-data")
    done = run("footnoted", "ingest", "seeds", "--quiet", "--data", data)
    assert (done.code, done.err) == (0, "")
    return data


@pytest.fixture(scope="session")
def offline_data(seeds_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with no server on it. No test writes to it."""
    data = tmp_path_factory.mktemp("offline") / "data"
    shutil.copytree(seeds_data / "collections", data / "collections")
    return data


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    offline_data: Path,
    start: Callable[..., "subprocess.Popen[bytes]"],
) -> Iterator[Served]:
    """`footnoted serve` over a copy of the seed documents, with the real model."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(offline_data, data)
    with _serving(start, data, tmp_path_factory.mktemp("log") / "stderr") as served:
        yield served


@pytest.fixture(scope="session")
def serving_process(
    tmp_path_factory: pytest.TempPathFactory, start: Callable[..., "subprocess.Popen[bytes]"]
) -> Callable[..., Any]:
    """Runs `footnoted serve` on a data folder, with settings from the environment."""

    def served(data: Path, **env: str) -> Any:
        return _serving(start, data, tmp_path_factory.mktemp("log") / "stderr", env)

    return served


@contextmanager
def _serving(
    start: Callable[..., "subprocess.Popen[bytes]"],
    data: Path,
    log: Path,
    env: dict[str, str] | None = None,
) -> Iterator[Served]:
    with log.open("wb") as stderr:
        process = start(
            "footnoted", "serve", "--port", 0, "--data", data, stderr=stderr, env=env or {}
        )
        try:
            url = _announced(process, data, log)
            with lawful_client(url) as client:
                yield Served(url, client, data, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _announced(process: "subprocess.Popen[bytes]", data: Path, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            url: str = json.loads((data / "server.json").read_text())["url"]
            httpx.get(f"{url}/healthz")
            return url
        except (OSError, httpx.HTTPError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def serving() -> Callable[..., Any]:
    """Runs a server in this process, with an encoder that needs no model."""
    return _served_here


@contextmanager
def _served_here(data: Path, *, encoder: str = "word-hash", **chosen: Any) -> Iterator[Served]:
    settings = Settings(data=data, **chosen)
    app = create_app(
        settings, service=Service(settings, encoder=WordHashEncoder(name=encoder, window=400))
    )
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    uvicorn_server = uvicorn.Server(config)
    thread = threading.Thread(target=uvicorn_server.run)
    thread.start()
    while not uvicorn_server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    try:
        with lawful_client(url) as client:
            yield Served(url, client, data)
    finally:
        uvicorn_server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A quick server that the tests of one module may write to."""
    with _served_here(tmp_path_factory.mktemp("desk")) as served:
        served.client.put("/v1/documents/first", json={"text": "The first words of the desk."})
        yield served


@pytest.fixture
def client(server: Served) -> httpx.Client:
    """Asks the server over the seed documents."""
    return server.client


@pytest.fixture
def problem() -> Callable[..., Json]:
    """Checks that a reply is a problem as RFC 9457 has it, and gives its body."""

    def check(response: httpx.Response, status: int, kind: str) -> Json:
        assert response.headers["content-type"] == "application/problem+json"
        body: Json = response.json()
        assert (response.status_code, body["status"]) == (status, status)
        assert body["type"] == f"/problems/{kind}"
        assert body["instance"] == response.headers["x-request-id"]
        assert set(body) - {"errors"} == {"type", "title", "status", "detail", "instance"}
        return body

    return check


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser."""
    from playwright.sync_api import sync_playwright

    path = find_browser()
    if path is None:
        pytest.fail(
            "there is no Chromium; `python tests/browser.py` installs one, CHROMIUM names one"
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()
