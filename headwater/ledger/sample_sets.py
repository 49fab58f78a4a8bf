"""Sample sets: versions of several datasets that were drawn together, the root first."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.ledger.base import Database, Transaction


class SampleSets:
    """The sample sets of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, tx: Transaction, id: str, versions: Sequence[tuple[str, str]]) -> None:
        """Note which versions, as dataset and version, belong together."""
        tx.execute_many(
            "INSERT INTO sample_set (id, position, dataset, version) VALUES (?, ?, ?, ?)",
            [(id, position, dataset, version) for position, (dataset, version) in enumerate(versions)],
        )

    def of(self, dataset: str, version: str) -> tuple[tuple[str, str], ...]:
        """The set that a version belongs to, as datasets and versions; empty where it was drawn alone."""
        rows = self._db.query(
            "SELECT m.dataset, m.version FROM sample_set s JOIN sample_set m ON m.id = s.id"
            " WHERE s.dataset = ? AND s.version = ? ORDER BY m.position",
            (dataset, version),
        )
        return tuple((row["dataset"], row["version"]) for row in rows)
