"""Which of the first lines are bylines, dates and repeated titles, and which are text."""

import datetime as dt

import pytest

from index.bylines import FrontLine, read_front_line
from index.types import AsideKind


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Ann Berg", "Ann Berg"),
        ("Written by Ann Berg", "Ann Berg"),
        ("by Ann Berg and Bo Lind", "Ann Berg and Bo Lind"),
        ("By Ann Berg, Bo Lind.", "Ann Berg, Bo Lind"),
        ("By Ludwig van der Rohe", "Ludwig van der Rohe"),
        ("By J. R. O'Neill-Smith", "J. R. O'Neill-Smith"),
        ("Por: María Núñez", "María Núñez"),
        ("Author: Ann Berg", "Ann Berg"),
    ],
)
def test_a_byline_names_its_author(line: str, author: str) -> None:
    assert read_front_line(line, title=None) == FrontLine(AsideKind.AUTHOR, author=author)


@pytest.mark.parametrize(
    "line",
    [
        "By Sunday the fires had spread north.",
        "By the time he arrived it was dark.",
        "By 2030 the harbour will be closed",
        "By and by",
        "Published weekly since the war",
        "It sails on April 16, 2025",
        "",
        "|",
    ],
)
def test_a_sentence_is_no_byline_and_no_date(line: str) -> None:
    assert read_front_line(line, title=None) is None


@pytest.mark.parametrize(
    "line",
    [
        "Published: April 16, 2025",
        "Wednesday, April 16, 2025",
        "Posted on 16 April 2025",
        "2025-04-16",
        "2025-04-16T08:30:00Z",
        "Publicado el 16 de abril de 2025",
        "April 16, 2025 | April 17, 2025",
    ],
)
def test_a_date_line_tells_the_first_date(line: str) -> None:
    found = read_front_line(line, title=None)

    assert found == FrontLine(AsideKind.DATE, published=dt.date(2025, 4, 16))


def test_a_line_may_tell_author_and_date() -> None:
    found = read_front_line("By Ann Berg • April 16, 2025", title=None)

    assert found == FrontLine(AsideKind.AUTHOR, "Ann Berg", dt.date(2025, 4, 16))


def test_the_day_of_an_update_is_not_the_day_of_publication() -> None:
    found = read_front_line("Updated April 17, 2025", title=None)

    assert found == FrontLine(AsideKind.DATE)


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("A New Ferry", None),
        ("a new ferry", None),
        ("A New Ferry | The Gull", "The Gull"),
        ("A New Ferry - Gull Weekly", "Gull Weekly"),
    ],
)
def test_the_title_again_is_a_page_title(line: str, publisher: str | None) -> None:
    found = read_front_line(line, title="A New Ferry")

    assert found == FrontLine(AsideKind.TITLE_REPEATED, publisher=publisher)


def test_a_sentence_that_begins_like_the_title_is_text() -> None:
    assert read_front_line("A New Ferry sails from today on.", title="A New Ferry") is None
