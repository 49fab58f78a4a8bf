"""Column profiles that were computed once, kept with their version."""

from __future__ import annotations

import json
from typing import Any

from headwater.ledger.base import Database

_VERSION_ID = "SELECT v.id FROM version v JOIN dataset d ON d.id = v.dataset_id WHERE d.name = ? AND v.number = ?"


class Profiles:
    """The profiles of a ledger, one JSON document for each column of a version."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read(self, dataset: str, number: int) -> dict[str, dict[str, Any]]:
        """Column name to document, for the columns that were profiled."""
        rows = self._db.query(
            f"SELECT column_name, document FROM profile WHERE version_id = ({_VERSION_ID})",
            (dataset, number),
        )
        return {row["column_name"]: json.loads(row["document"]) for row in rows}

    def write(self, dataset: str, number: int, column: str, document: dict[str, Any]) -> None:
        """Keep a column's document; a version never changes, so the first one written stays."""
        with self._db.transaction() as tx:
            tx.execute(
                "INSERT INTO profile (version_id, column_name, document)"
                f" SELECT id, ?, ? FROM version WHERE id = ({_VERSION_ID})"
                " ON CONFLICT (version_id, column_name) DO NOTHING",
                (column, json.dumps(document, ensure_ascii=False), dataset, number),
            )
