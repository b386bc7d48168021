"""Clients that ask over HTTP, each on a connection that it keeps."""

import http.client
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.peers.processes import Server
from benchmarks.recording import Figures

__all__ = ["Form", "ask_once", "press", "wait_until_ready"]

READY_SECONDS = 180
PAUSE_S = 0.05


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
            ask_once(http.client.HTTPConnection("127.0.0.1", server.port), form, question)
        except (OSError, http.client.HTTPException):
            time.sleep(PAUSE_S)
        else:
            return time.perf_counter() - start
    raise TimeoutError(f"no answer at {form.path} within {READY_SECONDS} s")


def press(server: Server, form: Form, questions: Sequence[str], *, clients: int) -> Figures:
    """Ask all questions, so many at a time.

    Returns:
        Seconds of the whole, the server's CPU milliseconds, and each question's milliseconds.
    """
    waiting, times, failures = list(reversed(questions)), [], []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while True:
            try:
                question = waiting.pop()
            except IndexError:
                return
            start = time.perf_counter()
            try:
                ask_once(connection, form, question)
            except (OSError, http.client.HTTPException) as error:
                failures.append(error)
                return
            times.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    cpu, clock = server.cpu_ms(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, spent = time.perf_counter() - clock, server.cpu_ms() - cpu
    if failures:
        raise failures[0]
    return {"s": seconds, "cpu_ms": spent, "ms": np.array(times).tolist()}


def ask_once(connection: http.client.HTTPConnection, form: Form, question: str) -> None:
    """Raises HTTPException where the reply is no 200."""
    headers = {"Content-Type": "application/json"}
    connection.request("POST", form.path, form.body(question), headers)
    response = connection.getresponse()
    content = response.read()
    if response.status != http.client.OK:
        raise http.client.HTTPException(f"{response.status}: {content[:300]!r}")
