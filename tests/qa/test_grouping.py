"""Stories: copies in different documents are folded, everything else stays apart."""

from itertools import permutations

import pytest

from qa.grouping import group_stories

NEWS = "El Salvador would charge the United States a low fee for holding people in its prisons"
COPY = "El Salvador would charge the United States a low fee for holding people in its jails."
OTHER = "The ambassador opened a new school in the capital and thanked everyone who came to see it"


def test_a_copy_in_another_document_is_folded_under_the_better_ranked(hit):
    groups = group_stories([hit(NEWS, document="a"), hit(COPY, document="b")])

    assert [group.hit.passage.document_id for group in groups] == ["a"]
    assert (groups[0].story.copies, groups[0].story.also_in) == (2, ("b",))


def test_white_space_capitals_and_punctuation_make_no_difference(hit):
    groups = group_stories([hit(NEWS), hit(f"“{NEWS.upper()}!”", document="b")])

    assert len(groups) == 1


def test_passages_of_one_document_are_never_copies_of_each_other(hit):
    groups = group_stories([hit(NEWS, ordinal=0), hit(NEWS, ordinal=1)])

    assert [group.story for group in groups] == [None, None]


def test_a_story_holds_one_passage_of_each_document(hit):
    groups = group_stories([hit(NEWS), hit(NEWS, document="b"), hit(NEWS, document="b", ordinal=1)])

    assert [group.hit.passage.id for group in groups] == ["a-0", "b-1"]
    assert groups[0].story.copies == 2


def test_different_reports_keep_their_order(hit):
    groups = group_stories([hit(OTHER), hit(NEWS, document="b"), hit(COPY, document="c")])

    assert [group.hit.passage.document_id for group in groups] == ["a", "b"]


def test_the_same_event_in_other_words_is_another_story(hit):
    retold = "For a modest price the Salvadoran government offers to jail people for Washington"

    groups = group_stories([hit(NEWS), hit(retold, document="b")])

    assert len(groups) == 2


def test_the_other_documents_are_named_by_id_in_order(hit):
    hits = [hit(NEWS, document=name) for name in ("c", "d", "a", "b")]

    [group] = group_stories(hits)

    assert group.story.also_in == ("a", "b", "d")


def test_a_storys_id_does_not_depend_on_the_order_of_its_copies(hit):
    hits = [hit(NEWS, document=name) for name in "abc"]

    ids = {group_stories(order)[0].story.id for order in permutations(hits)}

    assert len(ids) == 1


def test_different_stories_have_different_ids(hit):
    groups = group_stories(
        [hit(NEWS), hit(NEWS, document="b"), hit(OTHER, ordinal=1), hit(OTHER, document="c")]
    )

    assert len({group.story.id for group in groups}) == 2


@pytest.mark.parametrize("text", ["", "…", "Yes.", "Yes, two words"])
def test_a_passage_of_few_words_is_grouped_like_any_other(hit, text):
    groups = group_stories([hit(text), hit(OTHER, document="b")])

    assert len(groups) == 2


def test_no_hits_make_no_groups():
    assert group_stories([]) == []
