"""Clients that ask over HTTP, each on a connection that it keeps.

They run on the cores that the server needs, so they do as little as can be: bytes out, and
httptools for what comes back, a tenth of the time that `http.client` takes.
"""

import json
import socket
import threading
import time
from dataclasses import dataclass

import httptools
import numpy as np

from benchmarks.peers.processes import Server
from benchmarks.recording import Figures

__all__ = ["Client", "Form", "press", "wait_until_ready"]

READY_SECONDS = 180
PAUSE_S = 0.05
READ_BYTES = 1 << 16
OK = 200


@dataclass(frozen=True, slots=True)
class Form:
    """How a server is asked.

    Attributes:
        path: Of its address.
        fields: Of the body, beside `question`.
    """

    path: str
    fields: tuple[tuple[str, object], ...] = ()

    def body(self, question: str) -> str:
        return json.dumps({"question": question, **dict(self.fields)})


def wait_until_ready(server: Server, form: Form, question: str) -> float:
    """Seconds until a server that was just started gave an answer.

    Raises:
        TimeoutError: It gave none.
    """
    start = time.perf_counter()
    while time.perf_counter() - start < READY_SECONDS and server.is_running():
        try:
            Client(server.port).ask(form, question)
        except OSError:
            time.sleep(PAUSE_S)
        else:
            return time.perf_counter() - start
    raise TimeoutError(f"no answer at {form.path} within {READY_SECONDS} s")


def press(
    server: Server, form: Form, questions: list[str], *, clients: int, seconds: float
) -> Figures:
    """Ask until there is no question left, or for some seconds, so many at a time.

    Args:
        server: Who is asked.
        form: How.
        questions: Those that are asked are taken out.
        clients: How many ask.
        seconds: When no further question is asked; those that were are waited for.

    Returns:
        Seconds of the whole, the server's CPU milliseconds, and each question's milliseconds.
    """
    times: list[float] = []
    failures: list[OSError] = []

    def work() -> None:
        try:
            client = Client(server.port)
            while time.perf_counter() < end:
                question = questions.pop()
                start = time.perf_counter()
                client.ask(form, question)
                times.append((time.perf_counter() - start) * 1000)
        except IndexError:  # all were asked
            return
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    cpu, clock = server.cpu_ms(), time.perf_counter()
    end = clock + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, spent = time.perf_counter() - clock, server.cpu_ms() - cpu
    if failures:
        raise failures[0]
    return {"s": took, "cpu_ms": spent, "ms": np.array(times).tolist()}


class Client:
    """A connection to this machine that is kept.

    Raises:
        OSError: Nobody listens.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, form: Form, question: str) -> None:
        """Ask, and read the reply to its end.

        Raises:
            ConnectionError: There is none, or it is no 200.
        """
        body = form.body(question).encode()
        head = (
            f"POST {form.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        reply = _Reply()
        while not reply.is_complete:
            read = self._socket.recv(READ_BYTES)
            if not read:
                raise ConnectionError(f"{form.path}: the reply breaks off")
            reply.feed(read)
        if reply.status != OK:
            raise ConnectionError(f"{form.path}: {reply.status}: {bytes(reply.content[:300])!r}")


class _Reply:
    """What httptools calls while it parses."""

    def __init__(self) -> None:
        self.is_complete = False
        self.content = bytearray()
        self._parser = httptools.HttpResponseParser(self)
        self.feed = self._parser.feed_data

    @property
    def status(self) -> int:
        status: int = self._parser.get_status_code()
        return status

    def on_body(self, body: bytes) -> None:
        self.content += body

    def on_message_complete(self) -> None:
        self.is_complete = True
