"""Domain types cannot be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Filters, Span


@given(st.text(min_size=1), st.data())
def test_a_span_covers_its_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    assert Span(start, end).of(text) == text[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 1), (2, 1)])
def test_a_span_is_never_empty_or_negative(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"0 <= start < end, got \[{start}, {end}\)"):
        Span(start, end)


def test_spans_sort_by_start_then_end() -> None:
    assert sorted([Span(2, 3), Span(0, 9), Span(0, 1)]) == [Span(0, 1), Span(0, 9), Span(2, 3)]


def test_filters_without_values_are_none() -> None:
    assert not Filters()
    assert Filters(tag=("sea",))
