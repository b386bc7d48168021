"""What is measured in turns, so that what else runs on the machine meets everyone alike."""

import random
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from benchmarks.peers.contenders import CONTENDERS, FOOTNOTED
from benchmarks.peers.corpus import Asked
from benchmarks.peers.environments import python_of
from benchmarks.peers.load import Form, press, wait_until_ready
from benchmarks.peers.measuring import MANY, Place
from benchmarks.peers.processes import Talker, first_line, served
from benchmarks.recording import Figures

__all__ = ["measure_cold_starts", "measure_questions", "measure_serving"]

SEED = 1
K = 5  # passages of a reply, as in adapters/running.py
WARM_UP = 5  # questions that are asked before any is counted
SERVED_WARM_UP = 30  # before a server is pressed: each of its processes has caches to fill
QUESTIONS = 150
BLOCK = 10  # questions in a row, then it is the next one's turn
COLD_ROUNDS = 3
# By number of clients: questions in a row, then it is the next one's turn.
PRESSED = {1: 30, 8: 120}
PROCESSES = 2  # that answer, beside the one that listens: one a core
PRESSED_SECONDS = 8.0  # or so long, where answers come slowly
PRESS_ROUNDS = 3
NO_LIMIT = "1000000/minute"  # all clients have one address
NO_READER = {"FOOTNOTED_READER": "false"}


@dataclass(frozen=True, slots=True)
class _Way:
    """A command that serves or answers, as a row of a table."""

    place: Place
    name: str
    command: list[str]
    form: Form = field(default_factory=lambda: Form("/ask"))
    settings: Mapping[str, str] = field(default_factory=dict)


def measure_questions(places: Sequence[Place], asked: Sequence[Asked]) -> Figures:
    """Milliseconds of questions in process, by contender and mode, encoding included."""
    questions = _questions(asked)
    ways = [
        (place, mode)
        for place in places
        for mode in CONTENDERS[place.name].modes
        if mode != "dense" or len(CONTENDERS[place.name].modes) == 1
    ]
    times: dict[tuple[str, str], Figures] = {}
    with ExitStack() as stack:
        talkers = {place.name: Talker(place.command("talk"), log=place.log()) for place in places}
        for talker in talkers.values():
            stack.callback(talker.close)
        for place in places:
            talkers[place.name].order("open", folder=str(place.indexes(MANY)))
        for place, mode in ways:
            talkers[place.name].order("ask", questions=questions[-WARM_UP:], mode=mode)
            times[place.name, mode] = {"cpu_ms": [], "ms": []}
        for start in range(0, len(questions) - WARM_UP, BLOCK):
            block = questions[start : start + BLOCK]
            for place, mode in ways:
                reply = talkers[place.name].order("ask", questions=block, mode=mode)
                for kind, found in times[place.name, mode].items():
                    found.extend(reply[kind])
    figures: Figures = {}
    for (name, mode), found in times.items():
        both = {kind: _percentiles(ms) for kind, ms in found.items()}
        figures.setdefault(name, {})[mode] = both
    return {"questions": len(questions) - WARM_UP, "ways": figures}


def measure_cold_starts(places: Sequence[Place], asked: Sequence[Asked]) -> Figures:
    """Seconds from the start of a process to its first answer; the best and the middle round."""
    ways = [way for place in places for way in _answering(place, asked[0].text)]
    rounds: dict[str, list[Figures]] = {way.name: [] for way in ways}
    for _ in range(COLD_ROUNDS):
        for way in ways:
            spent = first_line(way.command, log=way.place.log(), settings=way.settings)
            rounds[way.name].append(spent)
    return {
        "rounds": COLD_ROUNDS,
        "ways": {
            name: {
                kind: {
                    "best": min(one[kind] for one in found),
                    "median": round(float(np.median([one[kind] for one in found])), 3),
                }
                for kind in ("s", "cpu_s")
            }
            for name, found in rounds.items()
        },
    }


def measure_serving(places: Sequence[Place], asked: Sequence[Asked]) -> Figures:
    """Questions over HTTP: a second, percentiles, CPU time of the server, its memory after."""
    ways = [way for place in places for way in _serving(place)]
    questions = _shuffled(asked)
    figures: Figures = {}
    with ExitStack() as stack:
        servers = {}
        left = {}
        for way in ways:
            port = _free_port()
            command = [word.replace("PORT", str(port)) for word in way.command]
            log = way.place.work / way.place.name / "serve.txt"
            server = stack.enter_context(served(command, port, log=log, settings=way.settings))
            servers[way.name] = server
            left[way.name] = list(questions)  # nobody is asked twice, for some remember
            ready = wait_until_ready(server, way.form, left[way.name].pop())
            warm_up = [left[way.name].pop() for _ in range(SERVED_WARM_UP)]
            press(server, way.form, warm_up, clients=8, seconds=PRESSED_SECONDS)
            figures[way.name] = {"ready_s": round(ready, 2), "clients": {}}
        for clients, count in PRESSED.items():
            pressed: dict[str, list[Figures]] = {way.name: [] for way in ways}
            for _, way in product(range(PRESS_ROUNDS), ways):
                block = [left[way.name].pop() for _ in range(count)]
                found = press(
                    servers[way.name], way.form, block, clients=clients, seconds=PRESSED_SECONDS
                )
                pressed[way.name].append(found)
            for way in ways:
                figures[way.name]["clients"][str(clients)] = _pressed(pressed[way.name])
        for way in ways:
            figures[way.name]["memory"] = servers[way.name].memory()
    return figures


def _answering(place: Place, question: str) -> Iterator[_Way]:
    folder = str(place.indexes(MANY))
    if place.name != FOOTNOTED:
        mode = CONTENDERS[place.name].modes[-1]
        yield _Way(place, place.name, place.command("answer", folder, mode, question))
        return
    for mode in ("plain", "shipped", "quoted"):
        command = place.command("answer", folder, mode, question)
        yield _Way(place, f"footnoted, {mode}", command)
    ask = [str(python_of(place.work, place.name).with_name("ask")), "--data", folder, question]
    yield _Way(place, "footnoted, `ask` without reader", ask, settings=NO_READER)
    yield _Way(place, "footnoted, `ask`", ask)


def _serving(place: Place) -> Iterator[_Way]:
    folder = str(place.indexes(MANY))
    if place.name != FOOTNOTED:
        mode = CONTENDERS[place.name].modes[-1]
        yield _Way(place, place.name, place.command("serve", folder, mode, "PORT"))
        return
    program = str(python_of(place.work, place.name).with_name("footnoted"))
    serve = [program, "serve", "--port", "PORT", "--data", folder]
    # Copies are what the corpus is made of; looking for five stories behind them would cost more.
    ungrouped = ("group", "none")
    search = Form("/v1/search", (("limit", K), ungrouped))
    ask = Form("/v1/ask", (("top_k", K), ungrouped))
    free = {"FOOTNOTED_LIMIT_PER_ADDRESS": NO_LIMIT}
    ways = {
        "plain": (search, NO_READER | {"FOOTNOTED_RERANK": "0"}),
        "shipped": (search, NO_READER),
        "quoted": (ask, NO_READER),
        "reader": (ask, {}),
    }
    for mode, (form, settings) in ways.items():
        yield _Way(place, f"footnoted, {mode}", serve, form, free | settings)
        if mode in ("plain", "shipped"):
            both = free | settings | {"FOOTNOTED_PROCESSES": str(PROCESSES)}
            yield _Way(place, f"footnoted, {mode}, {PROCESSES} processes", serve, form, both)


def _pressed(rounds: Sequence[Figures]) -> Figures:
    seconds = sum(one["s"] for one in rounds)
    count = sum(len(one["ms"]) for one in rounds)
    p50, p95 = np.percentile([ms for one in rounds for ms in one["ms"]], [50, 95])
    return {
        "questions": count,
        "a_second": round(count / seconds, 1),
        "best_round_a_second": round(max(len(one["ms"]) / one["s"] for one in rounds), 1),
        "cpu_ms_a_question": round(sum(one["cpu_ms"] for one in rounds) / count, 2),
        "ms_p50": round(p50, 1),
        "ms_p95": round(p95, 1),
    }


def _percentiles(values: Sequence[float]) -> Figures:
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(p50, 2), "p95": round(p95, 2)}


def _questions(asked: Sequence[Asked]) -> list[str]:
    return _shuffled(asked)[: QUESTIONS + WARM_UP]


def _shuffled(asked: Sequence[Asked]) -> list[str]:
    """Of both sets in turns, at random."""
    texts = list(dict.fromkeys(one.text for one in asked))
    random.Random(SEED).shuffle(texts)
    return texts


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
