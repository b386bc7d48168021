"""Words in lines, as a terminal can show them."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from api.lines import MAY_BE_WIDE, Style, Words, lines_of

BOLD = Style(bold=True)
SIGNS = re.compile("\x1b\\[[0-9;]*m")


def broken(text, width):
    return lines_of([Words(text)], width=width, colour=False)


def test_a_line_ends_at_the_last_blank_that_fits():
    assert broken("one two three", 8) == ["one two", "three"]


def test_a_word_that_no_line_holds_is_cut():
    assert broken("a abcdefgh i", 4) == ["a", "abcd", "efgh", "i"]


def test_a_newline_ends_a_line_and_an_empty_line_stays():
    assert broken("one\n\ntwo", 80) == ["one", "", "two"]


def test_a_no_break_space_keeps_words_together():
    assert broken("the system.\u00a0[1]", 12) == ["the", "system.\u00a0[1]"]


def test_chinese_signs_take_two_cells():
    assert broken("東京は日本の首都", 6) == ["東京は", "日本の", "首都"]


def test_an_accent_takes_none():
    assert broken("cafe\u0301s open", 5) == ["cafe\u0301s", "open"]


def test_what_is_measured_without_tables_takes_a_cell_each():
    signs = [sign for sign in map(chr, range(0x110000)) if not MAY_BE_WIDE.match(sign)]

    assert len(signs) > 700
    assert not [s for s in signs if unicodedata.east_asian_width(s) in "WF"]
    assert not [s for s in signs if unicodedata.combining(s)]


def test_a_style_goes_on_in_the_next_line_and_stops_where_its_words_do():
    lines = lines_of([Words("one two", BOLD), Words(" three")], width=4, colour=True)

    assert lines == ["\x1b[1mone\x1b[0m", "\x1b[1mtwo\x1b[0m", "thre", "e"]


def test_without_colours_there_is_nothing_but_the_words():
    assert lines_of([Words("one", BOLD), Words(" two")], width=9, colour=False) == ["one two"]


@given(text=st.text(alphabet="ab \n東é", max_size=60), width=st.integers(2, 12))
def test_no_line_is_too_wide_and_no_word_is_lost(text, width):
    lines = broken(text, width)

    assert max(len(line) + sum(sign == "東" for sign in line) for line in lines) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(cut=st.integers(0, 30), width=st.integers(2, 40))
def test_a_style_changes_no_line(cut, width):
    text = "The ferry costs four euros, 東京 and back."
    words = [Words(text[:cut], BOLD), Words(text[cut:])]

    shown = lines_of(words, width=width, colour=True)

    assert [SIGNS.sub("", line) for line in shown] == broken(text, width)
