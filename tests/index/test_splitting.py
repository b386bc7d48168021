"""Passages: one a paragraph, all of it, and none longer than the encoder reads."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.layout import arrange
from index.splitting import Division, TokenCounter, divide
from index.types import Aside, AsideKind, Block, BlockKind, Passage, Reading, Span

WORDS = st.text(alphabet="ab.é東", min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=60).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", "\n", ". ", "\n\n", "\t"]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True)))
)


def by_word(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def by_character(texts: Sequence[str]) -> list[int]:
    """As a tokenizer counts that knows no words, white space included."""
    return [len(text) for text in texts]


def divided(text: str, *, window: int = 50, count: TokenCounter = by_word) -> Division:
    blocks = arrange(Reading(text)).blocks
    return divide(text, blocks, document_id="a", count_tokens=count, window=window)


def paragraph(text: str, *, window: int, count: TokenCounter = by_word) -> list[str]:
    block = Block(Span(0, len(text)), BlockKind.PARAGRAPH)
    division = divide(text, [block], document_id="a", count_tokens=count, window=window)
    return [passage.text for passage in division.passages]


def headed(*blocks: tuple[str, int]) -> list[tuple[str, str]]:
    """Passages with their headings; a block of level -1 is a paragraph."""
    text = "\n".join(words for words, _ in blocks)
    starts = [sum(len(words) + 1 for words, _ in blocks[:i]) for i in range(len(blocks))]
    made = [
        Block(
            Span(start, start + len(words)),
            BlockKind.HEADING if level >= 0 else BlockKind.PARAGRAPH,
            level=max(level, 0),
        )
        for start, (words, level) in zip(starts, blocks, strict=True)
    ]
    division = divide(text, made, document_id="a", count_tokens=by_word, window=50)
    return [(passage.text, passage.heading) for passage in division.passages]


@given(TEXTS, st.integers(1, 12), st.sampled_from([by_word, by_character]))
def test_every_visible_character_is_in_exactly_one_passage_or_aside(
    text: str, window: int, count: TokenCounter
) -> None:
    division = divided(text, window=window, count=count)

    spans = [passage.span for passage in division.passages]
    spans += [aside.span for aside in division.asides]
    covered = sorted(place for span in spans for place in range(span.start, span.end))
    visible = {place for place, character in enumerate(text) if not character.isspace()}
    assert len(covered) == len(set(covered))
    assert visible <= set(covered)


@given(TEXTS, st.integers(1, 12), st.sampled_from([by_word, by_character]))
def test_no_passage_is_longer_than_the_window(text: str, window: int, count: TokenCounter) -> None:
    passages = divided(text, window=window, count=count).passages

    assert max(count([passage.text for passage in passages]), default=0) <= window


@given(TEXTS, st.integers(1, 12))
def test_a_passage_is_the_text_at_its_place(text: str, window: int) -> None:
    passages = divided(text, window=window).passages

    assert [passage.text for passage in passages] == [p.span.of(text) for p in passages]


@given(TEXTS, st.integers(1, 12))
def test_passages_are_numbered_in_order_and_have_ids_of_their_own(text: str, window: int) -> None:
    passages = divided(text, window=window).passages

    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert len({passage.id for passage in passages}) == len(passages)


def test_a_paragraph_is_one_passage() -> None:
    division = divided("It sails at noon.\n\nNobody knows why.")

    assert division.passages[1] == Passage("a:19-36", "a", 1, Span(19, 36), "Nobody knows why.")


def test_a_long_paragraph_is_split_between_sentences_into_similar_parts() -> None:
    text = "One two three. Four five six. Seven eight nine. Ten eleven twelve."

    assert paragraph(text, window=9) == [
        "One two three. Four five six.",
        "Seven eight nine. Ten eleven twelve.",
    ]


def test_a_long_sentence_is_split_between_words() -> None:
    assert paragraph("one two three four five six", window=4) == [
        "one two three",
        "four five six",
    ]


def test_a_very_long_word_is_cut() -> None:
    parts = paragraph("x" * 250, window=100, count=by_character)

    assert [len(part) for part in parts] == [100, 100, 50]


def test_a_word_of_which_each_character_takes_several_tokens_is_cut_until_it_fits() -> None:
    def by_byte(texts: Sequence[str]) -> list[int]:
        return [len(text.encode()) for text in texts]

    parts = paragraph("東" * 40, window=30, count=by_byte)

    assert "".join(parts) == "東" * 40
    assert max(by_byte(parts)) <= 30


def test_a_character_that_does_not_fit_is_never_lost() -> None:
    assert paragraph("東 京", window=1, count=lambda texts: [3 for _ in texts]) == ["東", "京"]


def test_headings_are_the_context_of_passages_and_asides_of_the_text() -> None:
    text = "It sailed.\nNew Harbour Rules\nNobody may fish."

    division = divided(text)

    assert [passage.heading for passage in division.passages] == ["", "New Harbour Rules"]
    assert division.asides == (Aside(Span(11, 28), AsideKind.HEADING),)


def test_headings_with_levels_make_a_path() -> None:
    assert headed(("A", 1), ("B", 2), ("x", -1), ("C", 2), ("y", -1), ("D", 1), ("z", -1)) == [
        ("x", "A › B"),
        ("y", "A › C"),
        ("z", "D"),
    ]


def test_headings_that_follow_each_other_without_levels_make_a_path() -> None:
    assert headed(("A", 0), ("B", 0), ("x", -1), ("C", 0), ("y", -1)) == [
        ("x", "A › B"),
        ("y", "A › C"),
    ]


def test_a_heading_over_several_lines_is_one_line_of_context() -> None:
    assert headed(("A \n  b", 1), ("x", -1)) == [("x", "A b")]


@pytest.mark.parametrize(("page_starts", "pages"), [((), [None, None]), ((0, 4), [1, 2])])
def test_a_passage_knows_its_page(page_starts: tuple[int, ...], pages: list[int | None]) -> None:
    blocks = [Block(Span(0, 3), BlockKind.PARAGRAPH), Block(Span(4, 7), BlockKind.PARAGRAPH)]

    division = divide(
        "one\ntwo",
        blocks,
        document_id="a",
        count_tokens=by_word,
        window=9,
        page_starts=page_starts,
    )

    assert [passage.page for passage in division.passages] == pages


def test_what_was_cleaned_away_is_told_with_its_reason() -> None:
    division = divided("It sailed.\nAdvertisement\nIt sank.")

    assert division.asides == (Aside(Span(11, 24), AsideKind.ADVERTISEMENT),)
