"""How the lexical index reads a question: misspelt words, and the languages of the documents."""

from pathlib import Path

import pytest
from fakes import indexed, keys, made

from index.lexical import LexicalIndex, LexicalSearcher
from index.lexical_files import LexicalFiles
from index.types import Filters, Metadata


def found(searcher: LexicalSearcher, question: str) -> list[int]:
    return [int(key) for key in searcher.search(question, k=50, filters=Filters()).keys]


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("What did Bukelle say?", "What did bukele say?"),
        ("what did BUKELLE say", "what did bukele say"),
        ("What did Bukele sya?", "What did Bukele sya?"),  # too short to tell
        ("What did Trump say?", "What did Trump say?"),  # known to no document, near to no word
        ("Which visitors came?", "Which visitors came?"),  # another ending of a known word
        ("harbuor ferrry", "harbour ferry"),
        ("ferry 12345", "ferry 12345"),
    ],
)
def test_a_word_that_no_document_has_is_read_as_the_nearest_that_one_has(
    tmp_path: Path, question: str, read: str
) -> None:
    texts = ["Bukele said so on his visit", "a ferry in the harbour"]
    searcher = made(tmp_path, [indexed(key, text) for key, text in enumerate(texts, start=1)])

    assert searcher.read_as(question) == read


def test_a_word_that_is_right_is_left_though_no_document_has_it(tmp_path: Path) -> None:
    searcher = made(tmp_path, [indexed(1, "they reuse the ferry")])

    assert searcher.read_as("refuse") == "reuse"
    assert searcher.read_as("refuse", is_word=lambda written: written == "refuse") == "refuse"


def test_a_question_in_a_language_of_no_document_is_read_as_it_is(tmp_path: Path) -> None:
    english = Metadata(language="en")
    searcher = made(tmp_path, [indexed(1, "the quanto ferry cobra", metadata=english)])

    question = "¿Cuánto cobran por los presos que se llevan?"
    assert searcher.read_as(question) == question


def test_a_word_of_a_title_needs_no_correction(tmp_path: Path) -> None:
    searcher = made(tmp_path, [indexed(1, "gullies", title="Gullie")])

    assert searcher.read_as("gullie") == "gullie"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("¿Cuántos presos llevaron?", [2]),  # by the Spanish stem
        ("prisoners", [1]),  # by the English one
        ("Bukele", [1, 2]),
        ("¿Qué dijo Bukele?", [1, 2]),
    ],
)
def test_every_language_of_the_documents_is_searched_with_its_own_stems(
    tmp_path: Path, question: str, expected: list[int]
) -> None:
    searcher = made(
        tmp_path,
        [
            indexed(1, "Bukele took a prisoner", metadata=Metadata(language="en")),
            indexed(2, "Bukele llevará a un preso", metadata=Metadata(language="es-SV")),
        ],
    )

    assert sorted(found(searcher, question)) == expected


def test_stop_words_of_the_question_are_looked_for_in_no_language(tmp_path: Path) -> None:
    searcher = made(
        tmp_path,
        [
            indexed(1, "A ferry", metadata=Metadata(language="en")),
            indexed(2, "which the what does", metadata=Metadata(language="cs")),
        ],
    )

    assert found(searcher, "what does the ferry do, which") == [1]


def test_no_word_of_a_removed_text_is_shown(tmp_path: Path) -> None:
    lexical = LexicalIndex.make(LexicalFiles(tmp_path, "s"))
    lexical.apply(generation=1, removed=keys(), added=[indexed(1, "bukele"), indexed(2, "gull")])

    lexical.apply(generation=2, removed=keys(1), added=[])

    assert lexical.searcher().read_as("bukelle") == "bukelle"
