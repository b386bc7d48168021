"""Dates as sources write them."""

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dates import date_in_name, date_in_url, parse_date

DAY = dt.date(2025, 4, 16)


@pytest.mark.parametrize(
    "line",
    [
        "April 16, 2025",
        "16 April 2025",
        "Apr 16, 2025 8:30 AM",
        "2025-04-16",
        "16 de abril de 2025",
        "Wednesday, 16 April 2025 at 10:30 AM",
        "miércoles, 16 de abril de 2025 a las 10:30",
    ],
)
def test_a_line_that_is_a_date_is_read(line: str) -> None:
    assert parse_date(line) == DAY


@pytest.mark.parametrize(
    "line",
    ["April 2025", "2025", "April 16", "yesterday", "", "April 16, 2025 was a cold day here"],
)
def test_a_line_without_day_month_and_year_is_no_date(line: str) -> None:
    assert parse_date(line) is None


@pytest.mark.parametrize(
    "line", ["The winter of 1948", "In 2019, 12 of the men came back to us all"]
)
def test_what_cannot_be_a_date_is_not_compared_with_every_language(line: str) -> None:
    code = f"import sys; from index.dates import parse_date; parse_date({line!r}); "
    code += "sys.exit('dateparser' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_iso_date_is_read(day: dt.date) -> None:
    assert parse_date(day.isoformat()) == day


@settings(max_examples=50)
@given(st.text(max_size=50))
def test_no_line_breaks_the_reading(line: str) -> None:
    found = parse_date(f"{line} 2025")

    assert isinstance(found, dt.date | None)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://gull.example/2025/04/16/ferry", DAY),
        ("https://gull.example/2025-04-16", DAY),
        ("https://gull.example/2025/13/16/ferry", None),
        ("https://gull.example/2025/04/ferry", None),
    ],
)
def test_a_date_in_a_path_is_read(url: str, day: dt.date | None) -> None:
    assert date_in_url(url) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2025-04-16-ferry.txt", DAY),
        ("ferry_20250416.pdf", DAY),
        ("ferry_20251316.pdf", None),
        ("1202504167.pdf", None),
    ],
)
def test_a_date_in_a_file_name_is_read(name: str, day: dt.date | None) -> None:
    assert date_in_name(name) == day
