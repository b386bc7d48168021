"""The page of a document: its whole text in order, what is cited, and where things were read."""

from shown import PAGES, Outline, a_document, a_reply, ask, read


def test_a_document_is_shown_in_the_order_of_its_text():
    page = read(a_document())

    shown = [words for tag, words in page.words if tag in {"h1", "h2", "h3", "p"}]
    assert shown[shown.index("A deal") :][:6] == [
        "A deal",
        "The fee",
        "One is low.",
        "Two is not.",
        "Details",
        "Three.",
    ]
    assert (page.text("h2")[0], page.text("h3")) == ("The fee", ["Details"])


def test_every_passage_can_be_linked_to():
    link = Outline(ask(a_reply())).links()

    assert "/documents/d1#passage-p1" in link
    assert {"passage-p1", "passage-p2", "passage-p3"} < set(read(a_document()).ids())


def test_a_cited_range_across_two_passages_is_marked_in_both():
    page = read(a_document(), cited=(24, 33))

    assert page.text("mark") == ["low.", "Two"]
    assert page.ids().count("cited") == 1
    assert "#cited" in page.links()


def test_a_cited_range_that_holds_no_words_is_reported():
    page = PAGES.document(document=a_document(), cited=(500, 510))

    assert "Characters 500–510 hold no words of this text." in page


def test_what_was_left_out_is_listed_with_its_reason_and_headings_are_not():
    page = read(a_document())

    assert "Left out of the passages (2)" in page.text("summary")
    assert page.text("bdi")[-2:] == ["A deal", "Share this"]
    assert page.text("small")[-2:] == ["title", "share link"]


def test_words_that_no_passage_holds_are_shown_all_the_same():
    page = read(a_document(passages=a_document()["passages"][1:]))

    assert "One is low." in "".join(page.text("p"))


def test_heading_levels_are_never_skipped():
    asides = [{"start": 43, "end": 50, "reason": "heading"}]

    page = read(a_document(asides=asides))

    assert page.text("h3") == []
    assert page.text("h2")[0] == "Details"


def test_a_page_number_stands_where_its_page_begins():
    numbers = iter([1, 1, 2])
    passages = [passage | {"page": next(numbers)} for passage in a_document()["passages"]]

    page = read(a_document(passages=passages))

    assert [words for words in page.text("p") if words.startswith("Page")] == ["Page 1", "Page 2"]


def test_a_document_tells_where_each_piece_of_metadata_was_read():
    page = read(a_document(provenance={"publisher": "metadata"}))

    assert page.text("small")[:2] == ["from the metadata", "from the web address"]


def test_a_document_without_a_date_says_so():
    assert "no date given" in read(a_document(published=None)).text("dd")
