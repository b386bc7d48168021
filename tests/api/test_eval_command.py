"""`footnoted eval`: questions in; figures, a run file and a report out."""

import json
import os

import pytest
from fakes import WordHashEncoder, arrival

from api.evaluating import Files, evaluate_file
from api.runs import RunFileError, read_run
from api.service import Service
from api.settings import Settings
from index.types import Mode
from qa.evaluating import Asking

SEAL = "The lighthouse keeper counts twelve seals every morning."
WHALE = "A grey whale passes the lighthouse in the month of May."
ROWS = [
    {"question": "How many seals does the keeper count?", "relevant": ["twelve seals"]},
    {"question": "When does the whale pass?", "relevant": ["whale"], "answers": ["May"]},
    {"question": "Who composed the ninth symphony?", "relevant": []},
]


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def questions(tmp_path):
    return write(tmp_path / "questions.jsonl", *ROWS)


@pytest.fixture
def service(tmp_path):
    """A service over two documents, with an encoder that needs no model."""
    opened = Service(Settings(data=tmp_path / "data"), encoder=WordHashEncoder(window=400))
    arrivals = [arrival(SEAL, document_id="seal"), arrival(WHALE, document_id="whale")]
    list(opened.ingester("default").ingest(arrivals))
    yield opened
    opened.close()


@pytest.fixture
def evaluate(service, capsys):
    """Evaluates in this process; gives standard output and standard error."""

    def made(questions, *, as_json=False, asking=None, **files):
        asking = asking or Asking()
        evaluate_file(service, Files(questions, **files), asking=asking, json_wanted=as_json)
        return capsys.readouterr()

    return made


def test_the_figures_are_printed_and_nothing_else(evaluate, questions):
    printed = evaluate(questions)

    lines = printed.out.splitlines()
    assert lines[:2] == ["questions.jsonl", "3 questions: 2 answerable, 1 not"]
    [first] = [line.split() for line in lines if line.lstrip().startswith("Success@1")]
    assert first[:2] == ["Success@1", "1.000"]
    assert printed.err == ""


def test_the_figures_are_one_json_object(evaluate, questions):
    found = json.loads(evaluate(questions, as_json=True).out)

    assert (found["unresolved"], found["comparison"]) == (0, None)
    assert found["figures"]["means"]["mrr@10"]["value"] == 1.0
    assert found["figures"]["means"]["answer_in_quote"]["questions"] == 1
    assert found["figures"]["abstaining"]["recall"] == 1.0
    assert set(found["figures"]["latency"]) == {"mean", "p50", "p90", "p95", "p99"}
    assert found["conditions"]["policy"]["rerank"] == 30


def test_a_run_that_was_kept_is_read_as_it_was(evaluate, questions, tmp_path):
    evaluate(questions, save=tmp_path / "run.json")

    run = read_run(tmp_path / "run.json")

    assert [result.question for result in run.results] == [row["question"] for row in ROWS]
    assert [result.rank for result in run.results] == [1, 1, None]
    assert (run.conditions.generation, run.conditions.mode) == (1, Mode.HYBRID)
    assert "data" not in (tmp_path / "run.json").read_text()


def test_a_run_does_not_differ_from_itself(evaluate, questions, tmp_path):
    evaluate(questions, save=tmp_path / "run.json")

    again = json.loads(evaluate(questions, against=tmp_path / "run.json", as_json=True).out)

    assert again["comparison"]["common"] == 3
    assert {change["p"] for change in again["comparison"]["changes"].values()} == {1.0}
    assert {change["same"] for change in again["comparison"]["changes"].values()} == {1, 2}


def test_questions_of_one_run_only_are_counted(evaluate, questions, tmp_path):
    evaluate(questions, save=tmp_path / "run.json")
    fewer = write(tmp_path / "fewer.jsonl", ROWS[0], {"question": "Who?", "relevant": []})

    printed = evaluate(fewer, against=tmp_path / "run.json").out

    assert "1 questions in common; left out: 1 only here, 2 only there" in printed


def test_runs_with_no_question_in_common_cannot_be_compared(evaluate, questions, tmp_path):
    evaluate(questions, save=tmp_path / "run.json")
    others = write(tmp_path / "others.jsonl", {"question": "Who?", "relevant": []})

    with pytest.raises(RunFileError, match=r"run\.json and others\.jsonl have no question in com"):
        evaluate(others, against=tmp_path / "run.json")


def test_judgements_that_are_nowhere_in_the_index_are_told_and_counted(evaluate, tmp_path):
    rows = [{"question": "When?", "relevant": ["no such words", "nor these"]}]
    questions = write(tmp_path / "stale.jsonl", *rows)

    printed = evaluate(questions, as_json=True)

    assert "2 judgements are found nowhere in the index" in printed.err
    assert "“no such words”; “nor these”" in printed.err
    assert json.loads(printed.out)["unresolved"] == 2
    assert json.loads(printed.out)["figures"]["means"]["recall@20"]["value"] == 0


def test_the_mode_and_the_depth_are_kept_with_the_run(evaluate, questions):
    asking = Asking(Mode.LEXICAL, 30)

    conditions = json.loads(evaluate(questions, asking=asking, as_json=True).out)["conditions"]

    assert (conditions["mode"], conditions["depth"]) == ("lexical", 30)


@pytest.mark.parametrize("content", ["", "no json", "[]", "{}", '{"format": "footnoted run 1"}'])
def test_a_file_that_is_no_run_is_refused(evaluate, questions, tmp_path, content):
    (tmp_path / "run.json").write_text(content)

    with pytest.raises(RunFileError, match=r"run\.json"):
        evaluate(questions, against=tmp_path / "run.json")


@pytest.mark.parametrize("option", ["save", "html"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    evaluate, questions, tmp_path, option
):
    with pytest.raises(RunFileError, match="cannot be written"):
        evaluate(questions, **{option: tmp_path / "missing" / "file"})


def test_the_seed_questions_are_evaluated_as_the_readme_says(run, offline_data, tmp_path):
    done = run("footnoted", "eval", "seeds/questions.jsonl", "--json", "--data", offline_data,
               "--html", tmp_path / "report.html")  # fmt: skip

    assert (done.code, done.err) == (0, "")
    assert done.json["figures"]["judged"] == 71
    assert done.json["figures"]["means"]["success@1"]["value"] >= 0.9
    assert "Evaluation of questions.jsonl" in (tmp_path / "report.html").read_text()


def test_a_malformed_set_ends_with_2_and_prints_nothing(run, offline_data, tmp_path):
    questions = write(tmp_path / "bad.jsonl", ROWS[0], {"question": "Who?"})

    done = run("footnoted", "eval", questions, "--data", offline_data,
               "--save", tmp_path / "run.json")  # fmt: skip

    assert (done.code, done.out) == (2, "")
    assert done.err == "footnoted: bad.jsonl, line 2: relevant: Field required\n"
    assert not (tmp_path / "run.json").exists()


def test_a_missing_set_or_index_is_told(run, offline_data, tmp_path):
    no_set = run("footnoted", "eval", tmp_path / "none.jsonl", "--data", offline_data)
    no_index = run("footnoted", "eval", "seeds/questions.jsonl", "--data", tmp_path)

    assert (no_set.code, no_index.code) == (2, 3)
    assert "none.jsonl cannot be read" in no_set.err


def test_a_depth_that_recall_at_20_cannot_be_read_from_is_refused(run, offline_data):
    done = run("footnoted", "eval", "seeds/questions.jsonl", "--depth", 5, "--data", offline_data)

    assert done.code == 2


def test_without_its_extra_the_command_names_it(run, offline_data, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['scipy'] = None\n")
    (tmp_path / "set.jsonl").write_text('{"question": "What fee?", "relevant": ["a fee"]}')

    done = run(
        "footnoted", "eval", tmp_path / "set.jsonl", "--data", offline_data,
        env={"PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
    )  # fmt: skip

    assert (done.code, done.out) == (2, "")
    assert "footnoted[eval]" in done.err
