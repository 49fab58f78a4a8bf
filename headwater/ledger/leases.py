"""Leases: which versions somebody relies on, so that no clean-up removes them."""

from __future__ import annotations

from collections.abc import Iterable

from headwater.clock import now
from headwater.ledger.base import Database, Transaction

VersionKey = tuple[str, str]
"""A dataset and the name of a version, ``("sales.orders", "v12")``."""


class Leases:
    """The leases of a ledger. A holder is a notebook's id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def hold(self, tx: Transaction, holder: str, versions: Iterable[VersionKey]) -> None:
        """Let `holder` rely on exactly these versions."""
        wanted = set(versions)
        rows = tx.query("SELECT dataset, version FROM lease WHERE holder = ?", (holder,))
        held = {(row["dataset"], row["version"]) for row in rows}
        tx.execute_many(
            "DELETE FROM lease WHERE dataset = ? AND version = ? AND holder = ?",
            [(*key, holder) for key in sorted(held - wanted)],
        )
        tx.execute_many(
            "INSERT INTO lease (dataset, version, holder, created) VALUES (?, ?, ?, ?)",
            [(*key, holder, now()) for key in sorted(wanted - held)],
        )

    def unprotected(self) -> list[VersionKey]:
        """Versions that have rows and are leased, and that the store was not asked to protect yet."""
        return self._keys(
            "SELECT DISTINCT l.dataset, l.version FROM lease l"
            " JOIN dataset d ON d.name = l.dataset"
            " JOIN version v ON v.dataset_id = d.id AND 'v' || v.number = l.version"
            " LEFT JOIN protected p ON p.dataset = l.dataset AND p.version = l.version"
            " LEFT JOIN erased e ON e.dataset_id = v.dataset_id AND e.number = v.number"
            " WHERE p.dataset IS NULL AND e.number IS NULL ORDER BY l.dataset, l.version"
        )

    def released(self) -> list[VersionKey]:
        """Versions that the store protects and nobody leases any more."""
        return self._keys(
            "SELECT p.dataset, p.version FROM protected p"
            " LEFT JOIN lease l ON l.dataset = p.dataset AND l.version = p.version"
            " WHERE l.dataset IS NULL ORDER BY p.dataset, p.version"
        )

    def note_protected(self, tx: Transaction, key: VersionKey) -> None:
        """Note that the store protects a version."""
        tx.execute(
            "INSERT INTO protected (dataset, version) VALUES (?, ?) ON CONFLICT (dataset, version) DO NOTHING",
            key,
        )

    def note_released(self, tx: Transaction, key: VersionKey) -> None:
        """Note that the store protects a version no more."""
        tx.execute("DELETE FROM protected WHERE dataset = ? AND version = ?", key)

    def _keys(self, sql: str) -> list[VersionKey]:
        return [(row["dataset"], row["version"]) for row in self._db.query(sql)]
