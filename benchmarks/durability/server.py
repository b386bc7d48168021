"""A real server process, and clients that change its documents."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from benchmarks.durability.world import World, marker, text_of

__all__ = ["Client", "Server", "Writer"]

START_S = 120.0
POLL_S = 0.02


class Client:
    """One connection; reconnects when the server went away."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of the reply, None where it has none; raises OSError without one."""
        sent = body if isinstance(body, str | None) else json.dumps(body)
        try:
            self._connection.request(
                method, path, sent, {"Content-Type": "application/json"} if sent else {}
            )
            reply = self._connection.getresponse()
            content = reply.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise ConnectionError(str(error)) from error
        is_json = reply.headers.get_content_subtype() in ("json", "problem+json")
        return reply.status, json.loads(content) if content and is_json else None


class Server:
    """`footnoted serve` on a folder.

    Args:
        data: The data folder.
        before: Python that runs first, to switch off what the control run is to lack.
        settings: As environment variables, without their prefix.
    """

    def __init__(self, data: Path, *, before: str = "", **settings: object) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        environment = {f"FOOTNOTED_{name.upper()}": str(value) for name, value in settings.items()}
        self.log = Path(gettempdir()) / f"footnoted-server-{self.port}.log"
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"{before}\nfrom api.cli import main; main()", "serve"],
                env={
                    **os.environ,
                    "FOOTNOTED_DATA": str(data),
                    "FOOTNOTED_PORT": str(self.port),
                    "OMP_NUM_THREADS": "1",
                    **environment,
                },
                stderr=log,
                stdout=log,
            )

    def wait(self, path: str = "/readyz") -> float:
        """Seconds until it is ready. Raises RuntimeError if it ends before, with its log."""
        start = time.perf_counter()
        while time.perf_counter() - start < START_S:
            if self._process.poll() is not None:
                break
            with suppress(ConnectionError):
                status, _ = Client(self.port).request("GET", path)
                if status == 200:
                    return time.perf_counter() - start
            time.sleep(POLL_S)
        raise RuntimeError(f"the server did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """As `kill -9`."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.log.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Nothing runs any more until `thaw`."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


class Writer(threading.Thread):
    """Puts, replaces and deletes documents of its own, one after the other, until it is told.

    Args:
        port: Of the server.
        world: Is told what is sent and what is acknowledged.
        name: Begins the ids of its documents.
        seed: Of what it does.
        documents: How many it has at most.
    """

    def __init__(self, port: int, world: World, name: str, *, seed: int, documents: int) -> None:
        super().__init__(name=name, daemon=True)
        self._client = Client(port)
        self._world = world
        self._lot = random.Random(seed)
        self._documents = documents
        self._ended = threading.Event()
        self.faults: list[str] = []

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        with suppress(ConnectionError):  # the server was killed
            while not self._ended.is_set():
                self._lot.choices([self.put, self.delete, self.put_many], [5, 2, 1])[0]()

    def put(self) -> None:
        """Put one document, and see that it is there."""
        document_id, word = self._any_id(), marker(self._lot)
        self._world.sent(document_id, word)
        status, reply = self._client.request("PUT", f"/v1/documents/{document_id}", sent_as(word))
        if status not in (200, 201):
            self.faults.append(f"putting {document_id} gave {status}: {reply}")
            return
        self._world.done(document_id, word)
        self._see(word, there=True)

    def delete(self) -> None:
        """Delete one document, and see that it is gone."""
        document_id = self._any_id()
        [*words] = self._world.possible.get(document_id, frozenset())
        self._world.sent(document_id, None)
        status, reply = self._client.request("DELETE", f"/v1/documents/{document_id}")
        if status not in (204, 404):
            self.faults.append(f"deleting {document_id} gave {status}: {reply}")
            return
        self._world.done(document_id, None)
        for word in words:
            if word is not None:
                self._see(word, there=False)

    def put_many(self) -> None:
        """Put some documents in one request."""
        words = {self._any_id(): marker(self._lot) for _ in range(4)}
        for document_id, word in words.items():
            self._world.sent(document_id, word)
        lines = "\n".join(json.dumps({"id": d, **sent_as(w)}) for d, w in words.items())
        status, _ = self._client.request("POST", "/v1/documents/bulk", lines)
        if status != 200:
            self.faults.append(f"sending in bulk gave {status}")
            return
        for document_id, word in words.items():
            self._world.done(document_id, word)

    def _see(self, word: str, *, there: bool) -> None:
        """Read your write: what was acknowledged is found by the next question."""
        asked = {"question": word, "mode": "lexical", "limit": 5}
        status, reply = self._client.request("POST", "/v1/search", asked)
        texts = [hit["text"] for hit in reply["passages"]] if status == 200 else []
        if status != 200 or any(word in text for text in texts) != there:
            self.faults.append(f"{word} should be {'there' if there else 'gone'}: {status}")

    def _any_id(self) -> str:
        return f"{self.name}{self._lot.randrange(self._documents)}"


def sent_as(word: str) -> Mapping[str, str]:
    """A document as it is sent."""
    return {"text": text_of(word), "title": "The log of a ship", "language": "en"}
