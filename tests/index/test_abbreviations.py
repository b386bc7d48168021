"""Abbreviations that the documents define are understood in questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordHashEncoder, arrival

from index.abbreviations import Abbreviation, find_abbreviations
from index.collection import Collection
from index.ingest import Ingester
from index.search import Searcher
from index.types import Mode


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection.create(tmp_path, "default", WordHashEncoder().identity)
    yield opened
    opened.close()


def put(held: Collection, **texts: str) -> None:
    arrivals = [arrival(text, document_id=name) for name, text in texts.items()]
    list(Ingester(held, WordHashEncoder()).ingest(arrivals))


def found(held: Collection, question: str) -> list[str]:
    hits = Searcher(held, WordHashEncoder()).search(question, k=9, mode=Mode.LEXICAL).hits
    return [hit.passage.document_id for hit in hits]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Temporary Protected Status (TPS) ends.", "tps", "temporary protected status"),
        ("a service level agreement (SLA) of", "sla", "service level agreement"),
        ("NATO (North Atlantic Treaty Organization)", "nato", "north atlantic treaty organization"),
        ("U.S. Southern Command (SOUTHCOM)", "southcom", "southern command"),
        ("the Terrorism Confinement Center (CECOT)", "cecot", "terrorism confinement center"),
        ("la Comisión de Energía (CE)", "ce", "comision de energia"),
    ],
)
def test_a_definition_is_found(text: str, short: str, long: str) -> None:
    assert find_abbreviations(text) == [Abbreviation(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "Marco Rubio (R)",
        "in May (2024)",
        "he said (and Trump agreed)",
        "prisoners (PDF)",
        "Alpha Beta. (GAMMA)",
        "()",
        "",
    ],
)
def test_other_words_in_brackets_define_nothing(text: str) -> None:
    assert find_abbreviations(text) == []


def test_a_question_finds_what_its_abbreviation_stands_for(held: Collection) -> None:
    put(
        held,
        a="Temporary Protected Status (TPS) was extended.",
        b="Holders of temporary protected status may work.",
        c="Tulips bloom in spring.",
    )

    assert found(held, "What is TPS?") == ["a", "b"]


def test_a_question_finds_the_abbreviation_of_what_it_names(held: Collection) -> None:
    put(held, a="The Terrorism Confinement Center (CECOT) opened.", b="CECOT is full.")

    assert set(found(held, "Who is in the terrorism confinement center?")) == {"a", "b"}


def test_a_word_that_carries_no_meaning_is_no_abbreviation(held: Collection) -> None:
    put(held, a="Information Technology (IT) grows.", b="Information about technology.")

    assert found(held, "Is it so?") == []


def test_a_removed_document_defines_nothing_any_more(held: Collection) -> None:
    put(held, a="Temporary Protected Status (TPS).", b="Temporary protected status.")

    with held.writing() as writer:
        writer.remove("a")

    assert found(held, "TPS") == []
