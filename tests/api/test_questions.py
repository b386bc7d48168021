"""A question set is read as a whole or refused with the line that is wrong."""

import gzip
import json

import pytest

from api.questions import QuestionsError, read_questions
from qa.judging import Item, ItemKind

GOOD = {"question": "Who keeps the lighthouse?", "relevant": ["keeper"]}


@pytest.fixture
def read(tmp_path):
    """Reads a set of the given rows, or of the given bytes."""

    def written(*rows, content=None, name="set.jsonl"):
        lines = "\n".join(json.dumps(row) for row in rows).encode()
        (tmp_path / name).write_bytes(lines if content is None else content)
        return read_questions(tmp_path / name)

    return written


def test_a_row_needs_a_question_and_what_is_relevant(read):
    [question] = read(GOOD)

    assert (question.text, question.id, question.key) == (GOOD["question"], None, question.text)
    assert question.items == (Item("keeper", ItemKind.ANY),)
    assert question.answerable


def test_nothing_relevant_means_not_answerable_unless_the_row_says_so(read):
    empty = {"question": "Who?", "relevant": []}
    stated = {"question": "Why?", "relevant": [], "answerable": True, "answers": ["Because"]}

    assert [question.answerable for question in read(empty, stated)] == [False, True]


def test_numbers_are_ids_too_and_other_keys_are_the_sets_own_business(read):
    [question] = read({**GOOD, "id": 7, "topic": {"any": "thing"}})

    assert (question.id, question.key) == ("7", "7")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"passage_id": "p"}, Item("p", ItemKind.PASSAGE)),
        ({"document_id": "d"}, Item("d", ItemKind.DOCUMENT)),
        ({"quote": "q"}, Item("q", ItemKind.QUOTE)),
        ({"source": "s", "quote": "q"}, Item("q", ItemKind.QUOTE, source="s")),
        ({"document_id": "d", "quote": "q"}, Item("q", ItemKind.QUOTE, document_id="d")),
    ],
)
def test_an_object_says_what_it_names(read, item, expected):
    [question] = read({**GOOD, "relevant": [item]})

    assert question.items == (expected,)


def test_a_set_may_be_compressed_have_blank_lines_and_a_byte_order_mark(read):
    lines = b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\n  \n"

    assert read(content=gzip.compress(lines), name="set.jsonl.gz") == read(GOOD)
    assert read(content=lines) == read(GOOD)


def test_only_a_newline_parts_the_lines(read):
    row = json.dumps({**GOOD, "question": "One\u2028two\x85three?"}, ensure_ascii=False)

    assert [question.text for question in read(content=row.encode())] == ["One\u2028two\x85three?"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"relevant": []}, "question: Field required"),
        ({"question": " ", "relevant": []}, "question: String should have at least 1"),
        ({"question": 5, "relevant": []}, "question: Input should be a valid string"),
        ({"question": "Who?"}, "relevant: Field required"),
        ({**GOOD, "relevant": "keeper"}, "relevant: Input should be a valid"),
        ({**GOOD, "relevant": [""]}, "relevant.0: String should have"),
        ({**GOOD, "relevant": ["a", 5]}, "relevant.1: Input should be a valid string"),
        ({**GOOD, "relevant": [{}]}, "relevant.0: expected a passage_id, a document_id or a"),
        ({**GOOD, "relevant": [{"source": "s"}]}, "relevant.0: a source needs a quote"),
        ({**GOOD, "relevant": [{"passage_id": "p", "quote": "q"}]}, "relevant.0: a passage_id"),
        ({**GOOD, "relevant": [{"qoute": "q"}]}, "relevant.0.qoute: Extra inputs"),
        ({**GOOD, "answers": "x"}, "answers: Input should be a valid"),
        ({**GOOD, "answerable": "no"}, "answerable: Input should be a valid boolean"),
        ({**GOOD, "answerable": False}, "answerable is false, but"),
        ({"question": "Who?", "relevant": [], "answers": ["x"]}, "there are answers, but nothing"),
        ([GOOD], "Input should be an object"),
    ],
)
def test_a_malformed_row_is_told_with_its_line(read, row, complaint):
    with pytest.raises(QuestionsError, match=f"^set.jsonl, line 2: {complaint}"):
        read(GOOD, row)


@pytest.mark.parametrize(
    "content", [b'{"question": "a", "rel', b"\xff\xfe", b"no json", b"[" * 9000]
)
def test_what_is_not_json_is_told_with_its_line(read, content):
    with pytest.raises(QuestionsError, match=r"set\.jsonl, line 1: Invalid JSON"):
        read(content=content)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_questions_is_refused(read, content):
    with pytest.raises(QuestionsError, match="holds no question"):
        read(content=content)


def test_a_damaged_archive_is_refused(read):
    damaged = gzip.compress(json.dumps(GOOD).encode())[:-12]

    with pytest.raises(QuestionsError, match=r"set\.jsonl\.gz cannot be read"):
        read(content=damaged, name="set.jsonl.gz")


def test_two_rows_that_cannot_be_told_apart_are_refused(read):
    with pytest.raises(QuestionsError, match="line 3: the question of line 1 again"):
        read(GOOD, {**GOOD, "id": "other"}, GOOD)
    with pytest.raises(QuestionsError, match="line 2: the id '7' of line 1 again"):
        read({**GOOD, "id": 7}, {"question": "Why?", "relevant": [], "id": "7"})
