"""What changed, in order. The browser, other processes and the front end's event stream follow it."""

from __future__ import annotations

import json
from typing import Any

from headwater.clock import now
from headwater.ledger.base import Database, Transaction
from headwater.models import Event

KEPT = 1_000
"""So many events are kept, however old: a browser that comes back after a weekend resumes with them."""


class Events:
    """The ledger's events. A sequence number is never used twice and never appears after a higher one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, tx: Transaction, topic: str, subject: str, payload: dict[str, Any] | None = None) -> None:
        """Record that `subject` changed, together with whatever else `tx` writes."""
        tx.execute(
            "INSERT INTO event (at, topic, subject, payload) VALUES (?, ?, ?, ?)",
            (now(), topic, subject, json.dumps(payload or {}, sort_keys=True)),
        )

    def since(self, seq: int, limit: int = 500) -> list[Event]:
        """Up to `limit` events after number `seq`, oldest first."""
        rows = self._db.query(
            "SELECT seq, topic, subject, payload FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
        )
        return [Event(row["seq"], row["topic"], row["subject"], json.loads(row["payload"])) for row in rows]

    def forget_before(self, tx: Transaction, at: str, keep: int = KEPT) -> None:
        """Let go of events that are older than the time `at`, all but the newest `keep`."""
        tx.execute(
            "DELETE FROM event WHERE at < ? AND seq <= (SELECT coalesce(max(seq), 0) FROM event) - ?", (at, keep)
        )

    def last_seq(self) -> int:
        """The number of the newest event; 0 when there is none."""
        row = self._db.one("SELECT max(seq) AS seq FROM event")
        return int(row["seq"] or 0) if row else 0
