"""Texts in word pieces, as the model's own tokenizer has them."""

import pytest
from transformers import AutoTokenizer

from index.bert import read_bert
from index.models import DEFAULT_MODEL, find_model
from index.word_pieces import WordPieces

MODEL = find_model(DEFAULT_MODEL).path
TEXTS = [
    "A canal links two oceans.",
    " ¿Cuánto\tcuesta? 東京 😀 \n",
    "Ａｂｃ ﬁn ½",
    "",
    "word " * 99,
]


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces(read_bert(MODEL).tokenizer, most=64)


@pytest.mark.parametrize("text", TEXTS)
def test_ids_places_and_special_ones_are_those_of_transformers(
    pieces: WordPieces, text: str
) -> None:
    theirs = AutoTokenizer.from_pretrained(MODEL, local_files_only=True)(
        text,
        truncation=True,
        max_length=64,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )

    ours = pieces.of(text)

    assert ours.ids.tolist() == theirs["input_ids"]
    assert list(map(tuple, ours.places.tolist())) == theirs["offset_mapping"]
    assert ours.is_special.tolist() == [bool(mark) for mark in theirs["special_tokens_mask"]]


def test_the_window_leaves_room_for_the_special_ones(pieces: WordPieces) -> None:
    assert pieces.window == 62


def test_the_whole_of_a_long_text_is_counted(pieces: WordPieces) -> None:
    assert pieces.count(["word " * 99, ""]) == [99, 0]
