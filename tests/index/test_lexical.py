"""Passages by their words."""

import datetime as dt
import math
from pathlib import Path

import pytest
from fakes import indexed, keys, made
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex, LexicalSearcher
from index.lexical_files import LexicalFiles
from index.types import Filters, Metadata, Span

NOTHING = Filters()
WORDS = ("canal", "ferry", "harbour", "gull", "tern")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


def found(searcher: LexicalSearcher, question: str, *, filters: Filters = NOTHING) -> list[int]:
    return [int(key) for key in searcher.search(question, k=50, filters=filters).keys]


@settings(max_examples=15)
@given(st.lists(TEXTS, min_size=1, max_size=8), TEXTS)
def test_exactly_the_passages_that_share_a_word_are_found(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    searcher = made(folder, [indexed(key, text) for key, text in enumerate(texts, start=1)])

    hits = found(searcher, question)

    wanted = set(question.split())
    expected = {key for key, text in enumerate(texts, start=1) if wanted & set(text.split())}
    assert sorted(hits) == sorted(expected)


def test_a_rarer_word_counts_more(tmp_path: Path) -> None:
    searcher = made(
        tmp_path, [indexed(1, "ferry gull"), indexed(2, "ferry tern"), indexed(3, "ferry")]
    )

    assert found(searcher, "ferry tern")[0] == 2


def test_equal_passages_come_by_key_and_none_is_cut_off(tmp_path: Path) -> None:
    searcher = made(tmp_path, [indexed(key, "ferry") for key in (5, 3, 9, 1)])

    assert searcher.search("ferry", k=2, filters=NOTHING).keys.tolist() == [1, 3, 5, 9]


def test_words_of_title_and_headings_count_less_than_the_passages_own(tmp_path: Path) -> None:
    searcher = made(
        tmp_path,
        [indexed(1, "gull", title="ferry"), indexed(2, "gull", heading="x"), indexed(3, "ferry")],
    )

    assert found(searcher, "ferry") == [3, 1]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Él habló de San José", "san jose"),
        ("the prisoners were moved", "moving a prisoner"),
        ("THE FERRY", "ferry"),
        ("ＦＥＥ", "fee"),
    ],
)
def test_accents_capitals_and_endings_do_not_count(
    tmp_path: Path, text: str, question: str
) -> None:
    assert found(made(tmp_path, [indexed(1, text)]), question) == [1]


def test_words_that_only_ask_find_nothing(tmp_path: Path) -> None:
    searcher = made(tmp_path, [indexed(1, "what did he do and who was the man there")])

    assert found(searcher, "who did what where and how") == []


@pytest.mark.parametrize(
    "question",
    ["ferry AND (", 'ferry "', "ferry * ? ~2", "body:ferry", "ferry +(-[]{}^\\", "+ferry -ferry"],
)
def test_signs_of_query_languages_mean_nothing(tmp_path: Path, question: str) -> None:
    assert found(made(tmp_path, [indexed(1, "ferry")]), question) == [1]


@pytest.mark.parametrize("question", ["", "?!", "\0", "the", "x" * 10_000])
def test_a_question_without_known_words_finds_nothing(tmp_path: Path, question: str) -> None:
    assert found(made(tmp_path, [indexed(1, "ferry")]), question) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(publisher=("GULL",)), [1, 2]),
        (Filters(publisher=("gull", "tern")), [1, 2, 3]),
        (Filters(publisher=("gull",), tag=("sea",)), [2]),
        (Filters(language=("en",)), [1]),
        (Filters(document_id=("doc3",)), [3]),
        (Filters(document_id=("DOC3",)), []),
        (Filters(published_from=dt.date(2025, 2, 1)), [2, 3]),
        (Filters(published_before=dt.date(2025, 2, 1)), [1]),
        (Filters(published_from=dt.date(2025, 1, 1), published_before=dt.date(2025, 2, 1)), [1]),
    ],
)
def test_filters_let_through_what_they_name(
    tmp_path: Path, filters: Filters, expected: list[int]
) -> None:
    january, february = dt.date(2025, 1, 31), dt.date(2025, 2, 1)
    searcher = made(
        tmp_path,
        [
            indexed(1, "ferry", metadata=Metadata("", "Gull", published=january, language="en-GB")),
            indexed(2, "ferry", metadata=Metadata("", "Gull", published=february, tags=("Sea",))),
            indexed(3, "ferry", metadata=Metadata("", "Tern", published=february)),
            indexed(4, "ferry"),
        ],
    )

    assert sorted(found(searcher, "ferry", filters=filters)) == expected


def test_a_filter_does_not_change_scores(tmp_path: Path) -> None:
    searcher = made(tmp_path, [indexed(1, "ferry", metadata=Metadata(publisher="Gull"))])

    all_, some = (
        searcher.search("ferry", k=1, filters=filters).scores
        for filters in (NOTHING, Filters(publisher=("gull",)))
    )

    assert all_.tolist() == some.tolist()


def test_to_apply_changes_twice_is_to_apply_them_once(tmp_path: Path) -> None:
    lexical = LexicalIndex.make(LexicalFiles(tmp_path, "s"))
    lexical.apply(generation=1, removed=keys(), added=[indexed(1, "ferry")])

    lexical.apply(generation=2, removed=keys(1), added=[indexed(2, "ferry")])
    lexical.apply(generation=2, removed=keys(1), added=[indexed(2, "ferry")])

    assert found(lexical.searcher(), "ferry") == [2]


def test_a_searcher_is_not_affected_by_later_changes(tmp_path: Path) -> None:
    lexical = LexicalIndex.make(LexicalFiles(tmp_path, "s"))
    before = lexical.searcher()

    lexical.apply(generation=1, removed=keys(), added=[indexed(1, "ferry")])

    assert (found(before, "ferry"), found(lexical.searcher(), "ferry")) == ([], [1])


def test_a_rare_word_weighs_more_and_every_word_something(tmp_path: Path) -> None:
    lexical = LexicalIndex.make(LexicalFiles(tmp_path, "s"))
    items = [indexed(1, "ferry gull"), indexed(2, "ferry")]
    lexical.apply(generation=1, removed=keys(), added=items)
    lexical.apply(generation=2, removed=keys(1, 2), added=[indexed(3, "ferry gull")])

    ferry, gull, tern = lexical.searcher().word_weights("the ferry, a gull, a tern?")

    assert (ferry.span, gull.span, tern.span) == (Span(4, 9), Span(13, 17), Span(21, 25))
    assert 0 < ferry.idf <= gull.idf < tern.idf


def test_a_word_weighs_something_even_where_most_passages_with_it_were_removed(
    tmp_path: Path,
) -> None:
    lexical = LexicalIndex.make(LexicalFiles(tmp_path, "s"))
    items = [indexed(1, "ferry"), indexed(2, "ferry"), indexed(3, "gull")]
    lexical.apply(generation=1, removed=keys(), added=items)
    lexical.apply(generation=2, removed=keys(1, 2), added=[])

    [ferry] = lexical.searcher().word_weights("ferry")

    assert ferry.idf > 0


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8), TEXTS)
def test_scores_are_those_of_bm25(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str
) -> None:
    folder = tmp_path_factory.mktemp("bm25")
    searcher = made(folder, [indexed(key, text) for key, text in enumerate(texts, start=1)])

    ranking = searcher.search(question, k=50, filters=NOTHING)

    expected = {key: bm25(question, text, texts) for key, text in enumerate(texts, start=1)}
    scores = dict(zip(ranking.keys.tolist(), ranking.scores.tolist(), strict=True))
    assert scores == pytest.approx({key: s for key, s in expected.items() if s}, rel=1e-5)


def bm25(question: str, text: str, texts: list[str]) -> float:
    """The formula written out, with tantivy's parameters; texts of at most 40 words are not
    rounded."""
    k1, b, words = 1.2, 0.75, text.split()
    mean = sum(len(other.split()) for other in texts) / len(texts)
    score = 0.0
    for word in set(question.split()):
        df = sum(word in other.split() for other in texts)
        idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        tf = words.count(word)
        score += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
    return score
