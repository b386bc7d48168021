"""A text in parts by the highlights over it: nothing lost, nothing twice."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.pages import Segment, segments

highlights = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(-5, 40),
            "end": st.integers(-5, 40),
            "kind": st.sampled_from(["answer", "term", "cited"]),
        }
    ),
    max_size=6,
)


@given(text=st.text(max_size=30), highlights=highlights)
def test_segments_join_to_the_text_whatever_the_highlights(text, highlights):
    parts = segments(text, highlights)

    assert "".join(part.text for part in parts) == text


@given(text=st.text(max_size=30), highlights=highlights)
def test_every_character_has_exactly_the_kinds_of_the_highlights_over_it(text, highlights):
    expected = [
        {mark["kind"] for mark in highlights if mark["start"] <= position < mark["end"]}
        for position in range(len(text))
    ]

    parts = segments(text, highlights)

    assert [set(part.kinds) for part in parts for _ in part.text] == expected


@given(text=st.text(max_size=30), highlights=highlights)
def test_segments_are_as_few_as_can_be_and_never_empty(text, highlights):
    parts = segments(text, highlights)

    assert all(part.text for part in parts)
    assert all(one.kinds != next_.kinds for one, next_ in pairwise(parts))


def test_a_term_inside_the_answer_splits_it():
    answer, term = ({"start": 2, "end": 9, "kind": k} for k in ("answer", "term"))

    parts = segments("x a fee now", [answer, term | {"start": 4, "end": 7}])

    assert parts == [
        Segment("x "),
        Segment("a ", ("answer",)),
        Segment("fee", ("answer", "term")),
        Segment(" n", ("answer",)),
        Segment("ow"),
    ]


def test_offsets_count_code_points_beyond_the_basic_plane():
    assert segments("🧾🧾fee", [{"start": 2, "end": 5, "kind": "term"}]) == [
        Segment("🧾🧾"),
        Segment("fee", ("term",)),
    ]
