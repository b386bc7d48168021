"""Rows that a reader misjudges."""

from pathlib import Path

from qa.passage_reader import PassageReader
from qa.shipped_reader import shipped_reader
from training.examples import Example
from training.misjudged import misjudged

PASSAGE = "The harbour of Halden was dredged in 1987. The town paid six million crowns for it."
PAID = (PASSAGE.index("six"), PASSAGE.index(" for"))


def row(question: str, *answers: tuple[int, int], file: str = "written") -> Example:
    return Example(file, question, "", PASSAGE, answers, True if answers else None)


RIGHT = row("What did the town pay for dredging the harbour of Halden?", PAID)
FAR = row("Who composed the opera?")
CALLED_UNANSWERABLE = row("What did the town pay for dredging the harbour of Halden?")


def test_rows_on_the_wrong_side_are_kept_and_others_left(tmp_path: Path) -> None:
    found = misjudged([RIGHT, FAR, CALLED_UNANSWERABLE], shipped_reader(), tmp_path)

    assert [(one.file, one.question, one.answers) for one in found] == [
        ("misjudged", CALLED_UNANSWERABLE.question, ())
    ]


def test_rows_of_which_nobody_knows_whether_they_answer_are_not_read(tmp_path: Path) -> None:
    retrieved = row(RIGHT.question, file="mined-negatives")

    assert misjudged([retrieved], shipped_reader(), tmp_path) == []


def test_a_verdict_that_is_kept_is_not_asked_for_again(tmp_path: Path) -> None:
    reader = shipped_reader()
    first = misjudged([CALLED_UNANSWERABLE], reader, tmp_path)
    unreadable = PassageReader(b"", tmp_path / "absent", length=160, name=reader.name)

    assert misjudged([CALLED_UNANSWERABLE], unreadable, tmp_path) == first


def test_verdicts_are_kept_under_the_name_of_their_reader_and_nothing_is_left_half(
    tmp_path: Path,
) -> None:
    reader = shipped_reader()

    misjudged([CALLED_UNANSWERABLE], reader, tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == [f"judged-{reader.name}.jsonl.gz"]
