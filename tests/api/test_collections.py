"""Several corpora in one service: each with its own documents, model and settings."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from api.collection_settings import CollectionSettings
from api.service import Service
from api.settings import Settings
from index.errors import ModelError
from index.models import DEFAULT_MODEL, find_model
from index.types import Mode
from qa.types import Question

FERRY = "The ferry to the island sails at noon."
GULL = "A gull sleeps on the roof of the harbour office."


def make(client, name, **settings):
    return client.post("/v1/collections", json={"name": name, **settings})


def put(client, text, collection=None, document_id="a"):
    params = {"collection": collection} if collection else {}
    return client.put(f"/v1/documents/{document_id}", json={"text": text}, params=params)


def ask(client, question, collection=None):
    body = {"question": question} | ({"collection": collection} if collection else {})
    return client.post("/v1/ask", json=body)


@pytest.fixture(scope="module")
def two(serving, tmp_path_factory):
    """A service with a collection of its own and one beside it. No test writes to them."""
    with serving(tmp_path_factory.mktemp("two")) as served:
        put(served.client, FERRY)
        make(served.client, "birds", least_support=0.1, rerank=0)
        put(served.client, GULL, "birds")
        yield served


@pytest.fixture
def scratch(serving, tmp_path):
    """A service with a document in the collection of its own."""
    with serving(tmp_path / "data") as served:
        put(served.client, FERRY)
        yield served


def test_each_collection_answers_from_its_own_documents(two):
    ferry, gull = (
        ask(two.client, "When does the ferry sail?"),
        ask(two.client, "Where does the gull sleep?", "birds"),
    )

    assert ferry.json()["answer"]["text"] == FERRY
    assert gull.json()["answer"]["text"] == GULL
    assert gull.json()["index"]["collection"] == "birds"


def test_a_collection_is_listed_with_its_figures_and_settings(two):
    birds, default = two.client.get("/v1/collections").json()["collections"]

    assert (birds["name"], birds["documents"], birds["passages"]) == ("birds", 1, 1)
    assert (birds["settings"]["least_support"], birds["settings"]["rerank"]) == (0.1, 0)
    assert (default["name"], default["default"], birds["default"]) == ("default", True, False)
    assert two.client.get("/v1/collections/birds").json() == birds


def test_a_link_into_another_collection_names_it_and_leads_to_the_words(two):
    [citation] = ask(two.client, "Where does the gull sleep?", "birds").json()["citations"]

    page = two.client.get(citation["link"].partition("#")[0])

    assert citation["link"].startswith("/documents/a?collection=birds&start=0&")
    assert "roof of the harbour" in page.text


def test_a_link_into_the_service_s_own_collection_is_short(two):
    [citation] = ask(two.client, "When does the ferry sail?").json()["citations"]

    assert citation["link"].startswith("/documents/a?start=0&")


def test_the_page_asks_the_collection_that_its_address_names_and_keeps_to_it(two):
    page = two.client.get("/", params={"q": "Where does the gull sleep?", "collection": "birds"})

    assert GULL in page.text
    assert '<input type="hidden" name="collection" value="birds">' in page.text
    assert "/documents/a?collection=birds#passage-" in page.text


def test_a_quote_is_verified_in_the_collection_that_is_named(two):
    body = {"document_id": "a", "quote": "A gull sleeps", "collection": "birds"}

    found = httpx.post(f"{two.url}/v1/verify", json=body).json()

    assert found["verification"] == "exact"
    assert found["link"].startswith("/documents/a?collection=birds&")


def test_a_collection_abstains_by_its_own_measure(scratch):
    make(scratch.client, "bold", max_error_rate=1)
    put(scratch.client, FERRY, "bold")
    question = "Who painted the ceiling of the chapel?"

    careful, bold = ask(scratch.client, question), ask(scratch.client, question, "bold")

    assert (careful.json()["status"], bold.json()["status"]) == ("abstained", "answered")


@pytest.mark.parametrize("name", ["", "../x", "A", "a b", ".hidden", "x" * 65, "a/b", "ä"])
def test_a_name_that_could_leave_the_folder_is_refused(two, problem, name):
    refused = make(two.client, name)

    assert "cannot be called" in problem(refused, 422, "invalid-field")["detail"]


@pytest.mark.parametrize(
    "settings", [{"rerank": 101}, {"fusion": "sum"}, {"modell": "x"}, {"least_support": "high"}]
)
def test_a_setting_that_is_unknown_or_wrong_is_refused_and_nothing_is_made(two, problem, settings):
    refused = make(two.client, "other", **settings)

    [error] = problem(refused, 422, "invalid-field")["errors"]
    assert error["pointer"] == f"/{next(iter(settings))}"
    problem(two.client.get("/v1/collections/other"), 404, "unknown-collection")


def test_a_second_collection_of_one_name_is_refused(two, problem):
    refused = make(two.client, "birds")

    assert "'birds' already" in problem(refused, 409, "collection-exists")["detail"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_collection_is_told_beside_the_known_ones(two, problem, method):
    refused = two.client.request(method, "/v1/collections/fish")

    detail = problem(refused, 404, "unknown-collection")["detail"]
    assert detail == "no collection 'fish'; there are birds, default"


def test_a_deleted_collection_is_gone_and_its_name_is_free(scratch, problem):
    make(scratch.client, "birds")
    put(scratch.client, GULL, "birds")
    ask(scratch.client, "Where does the gull sleep?", "birds")

    deleted = scratch.client.delete("/v1/collections/birds")

    assert deleted.status_code == 204
    problem(ask(scratch.client, "Where does the gull sleep?", "birds"), 404, "unknown-collection")
    assert make(scratch.client, "birds").json()["documents"] == 0
    assert ask(scratch.client, "gull", "birds").json()["abstained_because"] == "no_passages"


def test_of_a_deleted_collection_no_file_is_left(scratch):
    make(scratch.client, "birds")

    scratch.client.delete("/v1/collections/birds")

    assert [path.name for path in (scratch.data / "collections").iterdir()] == ["default"]


def test_a_collection_that_somebody_writes_to_is_not_deleted(scratch, problem):
    from fakes import another_writer

    with another_writer(scratch.data / "collections/default"):
        refused = scratch.client.delete("/v1/collections/default")

    assert "process 4711" in problem(refused, 409, "index-locked")["detail"]
    assert ask(scratch.client, "When does the ferry sail?").json()["answer"]["text"] == FERRY


def test_a_page_of_another_site_cannot_make_or_delete_a_collection(two, problem):
    foreign = {"origin": "https://example.org"}

    made = two.client.post("/v1/collections", json={"name": "x"}, headers=foreign)
    deleted = two.client.delete("/v1/collections/birds", headers=foreign)

    assert problem(made, 403, "forbidden") != problem(deleted, 403, "forbidden")
    assert two.client.get("/v1/collections/birds").status_code == 200


def test_while_collections_come_and_go_every_question_gets_an_answer_or_a_404(scratch):
    done = threading.Event()

    def asked(number):
        codes = set()
        while not done.is_set():
            codes.add(ask(plain, f"gull {number}", "birds").status_code)
        return codes

    def changed():
        for _ in range(12):
            make(scratch.client, "birds")
            put(scratch.client, GULL, "birds")
            scratch.client.delete("/v1/collections/birds")
        done.set()

    with httpx.Client(base_url=scratch.url) as plain, ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(asked, number) for number in range(2)]
        threads.submit(changed).result()

    assert set.union(*(answer.result() for answer in answers)) == {200, 404}


def test_a_server_notices_that_a_command_deleted_a_collection(scratch, run, problem):
    make(scratch.client, "birds")
    put(scratch.client, GULL, "birds")
    ask(scratch.client, "Where does the gull sleep?", "birds")

    done = run("footnoted", "collections", "delete", "birds", "--yes", "--data", scratch.data)

    assert (done.code, done.out) == (0, "deleted  birds\n")
    problem(ask(scratch.client, "Where does the gull sleep?", "birds"), 404, "unknown-collection")


def test_the_commands_make_list_and_delete_a_collection(run, tmp_path):
    def collections(*words):
        return run("footnoted", "collections", *words, "--data", tmp_path)

    made = collections("create", "birds", "--rerank", 7, "--json").json
    listed = collections("list", "--json").lines
    deleted = collections("delete", "birds", "--yes", "--json").json

    assert (made["model"], made["settings"]["rerank"]) == (DEFAULT_MODEL, 7)
    assert listed == [made] == [deleted]
    assert collections("list").out == ""


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("create", "Bad Name"), 2, "cannot be called 'Bad Name'"),
        (("create", "x", "--model", "nowhere"), 5, "there is no model 'nowhere'"),
        (("delete", "fish", "--yes"), 3, "no index"),
        (("delete",), 2, "Missing argument"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_and_makes_nothing(
    run, tmp_path, words, code, message
):
    done = run("footnoted", "collections", *words, "--data", tmp_path)

    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert not (tmp_path / "collections").exists()


def test_nothing_is_deleted_before_somebody_said_yes(run, tmp_path):
    run("footnoted", "collections", "create", "birds", "--data", tmp_path)

    done = run("footnoted", "collections", "delete", "birds", "--data", tmp_path, stdin="n\n")

    assert "Delete birds" in done.err
    assert "birds" in run("footnoted", "collections", "list", "--data", tmp_path).out


def test_a_collection_keeps_the_model_that_it_was_made_with(tmp_path):
    folder = shutil.copytree(find_model(DEFAULT_MODEL).path, tmp_path / "mine")
    Service(Settings(data=tmp_path, model=str(folder))).create("birds", CollectionSettings())

    service = Service(Settings(data=tmp_path))

    assert service.encoder_of("birds").identity.name == "mine"
    assert service.ingester("birds")
    assert service.encoder_of("another").identity.name == DEFAULT_MODEL


def test_a_collection_whose_model_is_gone_does_not_take_the_others_down(tmp_path):
    folder = shutil.copytree(find_model(DEFAULT_MODEL).path, tmp_path / "mine")
    Service(Settings(data=tmp_path, model=str(folder))).create("birds", CollectionSettings())
    shutil.rmtree(folder)

    service = Service(Settings(data=tmp_path))

    with pytest.raises(ModelError, match="there is no model"):
        service.answerer("birds")
    service.create("default", CollectionSettings())
    service.warm()
    reply = service.answerer("default").answer(Question("gull", mode=Mode.LEXICAL))
    assert reply.corpus.passages == 0


def test_a_service_starts_although_the_model_of_its_own_collection_is_broken(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"no weights")
    service = Service(Settings(data=tmp_path, model=str(folder)))
    service.create("default", CollectionSettings())

    service.warm()

    assert service.collection("default").snapshot().corpus.documents == 0


def test_collections_of_one_model_share_it_in_memory(tmp_path):
    service = Service(Settings(data=tmp_path))
    service.create("one", CollectionSettings())
    service.create("two", CollectionSettings())

    assert service.encoder_of("one") is service.encoder_of("two")
