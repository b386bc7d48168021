"""Plain text: which encoding it is in, and what is no text at all."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import NotTextError
from index.formats import plain
from index.types import Reading

SPANISH = "El niño comió piñas – mañana será otro día."
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy."
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю."
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"


def test_plain_text_leaves_its_layout_to_be_inferred() -> None:
    assert plain.read(b"one\n\ntwo") == Reading("one\n\ntwo", blocks=None)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SPANISH, "utf-8"),
        (SPANISH, "cp1252"),
        ("It’s plain but for one apostrophe.", "cp1252"),
        ("Señor", "cp1252"),
        ("Der Müller fährt über die Straße nach München.", "latin-1"),
        ("Le garçon a mangé une crêpe à la forêt, près de l'école.", "latin-1"),
        ("Årsrapport på svenska, känner du någon där?", "latin-1"),
        (CZECH, "cp1250"),
        ("Zażółć gęślą jaźń, powiedział człowiek.", "cp1250"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        ("我们的城市有一座老桥。", "gb18030"),
        (SPANISH, "utf-16-le"),
        (SPANISH, "utf-16-be"),
        (SPANISH, "utf-32-le"),
        (SPANISH, "utf-32-be"),
        (RUSSIAN, "utf-16-le"),
        (f"{JAPANESE}\n{JAPANESE}\n", "utf-16-le"),
        ("我们的城市有老桥。\n桥下有河。", "utf-16-be"),
        (RUSSIAN, "utf-16"),
        (JAPANESE, "utf-32"),
        (JAPANESE, "utf-8-sig"),
    ],
)
def test_text_comes_back_as_it_was_written_in_every_common_encoding(
    text: str, encoding: str
) -> None:
    assert plain.decode(text.encode(encoding)) == text


def test_lines_ended_as_on_windows_or_an_old_mac_end_in_newlines() -> None:
    assert plain.decode(b"one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


def test_stray_control_characters_are_dropped_and_tabs_stay() -> None:
    assert plain.decode("on\x07e\ttwo\ufeff three\x0cfour".encode()) == "one\ttwo three\nfour"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture, not text"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "a program, not text"),
        (b"%PDF-1.7\n", "a PDF file, not text; give it the ending"),
        (b"words\0and\0\0zero\0\0\0bytes", "holds zero bytes"),
        (b"abc\0\1\2binary", "holds zero bytes"),
        (b"\x01\x02\x03\x04\x05\x06 words", "6 control characters"),
        (codecs.BOM_UTF8 + b"\xff\xfe\xfd", "begins like UTF-8 but byte 0 does not fit"),
    ],
)
def test_bytes_that_are_no_text_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(NotTextError, match=message):
        plain.decode(content)


def test_an_empty_file_is_an_empty_text() -> None:
    assert plain.decode(b"") == ""


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])))
def test_any_text_in_utf_8_comes_back_unchanged(text: str) -> None:
    assert plain.decode(text.encode("utf-8-sig")) == text.replace("\ufeff", "")
