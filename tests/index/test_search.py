"""A question's way through the index: filters, order, pages, legs."""

import datetime as dt
from pathlib import Path

import pytest
from fakes import WordHashEncoder, arrival
from hypothesis import given, settings
from hypothesis import strategies as st

from index.collection import Collection
from index.errors import ModelMismatchError
from index.ingest import Ingester
from index.search import Found, RankingPolicy, Searcher
from index.types import Filters, Metadata, Mode

WORDS = ("canal", "ferry", "harbour", "gull", "tern")
PUBLISHERS = (None, "Gull", "Tern Times")
LANGUAGES = (None, "en", "en-GB", "es")
DAYS = st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2025, 1, 6))
METADATA = st.builds(
    Metadata,
    publisher=st.sampled_from(PUBLISHERS),
    language=st.sampled_from(LANGUAGES),
    published=DAYS,
    tags=st.lists(st.sampled_from(["Sea", "air"]), unique=True).map(tuple),
)
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
DOCUMENTS = st.lists(st.tuples(TEXTS, METADATA), min_size=1, max_size=9)
FILTERS = st.builds(
    Filters,
    published_from=DAYS,
    published_before=DAYS,
    publisher=st.lists(st.sampled_from(["gull", "TERN times"]), max_size=2).map(tuple),
    language=st.lists(st.sampled_from(["en", "EN-gb", "es"]), max_size=2).map(tuple),
    tag=st.lists(st.sampled_from(["sea", "AIR"]), max_size=2).map(tuple),
    document_id=st.lists(st.sampled_from(["d0", "d1", "d2"]), max_size=2).map(tuple),
)


def admits(filters: Filters, document_id: str, metadata: Metadata) -> bool:
    """The rule of filters, written out."""
    day, language = metadata.published, (metadata.language or "").lower()
    languages = {language, language.split("-")[0]}
    publisher, tags = (metadata.publisher or "").lower(), {tag.lower() for tag in metadata.tags}
    return all(
        [
            filters.published_from is None or (day and day >= filters.published_from),
            filters.published_before is None or (day and day < filters.published_before),
            not filters.publisher or publisher in {p.lower() for p in filters.publisher},
            not filters.language or languages & {value.lower() for value in filters.language},
            not filters.tag or tags & {tag.lower() for tag in filters.tag},
            not filters.document_id or document_id in filters.document_id,
        ]
    )


def put(collection: Collection, texts: list[str], metadata: list[Metadata] | None = None) -> None:
    facts = metadata or [Metadata() for _ in texts]
    arrivals = [
        arrival(
            text,
            document_id=f"d{n}",
            title="T",
            publisher=fact.publisher,
            language=fact.language or "fr",
            published=fact.published,
            tags=fact.tags,
        )
        for n, (text, fact) in enumerate(zip(texts, facts, strict=True))
    ]
    list(Ingester(collection, WordHashEncoder()).ingest(arrivals))


def searcher(collection: Collection, **policy: float) -> Searcher:
    return Searcher(
        collection,
        WordHashEncoder(),
        policy=RankingPolicy(**policy),  # type: ignore[arg-type]  # a wrong field fails the test
    )


def ids(found: Found) -> list[str]:
    return [hit.passage.document_id for hit in found.hits]


@settings(max_examples=12)
@given(DOCUMENTS, st.lists(FILTERS, min_size=6, max_size=6), TEXTS, st.integers(1, 6))
def test_as_many_admitted_passages_come_back_as_asked_whenever_that_many_match(
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[tuple[str, Metadata]],
    many_filters: list[Filters],
    question: str,
    k: int,
) -> None:
    made = Collection.create(
        tmp_path_factory.mktemp("search"), "default", WordHashEncoder().identity
    )
    put(made, [text for text, _ in documents], [metadata for _, metadata in documents])
    asked = searcher(made)

    found = {
        mode: [asked.search(question, k=k, filters=f, mode=mode) for f in many_filters]
        for mode in Mode
    }

    admitted = [
        [
            (f"d{n}", text)
            for n, (text, metadata) in enumerate(documents)
            if admits(filters, f"d{n}", metadata)
        ]
        for filters in many_filters
    ]
    sharing = [
        [(i, text) for i, text in some if set(text.split()) & set(question.split())]
        for some in admitted
    ]
    expected = {Mode.HYBRID: admitted, Mode.DENSE: admitted, Mode.LEXICAL: sharing}
    assert {mode: [len(f.hits) for f in found[mode]] for mode in Mode} == {
        mode: [min(k, len(some)) for some in expected[mode]] for mode in Mode
    }
    assert all(
        set(ids(one)) <= {document_id for document_id, _ in some}
        for mode in Mode
        for one, some in zip(found[mode], expected[mode], strict=True)
    )
    made.close()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("depth", [1, 3, 100])
def test_a_longer_list_begins_with_the_shorter_one(
    collection: Collection, mode: Mode, depth: int
) -> None:
    put(collection, [f"ferry {WORDS[n % 5]} {WORDS[n % 3]}" for n in range(17)])
    asked = searcher(collection, depth=depth, rerank=4)

    whole = asked.search("ferry gull", k=50, mode=mode)
    shorter = [asked.search("ferry gull", k=k, mode=mode) for k in range(1, 18)]

    assert [ids(found) for found in shorter] == [ids(whole)[:k] for k in range(1, 18)]
    assert sorted(ids(whole)) == sorted(f"d{n}" for n in range(17))
    assert [found.more for found in shorter] == [True] * 16 + [False]


@pytest.mark.parametrize("mode", list(Mode))
def test_equal_passages_come_by_document_id(collection: Collection, mode: Mode) -> None:
    list(
        Ingester(collection, WordHashEncoder()).ingest(
            [arrival("A ferry.", document_id=i, title="T") for i in ("c", "a", "b")]
        )
    )

    assert ids(searcher(collection).search("ferry", k=2, mode=mode)) == ["a", "b"]


def test_equal_passages_of_one_document_come_in_the_order_of_its_text(
    collection: Collection,
) -> None:
    put(collection, ["A ferry.\n\nA ferry.\n\nA ferry."])

    found = searcher(collection).search("ferry", k=3)

    assert [hit.passage.ordinal for hit in found.hits] == [0, 1, 2]


def test_equal_questions_get_equal_hits(collection: Collection) -> None:
    put(collection, [f"ferry {word}" for word in WORDS])
    asked = searcher(collection)

    assert asked.search("ferry gull", k=5).hits == asked.search("ferry gull", k=5).hits


def test_the_dense_leg_needs_no_word_in_common(collection: Collection) -> None:
    put(collection, ["A ferry sails."])

    [hit] = searcher(collection).search("tulips", k=1, mode=Mode.DENSE).hits

    assert (hit.scores.lexical, hit.scores.lexical_rank, hit.scores.dense_rank) == (None, None, 1)


def test_the_lexical_leg_gives_no_dense_scores(collection: Collection) -> None:
    put(collection, ["A ferry sails.", "Tulips bloom."])

    found = searcher(collection).search("ferry", k=5, mode=Mode.LEXICAL)

    assert ids(found) == ["d0"]
    assert (found.hits[0].scores.dense, found.hits[0].scores.lexical_rank) == (None, 1)


def test_a_hybrid_hit_tells_how_it_did_in_both_legs(collection: Collection) -> None:
    put(collection, ["A ferry sails.", "Tulips bloom."])

    first, second = searcher(collection).search("ferry", k=2).hits

    assert (first.scores.dense_rank, first.scores.lexical_rank) == (1, 1)
    assert (second.scores.dense_rank, second.scores.lexical_rank) == (2, None)
    assert first.scores.fused > second.scores.fused


def test_a_removed_document_is_never_found(collection: Collection) -> None:
    put(collection, ["A ferry sails.", "A ferry sinks."])
    asked = searcher(collection)
    asked.search("ferry", k=5)

    with collection.writing() as writer:
        writer.remove("d0")

    assert [ids(asked.search("ferry", k=5, mode=mode)) for mode in Mode] == [["d1"]] * 3


def test_re_ranking_prefers_the_passage_that_has_every_word(collection: Collection) -> None:
    put(collection, ["ferry fee fee", "the ferry takes a high fee in the harbour", "gull"])
    question = "ferry fee harbour"

    plain = searcher(collection, rerank=0).search(question, k=3)
    reranked = searcher(collection, rerank=3, passage_weight=9.0).search(question, k=3)

    assert {hit.scores.maxsim for hit in plain.hits} == {None}
    assert ids(reranked)[0] == "d1"
    assert reranked.hits[0].scores.maxsim == pytest.approx(1.0, abs=0.01)


def test_only_the_first_are_re_ranked(collection: Collection) -> None:
    put(collection, [f"ferry {word}" for word in WORDS])

    found = searcher(collection, rerank=2).search("ferry gull", k=5)

    assert [hit.scores.maxsim is None for hit in found.hits] == [False, False, True, True, True]


def test_an_empty_collection_finds_nothing(collection: Collection) -> None:
    found = searcher(collection).search("ferry", k=5)

    assert (found.hits, found.more, found.corpus.documents) == ((), False, 0)


def test_a_search_tells_the_state_it_read_and_the_time_it_took(collection: Collection) -> None:
    put(collection, ["A ferry sails."])

    found = searcher(collection).search("ferry", k=1, filters=Filters(document_id=("d0",)))

    assert (found.corpus.generation, found.corpus.passages) == (1, 1)
    assert set(found.timings_ms) == {
        *("embed", "filter", "dense", "lexical", "fuse", "fetch", "rerank")
    }


def test_an_encoder_of_another_model_is_refused(collection: Collection) -> None:
    with pytest.raises(ModelMismatchError, match="built with model 'word-hash'"):
        Searcher(collection, WordHashEncoder(name="another"))


def test_a_collection_that_was_opened_again_gives_the_same_hits(
    collection: Collection, tmp_path: Path
) -> None:
    put(collection, [f"ferry {word}" for word in WORDS])
    before = searcher(collection).search("ferry gull", k=5)

    again = Collection.open(tmp_path / "data", "default")

    assert searcher(again).search("ferry gull", k=5).hits == before.hits
    again.close()


def test_without_kept_word_pieces_the_fused_order_stays(collection: Collection) -> None:
    texts = ["ferry fee fee", "the ferry takes a high fee in the harbour", "gull"]
    arrivals = [arrival(text, document_id=f"d{n}") for n, text in enumerate(texts)]
    list(Ingester(collection, WordHashEncoder(), keep_tokens=False).ingest(arrivals))
    question = "ferry fee harbour"

    plain = searcher(collection, rerank=0).search(question, k=3)
    reranked = searcher(collection, passage_weight=9.0).search(question, k=3)

    assert reranked.hits == plain.hits


def test_a_passage_without_kept_word_pieces_is_ranked_among_the_others(
    collection: Collection,
) -> None:
    put(collection, ["ferry gull", "ferry tern", "ferry fee harbour"])
    bare = Ingester(collection, WordHashEncoder(), keep_tokens=False)
    list(bare.ingest([arrival("ferry fee", document_id="bare")]))

    found = searcher(collection).search("ferry fee", k=4)

    assert sorted(ids(found)) == ["bare", "d0", "d1", "d2"]
    assert {hit.passage.document_id for hit in found.hits if hit.scores.maxsim is None} == {"bare"}
