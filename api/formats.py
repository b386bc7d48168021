"""Replies as Markdown and as rows of a table."""

import csv
import io
from collections.abc import Mapping
from typing import Any

__all__ = ["CSV_COLUMNS", "as_csv", "as_markdown", "reference"]

Json = Mapping[str, Any]  # Any: parsed JSON of the contract

CSV_COLUMNS = (
    "question",
    "status",
    "answer",
    "title",
    "publisher",
    "author",
    "published",
    "source",
    "start",
    "end",
    "document_id",
)


def as_markdown(reply: Json) -> str:
    """The answer as a quotation with footnotes."""
    if not reply["answer"]:
        return f"**{reply['question']}**\n\nThe documents do not say.\n"
    quoted = reply["answer"]["text"].replace("\n", "\n> ")
    numbers = "".join(f"[^{citation['number']}]" for citation in reply["citations"])
    notes = "\n".join(
        f"[^{citation['number']}]: {reference(citation)}" for citation in reply["citations"]
    )
    return f"**{reply['question']}**\n\n> {quoted}{numbers}\n\n{notes}\n"


def as_csv(reply: Json, *, header: bool) -> str:
    """One row a citation; one without a citation where there is no answer."""
    rows = io.StringIO()
    writer = csv.DictWriter(rows, CSV_COLUMNS, extrasaction="ignore")
    if header:
        writer.writeheader()
    for citation in reply["citations"] or [{}]:
        writer.writerow(
            {
                **citation,
                "question": reply["question"],
                "status": reply["status"],
                "answer": citation.get("quote", ""),
            }
        )
    return rows.getvalue()


def reference(citation: Json) -> str:
    """Where a quote stands, in one line for a footnote."""
    parts = [
        citation["author"],
        f"“{citation['title']}”",
        citation["publisher"],
        citation["published"],
        citation["source"],
        f"p. {citation['page']}" if citation["page"] else None,
        f"characters {citation['start']}–{citation['end']}",
    ]
    return ", ".join(str(part) for part in parts if part) + "."
