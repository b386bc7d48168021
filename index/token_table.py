"""The store's table of token codes: what re-ranking reads of a few passages at a time.

A row is read when it is asked for and by its key, so the table is never resident: at a million
passages it has 8 GB, of which one question touches a quarter of a megabyte.
"""

import json
from collections.abc import Sequence

from index.connections import Connection
from index.types import Keys, Passage

__all__ = ["codes_by_key", "codes_by_passage", "count_codes", "put_codes"]


def codes_by_key(connection: Connection, keys: Keys) -> dict[int, bytes]:
    """Codes of passages by their keys; those that have none are left out."""
    rows = connection.execute(
        "SELECT passage_key, codes FROM token_codes "
        "WHERE passage_key IN (SELECT value FROM json_each(?))",
        (json.dumps(keys.tolist()),),
    )
    return dict(rows)


def codes_by_passage(connection: Connection, passage_ids: Sequence[str]) -> dict[str, bytes]:
    """Codes of passages by their ids; those that have none are left out."""
    rows = connection.execute(
        "SELECT p.id, c.codes FROM passages p JOIN token_codes c ON c.passage_key = p.key "
        "WHERE p.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(passage_ids)),),
    )
    return dict(rows)


def count_codes(connection: Connection) -> int:
    """How many passages have codes."""
    return int(connection.execute("SELECT count(*) FROM token_codes").get)


def put_codes(connection: Connection, passages: Sequence[Passage], codes: Sequence[bytes]) -> None:
    """Keep codes of passages that are stored; no codes at all, or one for each passage."""
    if codes:
        connection.executemany(
            "INSERT INTO token_codes SELECT key, ? FROM passages WHERE id = ?",
            [(code, passage.id) for passage, code in zip(passages, codes, strict=True) if code],
        )
