"""Late interaction: each word of a question finds its best match in a passage."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fakes import WordHashEncoder, arrival
from hypothesis import given
from hypothesis import strategies as st

from index.collection import Collection
from index.embedding import Encoded, TokenVectors
from index.ingest import Ingester
from index.late_interaction import LateInteraction, WeightedTokens, WordWeight, compare, weigh
from index.token_codes import CONTEXT, pack, unpack
from index.types import Hit, Metadata, Passage, Scores, Span

Matrix = npt.NDArray[np.float32]
TEXT = "A gull flies. The ferry fee is high."


class CountingEncoder(WordHashEncoder):
    """Remembers which questions it was asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        self.asked += texts
        return super().encode_queries(texts)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Collection]:
    opened = Collection.create(tmp_path, "default", WordHashEncoder().identity)
    yield opened
    opened.close()


def unit_rows(seed: int, n: int) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((n, 16)).astype(np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def packed(seed: int, lengths: list[int]) -> bytes:
    """A passage with a word piece of context and sentences of so many word pieces."""
    vectors = unit_rows(seed, 1 + sum(lengths))
    starts = np.arange(-4, 4 * sum(lengths), 4, dtype=np.int32)
    ends = np.cumsum(lengths).tolist()
    spans = [Span(4 * (end - n), 4 * end) for n, end in zip(lengths, ends, strict=True)]
    return pack(TokenVectors(vectors, starts, starts + 3), spans)


def question(seed: int, n: int) -> WeightedTokens:
    weights = np.arange(1, n + 1, dtype=np.float32)
    return WeightedTokens(unit_rows(seed, n), weights / weights.sum())


def hit(text: str, *, document: str = "a", heading: str = "") -> Hit:
    passage = Passage(f"{document}:0", document, 0, Span(0, len(text)), text, heading)
    return Hit(passage, "T", Metadata(title="The Ferry"), "a.txt", "sha", Scores(1.0))


def stored(held: Collection, text: str, *, keep_tokens: bool = True) -> Hit:
    ingester = Ingester(held, WordHashEncoder(), keep_tokens=keep_tokens)
    list(ingester.ingest([arrival(text, title="The Ferry")]))
    [passage] = held.store.passages("a")
    return Hit(passage, "T", Metadata(title="The Ferry"), "a.txt", "sha", Scores(1.0))


@given(
    st.integers(0, 9999),
    st.integers(1, 6),
    st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), min_size=1, max_size=5),
)
def test_all_scores_agree_with_comparing_every_pair(
    seed: int, n: int, passages: list[list[int]]
) -> None:
    asked = question(seed, n)
    codes = [packed(seed + i, lengths) for i, lengths in enumerate(passages)]

    found = compare(asked, unpack(codes, dim=16))

    for i, one in enumerate(unpack([code], dim=16) for code in codes):
        cosines = one.cosines(asked.vectors)
        numbers = [int(number) for number in np.unique(one.sentences) if number != CONTEXT]
        by_sentence = [asked.weights @ cosines[:, one.sentences == k].max(axis=1) for k in numbers]
        assert found.passages[i] == pytest.approx(asked.weights @ cosines.max(axis=1), abs=1e-5)
        assert found.best[i] == pytest.approx(max(by_sentence), abs=1e-5)
        assert found.sentences[found.owners == i] == pytest.approx(by_sentence, abs=1e-5)
        assert found.numbers[found.owners == i].tolist() == numbers


def test_a_passage_of_context_only_has_no_sentence() -> None:
    context = pack(TokenVectors(unit_rows(1, 1), np.array([-4]), np.array([-1])), [Span(0, 3)])

    found = compare(question(1, 2), unpack([context, packed(2, [1])], dim=16))

    assert (found.best[0], found.owners.tolist()) == (0.0, [1])


def test_some_sentences_of_a_passage_cover_as_much_as_the_best_of_them() -> None:
    codes = [packed(1, [2]), packed(2, [1, 3, 2]), packed(3, [2, 2])]

    found = compare(question(1, 4), unpack(codes, dim=16))

    first, second, third = found.sentences[found.owners == 1].tolist()
    assert found.of_sentences(1, [0, 2]) == pytest.approx(max(first, third))
    assert found.of_sentences(1, [1]) == pytest.approx(second)
    assert found.of_sentences(1, []) == found.of_sentences(1, [7]) == 0.0


def test_a_question_without_word_pieces_scores_nothing() -> None:
    found = compare(question(1, 0), unpack([packed(2, [2, 1])], dim=16))

    assert (found.passages.tolist(), found.sentences.tolist()) == ([0.0], [0.0, 0.0])


def test_no_passages_have_no_scores() -> None:
    assert compare(question(1, 2), unpack([], dim=16)).passages.tolist() == []


def test_a_word_weighs_as_much_as_it_is_rare() -> None:
    [tokens] = WordHashEncoder().encode_queries(["the ferry fee"]).tokens

    asked = weigh(tokens, [WordWeight(Span(4, 9), 1.0), WordWeight(Span(10, 13), 3.0)])

    assert asked.weights.tolist() == [0.0, 0.25, 0.75]


def test_a_question_of_common_words_only_weighs_all_of_them_alike() -> None:
    [tokens] = WordHashEncoder().encode_queries(["what is it of"]).tokens

    assert weigh(tokens, []).weights.tolist() == [0.25, 0.25, 0.25, 0.25]


def test_the_best_sentence_is_the_one_that_has_every_word(held: Collection) -> None:
    found, late = stored(held, TEXT), LateInteraction(WordHashEncoder(), held.store)

    scores = late.read(late.weighed("ferry fee", []), [found])

    assert int(scores.numbers[scores.sentences.argmax()]) == 1
    assert scores.best[0] == pytest.approx(1.0, abs=0.01)


def test_what_is_kept_at_ingest_scores_like_what_is_encoded_now(held: Collection) -> None:
    found, late = stored(held, TEXT), LateInteraction(WordHashEncoder(), held.store)
    asked = late.weighed("ferry fee", [])

    kept = late.read(asked, [found])
    now = late.read(asked, [hit(TEXT, document="not stored")])

    assert now.sentences == pytest.approx(kept.sentences, abs=1e-6)
    assert now.passages == pytest.approx(kept.passages, abs=1e-6)


def test_passages_without_kept_word_pieces_are_not_scored(held: Collection) -> None:
    stored(held, TEXT, keep_tokens=False)
    late = LateInteraction(WordHashEncoder(), held.store)

    positions, scores = late.stored(late.weighed("ferry", []), np.array([1, 2]))

    assert (positions.tolist(), scores.passages.tolist()) == ([], [])


def test_positions_tell_which_of_the_passages_were_scored(held: Collection) -> None:
    stored(held, TEXT)
    late = LateInteraction(WordHashEncoder(), held.store)
    [key] = held.store.changes_since(0).added.tolist()

    positions, scores = late.stored(late.weighed("ferry", []), np.array([key + 7, key]))

    assert (positions.tolist(), len(scores.passages)) == ([1], 1)


def test_a_question_is_encoded_once(held: Collection) -> None:
    encoder = CountingEncoder()
    late = LateInteraction(encoder, held.store)

    late.question("ferry")
    late.weighed("ferry", [])

    assert encoder.asked == ["ferry"]


def test_only_the_latest_questions_are_remembered(
    held: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.late_interaction.REMEMBERED", 1)
    encoder = CountingEncoder()
    late = LateInteraction(encoder, held.store)

    for text in ("one", "two", "one"):
        late.question(text)

    assert encoder.asked == ["one", "two", "one"]
