"""From a draft to a document: its metadata, where it was read, and what the encoder gets."""

import datetime as dt

import pytest
from fakes import WordHashEncoder, draft

from index.embedding import Encoder
from index.errors import EmptySourceError
from index.preparing import prepare
from index.types import Document, Provenance

ENGLISH = (
    "The ferry sails to the islands every day at noon, and the people of the harbour wait for it "
    "with great patience."
)


def document(text: str, *, source: str = "", **stated: object) -> Document:
    made = draft(text, source=source, **stated)  # type: ignore[arg-type]  # fields of Metadata
    return prepare(made, WordHashEncoder()).document


def test_an_untitled_text_gets_its_opening_words() -> None:
    made = document("It sails.\n\nNobody knows why.")

    assert (made.title, made.metadata.title) == ("It sails", "It sails")
    assert made.metadata.provenance["title"] is Provenance.OPENING_WORDS


def test_long_opening_words_are_cut_between_words() -> None:
    title = document(ENGLISH).title

    assert title.endswith(" and the people of the harbour wait for…")
    assert title.removesuffix("…") in ENGLISH


def test_opening_words_are_no_context_but_a_title_is() -> None:
    encoder = WordHashEncoder()

    untitled, titled = (
        prepare(draft(text), encoder).texts for text in ("It sails.", "A New Ferry\n\nIt sails.")
    )

    assert (untitled, titled) == (("It sails.",), ("A New Ferry\nIt sails.",))


def test_a_date_is_read_from_the_file_name_where_nothing_else_tells_it() -> None:
    made = document("It sails.", source="2025-04-16-ferry.txt")

    assert made.metadata.published == dt.date(2025, 4, 16)
    assert made.metadata.provenance["published"] is Provenance.FILE


def test_a_date_in_the_address_comes_before_one_in_the_file_name() -> None:
    made = document(
        "It sails.", source="2024-01-01.txt", url="https://gull.example/2025/04/16/ferry"
    )

    assert made.metadata.published == dt.date(2025, 4, 16)
    assert made.metadata.provenance["published"] is Provenance.URL


def test_a_date_in_the_byline_comes_before_both() -> None:
    made = document("A New Ferry\nApril 16, 2025\nIt sails.", source="2024-01-01.txt")

    assert made.metadata.published == dt.date(2025, 4, 16)
    assert made.metadata.provenance["published"] is Provenance.BYLINE


def test_the_language_is_detected_where_the_text_is_long_enough() -> None:
    long, short = document(ENGLISH), document("It sails.")

    assert (long.metadata.language, short.metadata.language) == ("en", None)
    assert long.metadata.provenance["language"] is Provenance.DETECTED


def test_a_stated_language_is_kept() -> None:
    assert document(ENGLISH, language="fr").metadata.language == "fr"


def test_a_text_of_furniture_only_is_refused() -> None:
    with pytest.raises(EmptySourceError, match="only headings and page furniture"):
        document("Advertisement")


def test_a_context_that_would_fill_the_window_is_left_out() -> None:
    encoder = WordHashEncoder(window=20)

    [text] = prepare(draft("It sails.", title="A title of very many words"), encoder).texts

    assert text == "It sails."


def test_a_long_paragraph_becomes_passages_that_fit_with_their_context(
    encoder: Encoder,
) -> None:
    text = (
        f"A New Ferry for the Islands\n\n{ENGLISH * 40}\n\n{'x' * 3000} {'東' * 500} {'😀 ' * 400}"
    )

    prepared = prepare(draft(text), encoder)

    assert len(prepared.passages) > 10
    assert max(encoder.count_tokens(prepared.texts)) <= encoder.window
    assert prepared.texts[0].startswith("A New Ferry for the Islands\nThe ferry")


def test_a_passage_stands_at_its_place_in_the_document() -> None:
    prepared = prepare(draft(f"A New Ferry\n\n{ENGLISH * 5}"), WordHashEncoder(window=16))

    assert [p.text for p in prepared.passages] == [
        p.span.of(prepared.document.text) for p in prepared.passages
    ]
