"""Publication dates as sources write them. The only door to dateparser."""

import datetime as dt
import re

__all__ = ["date_in_name", "date_in_url", "parse_date"]

YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
LONGEST = 60  # characters
MOST_WORDS = 9  # "miércoles, 16 de abril de 2025 a las 10:30"
URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")
NAME_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")


def parse_date(text: str) -> dt.date | None:
    """Read a line that is one date and nothing else.

    Day, month and a four-digit year must all be written; times are allowed and dropped.

    Returns:
        The date, or None where the line is anything else.
    """
    if len(text) > LONGEST or not YEAR.search(text):
        return None
    try:
        return dt.datetime.fromisoformat(text.strip()).date()
    except ValueError:
        pass
    # A line that is no date is compared with those of two hundred languages: 17 ms, at first 2 s.
    if not DAY.search(text) or len(text.split()) > MOST_WORDS:
        return None
    import dateparser  # 0.3 s to import, and most texts never need it

    found = dateparser.parse(
        text, settings={"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"]}
    )
    return found.date() if found else None


def date_in_url(url: str) -> dt.date | None:
    """The date in a path such as `/2025/02/05/rubio-visit`."""
    return _calendar_date(URL_DATE.search(url))


def date_in_name(name: str) -> dt.date | None:
    """The date in a file name such as `2025-02-05-rubio.txt` or `20250205.pdf`."""
    return _calendar_date(NAME_DATE.search(name))


def _calendar_date(found: re.Match[str] | None) -> dt.date | None:
    if found is None:
        return None
    try:
        return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
