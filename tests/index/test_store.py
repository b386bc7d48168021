"""The truth on disk: what is put in comes out again, all of it or nothing."""

import datetime as dt
import threading
from pathlib import Path

import numpy as np
import pytest

from index.embedding import EncoderIdentity
from index.errors import UnknownDocumentError
from index.recognizing import fingerprint, same_text, sharing_bands
from index.records import Changes, Corpus, Extras
from index.store import Store
from index.types import (
    Aside,
    AsideKind,
    Document,
    Filters,
    Metadata,
    Passage,
    Provenance,
    Scores,
    Span,
    Vectors,
)

MODEL = EncoderIdentity("word-hash", "0" * 64)
TEXT = "Überschrift 😀\n\n東京 is far.\nSo is Łódź."
FULL = Metadata(
    title="Überschrift 😀",
    publisher="The Gull",
    author="María Núñez",
    published=dt.date(2025, 4, 16),
    url="https://gull.example/ä",
    language="de",
    tags=("Reise", "東京"),
    provenance={"title": Provenance.TEXT, "published": Provenance.BYLINE},
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store.sqlite", MODEL)


def document(document_id: str, text: str = TEXT, *, metadata: Metadata = FULL) -> Document:
    return Document(
        id=document_id,
        source=f"{document_id}.txt",
        origin=f"/docs/{document_id}.txt",
        text=text,
        title=metadata.title or "",
        metadata=metadata,
        asides=(Aside(Span(0, 13), AsideKind.TITLE),),
        source_sha256=f"source of {text}",
        content_sha256=f"content of {text}",
    )


def passages(document_id: str, text: str = TEXT) -> tuple[Passage, ...]:
    return tuple(
        Passage(f"{document_id}:{n}", document_id, n, span, span.of(text), "Über › Ä", n + 1)
        for n, span in enumerate((Span(15, 25), Span(26, 37)))
    )


def vectors(first: float = 1.0) -> Vectors:
    return np.array([[first, 0.0], [0.0, first]], dtype=np.float32)


def put(store: Store, document_id: str, text: str = TEXT, bands: tuple[int, ...] = ()) -> None:
    with store.writing() as writer:
        writer.put(
            document(document_id, text),
            passages(document_id, text),
            vectors(),
            recipe="r",
            ingested_at="2026-01-01T00:00:00+00:00",
            extras=Extras(bands=bands),
        )


def remove(store: Store, document_id: str) -> bool:
    with store.writing() as writer:
        return writer.remove(document_id)


def replace_and_fail(store: Store) -> None:
    with store.writing() as writer:
        writer.remove("a")
        writer.put(document("b"), passages("b"), vectors()[:1], recipe="r", ingested_at="")


def told(changes: Changes) -> tuple[int, list[int], list[int]]:
    return changes.generation, changes.added.tolist(), changes.removed.tolist()


def test_a_document_comes_back_with_every_field(store: Store) -> None:
    put(store, "ä/東")

    assert store.document("ä/東") == document("ä/東")
    assert store.passages("ä/東") == passages("ä/東")


def test_a_document_comes_back_from_a_store_that_was_opened_again(tmp_path: Path) -> None:
    put(Store.create(tmp_path / "s", MODEL), "a")

    assert Store.open(tmp_path / "s").document("a") == document("a")


def test_a_document_with_a_known_id_takes_the_place_of_the_old_one(store: Store) -> None:
    put(store, "a")
    put(store, "a", TEXT.replace("far", "near"))

    assert "near" in store.document("a").text
    assert store.corpus() == Corpus(2, 1, 2, "2025-04-16")


def test_what_belongs_to_a_document_goes_with_it(store: Store) -> None:
    put(store, "a", bands=(1, 2))

    assert remove(store, "a")

    with store.reading() as connection:
        tables = ("documents", "passages", "asides", "facets", "bands")
        counts = [connection.execute(f"SELECT count(*) FROM {t}").get for t in tables]
    assert counts == [0, 0, 0, 0, 0]


def test_an_unknown_document_is_told_by_its_id(store: Store) -> None:
    with pytest.raises(UnknownDocumentError, match="no document 'b'; `footnoted list` shows"):
        store.document("b")


def test_an_unknown_document_has_no_passages_no_words_and_no_fingerprint(store: Store) -> None:
    assert store.passages("b") == ()
    assert store.excerpt("b", 0, 9) == ""
    with store.reading() as connection:
        assert fingerprint(connection, "b") is None


def test_the_generation_grows_with_every_change(store: Store) -> None:
    put(store, "a")
    put(store, "b")

    assert store.generation() == 2


def test_a_write_that_changes_nothing_is_no_generation(store: Store) -> None:
    assert not remove(store, "nobody")
    assert store.generation() == 0


def test_a_write_that_fails_changes_nothing(store: Store) -> None:
    put(store, "a")

    with pytest.raises(ValueError, match="zip"):
        replace_and_fail(store)

    assert [entry.document_id for entry in store.entries()] == ["a"]
    assert store.generation() == 1


def test_changes_tell_which_passages_came_and_went(store: Store) -> None:
    put(store, "a")
    put(store, "b")
    remove(store, "a")

    assert told(store.changes_since(0)) == (3, [3, 4], [1, 2])
    assert told(store.changes_since(1)) == (3, [3, 4], [1, 2])
    assert told(store.changes_since(2)) == (3, [], [1, 2])
    assert told(store.changes_since(3)) == (3, [], [])


def test_the_key_of_a_removed_passage_is_never_used_again(store: Store) -> None:
    put(store, "a")
    remove(store, "a")
    put(store, "a")

    assert store.admitted(Filters()).tolist() == [3, 4]


def test_vectors_come_back_by_key(store: Store) -> None:
    put(store, "a")

    assert store.vectors(np.array([2])).vectors.tolist() == [[0.0, 1.0]]
    assert store.vectors(np.array([], dtype=np.int64)).vectors.shape == (0, 0)


def test_vectors_are_given_with_the_keys_of_the_passages_that_are_still_there(
    store: Store,
) -> None:
    put(store, "a")
    put(store, "b")
    remove(store, "a")

    found = store.vectors(np.array([1, 2, 4, 9]))

    assert (found.keys.tolist(), found.vectors.tolist()) == ([4], [[0.0, 1.0]])


def test_derived_indexes_get_passages_with_title_and_metadata(store: Store) -> None:
    put(store, "a")

    first, second = store.indexed(np.array([1, 2]))

    assert (first.key, second.passage) == (1, passages("a")[1])
    assert (first.title, first.metadata) == (FULL.title, FULL)


def test_hits_come_in_the_order_asked_for_without_what_is_gone(store: Store) -> None:
    put(store, "a")

    hits = store.hits([2, 99, 1], [Scores(3.0), Scores(2.0), Scores(1.0)])

    assert [(key, hit.passage.ordinal, hit.scores.fused) for key, hit in hits.items()] == [
        (2, 1, 3.0),
        (1, 0, 1.0),
    ]
    assert (hits[2].metadata, hits[2].source) == (FULL, "a.txt")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(12, 13, "😀"), (-5, 4, "Über"), (33, 99, "ódź."), (5, 5, ""), (9, 3, ""), (99, 120, "")],
)
def test_an_excerpt_counts_code_points_and_ends_with_the_text(
    store: Store, start: int, end: int, words: str
) -> None:
    put(store, "a")

    assert store.excerpt("a", start, end) == words


def test_the_list_goes_by_id_from_any_place(store: Store) -> None:
    put(store, "c")
    put(store, "a")
    put(store, "b")

    assert [entry.document_id for entry in store.entries(limit=2)] == ["a", "b"]
    assert [entry.document_id for entry in store.entries(after="a")] == ["b", "c"]
    assert store.entries()[0].passages == 2


@pytest.mark.parametrize(
    ("origin", "ids"),
    [
        ("/docs", ["a", "b"]),
        ("/docs/", ["a", "b"]),
        ("/docs/a.txt", ["a"]),
        ("/do", []),
        ("/", ["a", "b"]),
    ],
)
def test_documents_of_a_folder_are_those_below_it(
    store: Store, origin: str, ids: list[str]
) -> None:
    put(store, "a")
    put(store, "b")

    assert [entry.document_id for entry in store.entries_from(origin)] == ids


def test_a_fingerprint_tells_what_was_made_of_a_document(store: Store) -> None:
    put(store, "a")

    with store.reading() as connection:
        known = fingerprint(connection, "a")

    assert known is not None
    assert (known.source_sha256, known.recipe) == (f"source of {TEXT}", "r")
    assert (known.passages, dict(known.cleaned)) == (2, {"title": 1})


def test_a_document_with_the_same_text_is_found(store: Store) -> None:
    put(store, "b")
    put(store, "c")

    with store.reading() as connection:
        assert same_text(connection, f"content of {TEXT}", but="a") == "b"
        assert same_text(connection, f"content of {TEXT}", but="b") == "c"
        assert same_text(connection, "another", but="a") is None


def test_documents_that_share_a_band_are_found_with_all_their_bands(store: Store) -> None:
    put(store, "a", bands=(1, 2, -3))
    put(store, "b", bands=(4,))

    with store.reading() as connection:
        assert sharing_bands(connection, [2, 9], but="b") == [("a", [-3, 1, 2])]
        assert sharing_bands(connection, [2, 9], but="a") == []


def test_readers_in_one_block_see_one_state(store: Store) -> None:
    with store.reading():
        before = store.generation()
        writer = threading.Thread(target=put, args=(store, "a"))
        writer.start()
        writer.join()
        inside = store.generation()

    assert (before, inside, store.generation()) == (0, 0, 1)
