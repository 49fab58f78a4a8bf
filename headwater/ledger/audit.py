"""The audit log in the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict

from headwater.ledger.base import Database, Reader, Row, Transaction
from headwater.models import AuditEntry, AuditHead

_COLUMNS = "seq, at, actor, action, resource, outcome, details, previous, hash"


class Audit:
    """The lines of the log, oldest first by their number, which starts at 1 and has no gaps."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, tx: Transaction, entry: AuditEntry) -> None:
        """Keep a line."""
        document = asdict(entry)
        tx.execute(
            f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.seq, entry.at, entry.actor, entry.action, entry.resource, entry.outcome,
                json.dumps(document["details"], sort_keys=True), entry.previous, entry.hash,
            ),
        )  # fmt: skip

    def open(self, tx: Transaction, seq: int, worker: str) -> None:
        """Note that line `seq` waits for its outcome; `worker` names the process that will tell it."""
        tx.execute("INSERT INTO audit_open (seq, worker) VALUES (?, ?)", (seq, worker))

    def expect(self, tx: Transaction, seq: int, dataset: str, recipe: str) -> None:
        """Note which version comes of what began with line `seq`: one of this dataset, by this recipe."""
        tx.execute("UPDATE audit_open SET dataset = ?, recipe = ? WHERE seq = ?", (dataset, recipe, seq))

    def committed(self, seq: int) -> tuple[str, str, int] | None:
        """Dataset, version and rows of what line `seq` expected, when it was committed after all, by its actor and
        since; None when it was not, or nothing was expected.
        """
        row = self._db.one(
            "SELECT d.name, v.number, v.rows FROM audit_open o JOIN audit a ON a.seq = o.seq"
            " JOIN dataset d ON d.name = o.dataset JOIN version v ON v.dataset_id = d.id"
            " WHERE o.seq = ? AND v.recipe = o.recipe AND v.author = a.actor AND v.created >= a.at"
            " ORDER BY v.number LIMIT 1",
            (seq,),
        )
        return (row["name"], f"v{row['number']}", int(row["rows"])) if row else None

    def close(self, tx: Transaction, seq: int) -> bool:
        """Note that line `seq` has its outcome; False when it had one already."""
        return tx.execute("DELETE FROM audit_open WHERE seq = ?", (seq,)) > 0

    def waiting(self) -> list[tuple[AuditEntry, str]]:
        """The lines that wait for their outcome, each with its worker, oldest first."""
        columns = ", ".join(f"a.{name}" for name in _COLUMNS.split(", "))
        rows = self._db.query(
            f"SELECT {columns}, o.worker FROM audit a JOIN audit_open o ON o.seq = a.seq ORDER BY a.seq"
        )
        return [(_entry(row), row["worker"]) for row in rows]

    def add_head(self, tx: Transaction, head: AuditHead) -> None:
        """Keep a signed head."""
        tx.execute(
            "INSERT INTO audit_head (seq, hash, at, key_id, signature) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (seq) DO NOTHING",
            (head.seq, head.hash, head.at, head.key_id, head.signature),
        )

    def heads(self) -> list[AuditHead]:
        """The signed heads, oldest first."""
        rows = self._db.query("SELECT seq, hash, at, key_id, signature FROM audit_head ORDER BY seq")
        return [AuditHead(int(row["seq"]), row["hash"], row["at"], row["key_id"], row["signature"]) for row in rows]

    def last_head(self, reader: Reader | None = None) -> int:
        """The number of the last line that a signed head names, or 0."""
        row = (reader or self._db).one("SELECT max(seq) AS seq FROM audit_head")
        return int(row["seq"] or 0) if row else 0

    def last(self, reader: Reader | None = None) -> AuditEntry | None:
        """The newest line, or None."""
        row = (reader or self._db).one(f"SELECT {_COLUMNS} FROM audit ORDER BY seq DESC LIMIT 1")
        return _entry(row) if row else None

    def after(self, seq: int, limit: int) -> list[AuditEntry]:
        """Up to `limit` lines after number `seq`."""
        rows = self._db.query(f"SELECT {_COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
        return [_entry(row) for row in rows]

    def newest(self, limit: int) -> list[AuditEntry]:
        """The `limit` newest lines, newest first."""
        rows = self._db.query(f"SELECT {_COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?", (limit,))
        return [_entry(row) for row in rows]


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(
        seq=int(row["seq"]),
        at=row["at"],
        actor=row["actor"],
        action=row["action"],
        resource=row["resource"],
        outcome=row["outcome"],
        details=json.loads(row["details"]),
        previous=row["previous"],
        hash=row["hash"],
    )
