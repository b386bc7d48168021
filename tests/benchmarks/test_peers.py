"""The comparison with others: what they are given, and how it is told."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.peers.corpus import Asked, write_corpus
from benchmarks.peers.tables import tables


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Two sets of 300 passages with a question each."""
    for name in ("squad", "chunking"):
        folder = tmp_path / "evals" / name
        folder.mkdir(parents=True)
        ids = [f"{name}-{number}" for number in range(300)]
        passages = [{"id": one, "text": f"text of {one}"} for one in ids]
        questions = [{"question": f"what says {one}?", "relevant": [one]} for one in ids]
        for kind, rows in (("passages", passages), ("questions", questions)):
            content = "\n".join(json.dumps(row) for row in rows)
            (folder / f"{kind}.jsonl.gz").write_bytes(gzip.compress(content.encode()))
    return tmp_path


def test_a_copy_has_an_id_and_a_text_of_its_own_and_the_vector_of_what_it_copies(
    shared: Path, tmp_path: Path
) -> None:
    files, _ = write_corpus(shared, tmp_path / "files", most=700)

    rows = files.rows(files.many)

    assert len({name for name, _, _ in rows}) == len({text for _, text, _ in rows}) == 700
    assert rows[600] == ("squad-0~2", "text of squad-0 (copy 2)", 0)


def test_everyone_is_asked_the_same_questions_on_every_run(shared: Path, tmp_path: Path) -> None:
    _, first = write_corpus(shared, tmp_path / "first", most=700)
    _, second = write_corpus(shared, tmp_path / "second", most=700)

    assert first == second
    assert first[-1] == Asked("chunking", f"what says {first[-1].right[0]}?", first[-1].right)
    assert len(first) == 500


def test_a_question_is_compared_with_the_forty_lines() -> None:
    def took(ms: float) -> dict[str, dict[str, float]]:
        return {kind: {"p50": ms, "p95": 2 * ms} for kind in ("cpu_ms", "ms")}

    ways = {"footnoted": {"plain": took(5.0)}, "forty-lines": {"dense": took(20.0)}}
    found = {"commit": "abc", "machine": "a machine", "questions": 200, "ways": ways}

    table = tables({"questions": found})

    assert "| footnoted, both legs | 5.0 | 10.0 | 5.0 | 10.0 | 0.25 |" in table


def test_whoever_could_not_be_measured_is_named_with_the_reason() -> None:
    found = {"commit": "abc", "machine": "a machine", "failed": "no such release"}

    table = tables({"environments": {"chroma": found}})

    assert "Not measured: Chroma (environments: no such release)." in table
