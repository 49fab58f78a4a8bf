"""What people have drawn of production, from the audit log and the versions."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.ledger.base import Database, Transaction


class Usage:
    """The draws of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def draws(self, tx: Transaction, users: Sequence[str], since: str) -> list[str]:
        """When `users` began draws since, oldest first; those that a quota refused never began."""
        rows = tx.query(
            f"SELECT at FROM audit WHERE action = 'sample' AND outcome = 'started' AND actor IN ({_marks(users)})"
            " AND at > ? ORDER BY at",
            (*users, since),
        )
        return [row["at"] for row in rows]

    def drawn_bytes(self, tx: Transaction, users: Sequence[str], since: str) -> dict[str, int]:
        """The bytes of the samples that `users` have drawn since, by the moment of the draw, oldest first."""
        rows = tx.query(
            "SELECT created, sum(bytes) AS bytes FROM version"
            f" WHERE kind = 'sample' AND author IN ({_marks(users)}) AND created > ? GROUP BY created ORDER BY created",
            (*users, since),
        )
        return {row["created"]: int(row["bytes"]) for row in rows}

    def stored(self, tx: Transaction, users: Sequence[str]) -> list[str]:
        """When each sample of `users` whose rows are still there was drawn, oldest first."""
        rows = tx.query(
            "SELECT v.created FROM version v"
            " LEFT JOIN erased e ON e.dataset_id = v.dataset_id AND e.number = v.number"
            f" WHERE v.kind = 'sample' AND v.author IN ({_marks(users)}) AND e.number IS NULL ORDER BY v.created",
            tuple(users),
        )
        return [row["created"] for row in rows]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)
