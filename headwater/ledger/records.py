"""Kernel records that left the spool: kept with their notebook, so that later stamps can rest on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from headwater.clock import as_text
from headwater.ledger.base import Database, Transaction

_UNCLAIMED = timedelta(days=7)
_AT_ONCE = 500
"""Values in one statement; SQLite takes at least 999."""

MAX_PER_NOTEBOOK = 2_000
"""Older records of a notebook are let go. What its cells still show of them is in its stamp."""


class CellRecords:
    """The ledger's kernel records, and how far each spool file has been read."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def positions(self) -> dict[str, int]:
        """Bytes of each spool file that were read, by file name."""
        return {
            row["spool"]: int(row["position"]) for row in self._db.query("SELECT spool, position FROM spool_position")
        }

    def add(self, tx: Transaction, documents: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Keep records, given as session and document; one that is there already is left as it is."""
        rows = [
            (
                document["id"],
                document["kernel"],
                document.get("notebook"),
                session,
                document["seq"],
                document["at"],
                json.dumps(document, sort_keys=True),
            )
            for session, document in documents
        ]
        tx.execute_many(
            """INSERT INTO cell_record (id, kernel, notebook, session, seq, at, document)
               VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING""",
            rows,
        )
        for notebook in {str(row[2]) for row in rows if row[2] is not None}:
            self._trim(tx, notebook)
        # Nobody asked for these: their kernel belonged to no notebook that was saved since.
        limit = as_text(datetime.now(UTC) - _UNCLAIMED)
        tx.execute("DELETE FROM cell_record WHERE notebook IS NULL AND at < ?", (limit,))

    def advance(self, tx: Transaction, spool: str, position: int) -> None:
        """Note that the first `position` bytes of a spool file are kept here."""
        tx.execute(
            """INSERT INTO spool_position (spool, position) VALUES (?, ?)
               ON CONFLICT (spool) DO UPDATE SET position = excluded.position""",
            (spool, position),
        )

    def forget(self, tx: Transaction, spool: str) -> None:
        """Note that a spool file is gone."""
        tx.execute("DELETE FROM spool_position WHERE spool = ?", (spool,))

    def of(self, notebook: str, kernels: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
        """Session and document of records that name `notebook`, and of those of `kernels` that name none."""
        rows = self._db.query(
            "SELECT session, document FROM cell_record WHERE notebook = ? ORDER BY at DESC LIMIT ?",
            (notebook, MAX_PER_NOTEBOOK),
        )
        for kernel in kernels:
            rows += self._db.query(
                """SELECT session, document FROM cell_record WHERE kernel = ? AND notebook IS NULL
                   ORDER BY at DESC LIMIT ?""",
                (kernel, MAX_PER_NOTEBOOK),
            )
        return [(row["session"], json.loads(row["document"])) for row in rows]

    def claim(self, tx: Transaction, notebook: str, records: Iterable[str]) -> None:
        """Note that `notebook` was stamped with these records of its outputs; the first to say so wins."""
        tx.execute_many(
            "INSERT INTO record_claim (record, notebook) VALUES (?, ?) ON CONFLICT (record) DO NOTHING",
            [(record, notebook) for record in records],
        )

    def claims(self, records: Sequence[str]) -> dict[str, str]:
        """The notebooks that were stamped with `records` first, by record id."""
        found: dict[str, str] = {}
        for start in range(0, len(records), _AT_ONCE):
            some = records[start : start + _AT_ONCE]
            marks = ", ".join("?" for _ in some)
            # Nothing but question marks is put into the statement.
            sql = f"SELECT record, notebook FROM record_claim WHERE record IN ({marks})"
            rows = self._db.query(sql, some)
            found.update((row["record"], row["notebook"]) for row in rows)
        return found

    def _trim(self, tx: Transaction, notebook: str) -> None:
        tx.execute(
            """DELETE FROM cell_record WHERE notebook = ? AND at < (
                 SELECT min(at) FROM (SELECT at FROM cell_record WHERE notebook = ? ORDER BY at DESC LIMIT ?)
                 AS kept)""",
            (notebook, notebook, MAX_PER_NOTEBOOK),
        )
