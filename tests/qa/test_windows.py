"""What the reader reads: question, title, and a stretch of the passage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import DEFAULT_MODEL, find_model
from qa.windows import WindowCutter

LENGTH = 80  # leaves room for a passage beside the longest question and title that are read
CUTTER = WindowCutter(find_model(DEFAULT_MODEL).path / "tokenizer.json", length=LENGTH)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=400)


@settings(max_examples=100, deadline=None)
@given(question=TEXTS, title=TEXTS, passage=TEXTS)
def test_every_word_piece_of_a_passage_is_in_some_window(question, title, passage):
    windows = list(CUTTER.windows(question, title, passage))

    seen = {tuple(place) for window in windows for place in window.places.tolist()}
    assert seen == {tuple(place) for place in CUTTER.pieces(passage).places.tolist()}


@settings(max_examples=100, deadline=None)
@given(question=TEXTS, passage=TEXTS)
def test_no_window_is_longer_than_it_may_be(question, passage):
    lengths = [len(window) for window in CUTTER.windows(question[:20], "", passage)]

    assert max(lengths) <= LENGTH


def test_places_are_characters_of_the_passage():
    passage = "Überraschung in 東京: “ja”."

    [window] = CUTTER.windows("Was war in Tokio?", "", passage)

    words = [passage[start:end] for start, end in window.places.tolist()]
    assert "".join(words) == passage.replace(" ", "")


def test_the_question_is_of_the_first_kind_and_the_rest_of_the_second():
    [window] = CUTTER.windows("who came", "a title", "the bird came")

    assert window.kinds.tolist() == [0] * 4 + [1] * 7


def test_neighbouring_windows_share_a_third_of_their_room():
    passage = " ".join(["gull"] * 100)

    first, second, *_ = CUTTER.windows("who", "", passage)

    shared = {tuple(p) for p in first.places.tolist()} & {tuple(p) for p in second.places.tolist()}
    assert len(shared) == len(first.places) // 3
