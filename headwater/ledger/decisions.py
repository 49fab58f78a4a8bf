"""What stewards decided of the columns of production."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from headwater.ledger.base import Database, Reader, Transaction

_COLUMNS = "revision, actor, at, why, columns, masks"


@dataclass(frozen=True, slots=True)
class Revision:
    """One time that a steward decided. `columns` are the table's columns then, with their types; a mask that is None
    takes a decision back.
    """

    revision: int
    actor: str
    at: str
    why: str
    columns: Mapping[str, str]
    masks: Mapping[str, str | None]


class Decisions:
    """The decisions of a ledger. Nothing of them is ever changed or taken out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, source: str, table: str, reader: Reader | None = None) -> list[Revision]:
        """All revisions of a table, oldest first."""
        rows = (reader or self._db).query(
            f"SELECT {_COLUMNS} FROM mask_revision WHERE source = ? AND table_name = ? ORDER BY revision",
            (source, table),
        )
        return [
            Revision(
                int(row["revision"]), row["actor"], row["at"], row["why"],
                json.loads(row["columns"]), json.loads(row["masks"]),
            )
            for row in rows
        ]  # fmt: skip

    def add(self, tx: Transaction, source: str, table: str, revision: Revision) -> None:
        """Add a revision."""
        tx.execute(
            f"INSERT INTO mask_revision (source, table_name, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source, table, revision.revision, revision.actor, revision.at, revision.why,
                json.dumps(dict(revision.columns)), json.dumps(dict(revision.masks)),
            ),
        )  # fmt: skip
