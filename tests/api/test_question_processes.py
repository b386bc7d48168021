"""Questions answered by processes behind the one that serves: the same replies, and no loss."""

import asyncio
import json
import os
import shutil
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from fakes import end_process

from api import asking
from api.question_pool import ProcessesEndedError, QuestionProcesses
from api.requests import AskRequest
from api.settings import Settings
from api.workers import OverloadedError

FEE = "What fee does El Salvador charge?"
OF_ITS_OWN = {"id", "created_at", "timings_ms"}  # of every reply


@pytest.fixture(scope="module")
def answering(tmp_path_factory, offline_data, serving_process):
    """A server over the seed documents with two processes that answer; tests may write to it."""
    data = tmp_path_factory.mktemp("processes") / "data"
    shutil.copytree(offline_data, data)
    with serving_process(data, FOOTNOTED_PROCESSES="2") as served:
        yield served


def children(pid):
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def answering_processes(served):
    """Process ids of those that answer."""
    server = json.loads((served.data / "server.json").read_text())["pid"]
    return [
        child
        for child in children(server)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def without_own(reply):
    return {name: value for name, value in reply.items() if name not in OF_ITS_OWN}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": FEE, "explain": True}),
        ("/v1/ask", {"question": "Who painted the ceiling of the Sistine Chapel?"}),
        ("/v1/search", {"question": FEE, "limit": 3}),
    ],
)
def test_they_reply_what_one_process_replies(answering, client, path, body):
    by_processes = answering.client.post(path, json=body)
    by_one = client.post(path, json=body)

    assert by_processes.headers["content-type"] == by_one.headers["content-type"]
    for reply in (replies := [by_processes.json(), by_one.json()]):
        reply.pop("next_cursor", None)
        reply["index"].pop("generation")
    assert without_own(replies[0]) == without_own(replies[1])


def test_there_are_as_many_as_were_asked_for(answering):
    answering.client.post("/v1/ask", json={"question": FEE})

    assert len(answering_processes(answering)) == 2


def test_readiness_and_figures_are_those_of_all(answering):
    asked = answering.client.post("/v1/ask", json={"question": FEE}).json()
    ready = answering.client.get("/readyz").json()

    assert ready["generation"] == asked["index"]["generation"]
    assert "footnoted_questions_total" in answering.client.get("/metrics").text


def test_each_knows_a_document_as_soon_as_it_is_acknowledged(answering):
    for number in range(6):  # so that both are asked
        text = f"The {number}th lighthouse keeper is called Ottilie Brand{number}."
        answering.client.put(f"/v1/documents/keeper{number}", json={"text": text})
        found = answering.client.post(
            "/v1/search", json={"question": f"Ottilie Brand{number}", "limit": 1}
        ).json()
        assert found["passages"][0]["document_id"] == f"keeper{number}"

    for number in range(6):
        answering.client.delete(f"/v1/documents/keeper{number}")


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"),
    [
        ("/v1/ask", {"question": FEE, "collection": "none"}, 404, "unknown-collection"),
        ("/v1/search", {"question": FEE, "cursor": "WzEsMl0"}, 400, "bad-cursor"),
    ],
)
def test_what_they_refuse_is_a_problem_with_its_reason(
    answering, client, problem, path, body, status, kind
):
    refused = problem(answering.client.post(path, json=body), status, kind)

    assert refused["detail"] == client.post(path, json=body).json()["detail"]


def test_one_that_is_killed_is_replaced_and_nobody_notices(answering):
    for victim in answering_processes(answering):
        os.kill(victim, signal.SIGKILL)

    reply = answering.client.post("/v1/ask", json={"question": FEE})

    assert reply.json()["status"] == "answered"
    assert "has ended and is replaced" in answering.log.read_text()


def test_they_end_with_a_server_that_is_killed(tmp_path, offline_data, serving_process):
    shutil.copytree(offline_data, tmp_path / "data")
    with serving_process(tmp_path / "data", FOOTNOTED_PROCESSES="2") as served:
        served.client.post("/v1/ask", json={"question": FEE})
        left = answering_processes(served)
        server = json.loads((served.data / "server.json").read_text())["pid"]
        os.kill(server, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while any(map(is_alive, left)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(left) == 2
    assert not any(map(is_alive, left))


def is_alive(pid):
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_questions_that_are_there_when_one_is_killed_are_answered_all_the_same(offline_data):
    async def scenario(pool):
        asked = [
            asyncio.create_task(pool.run(partial(asking.answer, body=AskRequest(question=FEE))))
            for _ in range(4)
        ]
        await asyncio.sleep(0.05)
        os.kill(pool._all[0]._process.pid, signal.SIGKILL)
        return await asyncio.gather(*asked)

    assert [each.status for each in with_processes(offline_data, scenario)] == ["answered"] * 4


def test_a_question_that_was_given_up_takes_no_other_ones_reply(offline_data):
    async def scenario(pool):
        given_up = [
            asyncio.create_task(pool.run(partial(asking.answer, body=AskRequest(question="Who?"))))
            for _ in range(2)
        ]
        await asyncio.sleep(0.05)
        for each in given_up:
            each.cancel()
        return await pool.run(partial(asking.answer, body=AskRequest(question=FEE)))

    asked = with_processes(offline_data, scenario)

    assert json.loads(asked.content)["question"] == FEE


def test_more_than_may_wait_are_refused(offline_data):
    async def scenario(pool):
        asked = [pool.run(partial(asking.answer, body=AskRequest(question=FEE))) for _ in range(5)]
        return await asyncio.gather(*asked, return_exceptions=True)

    outcomes = with_processes(offline_data, scenario, waiting=1)

    assert [type(each) for each in outcomes] == [*[asking.Asked] * 3, *[OverloadedError] * 2]


def test_where_none_can_be_kept_alive_the_way_out_is_told(offline_data):
    async def scenario(pool):
        await pool.run(end_process)

    with pytest.raises(ProcessesEndedError, match="fewer of them"):
        with_processes(offline_data, scenario)


def with_processes(data, scenario, *, waiting=4):
    async def run():
        pool = QuestionProcesses(Settings(data=data, threads=1), processes=2, waiting=waiting)
        try:
            return await asyncio.wait_for(scenario(pool), 60)
        finally:
            pool.close()

    return asyncio.run(run())
