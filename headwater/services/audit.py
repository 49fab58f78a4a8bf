"""The audit log: a chain of hashes, so that a line that was changed or taken out is noticed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from headwater.clock import now
from headwater.ledger.audit import Audit
from headwater.models import AuditEntry

if TYPE_CHECKING:
    from headwater.ledger.base import Database

_START = "0" * 64
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the log is whole. `broken` is the number of the first line that is not what was written."""

    entries: int
    broken: int | None
    why: str = ""


class AuditService:
    """Writes and checks the log. It holds no value of a row and no credential: callers give names and numbers."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._audit = Audit(database)

    def record(
        self,
        actor: str,
        action: str,
        resource: str,
        outcome: Literal["done", "refused", "failed", "cancelled"],
        details: dict[str, Any],
    ) -> AuditEntry:
        """Add a line; when this returns it is on disk."""
        with self._db.transaction() as tx:
            before = self._audit.last(tx)
            entry = AuditEntry(
                seq=before.seq + 1 if before else 1,
                at=now(),
                actor=actor,
                action=action,
                resource=resource,
                outcome=outcome,
                details=details,
                previous=before.hash if before else _START,
                hash="",
            )
            entry = replace(entry, hash=_hash(entry))
            self._audit.add(tx, entry)
        return entry

    def newest(self, limit: int = 50) -> list[AuditEntry]:
        """The newest lines, newest first."""
        return self._audit.newest(limit)

    def verify(self) -> AuditVerdict:
        """Walk the whole chain.

        Lines that were cut off at the end cannot be noticed from the log alone: compare the number of lines, or the
        last hash, with one that was kept elsewhere.
        """
        seq, previous = 0, _START
        while lines := self._audit.after(seq, _PAGE):
            for line in lines:
                if line.seq != seq + 1:
                    return AuditVerdict(seq, seq + 1, f"line {seq + 1} is missing")
                if line.previous != previous or line.hash != _hash(line):
                    return AuditVerdict(seq, line.seq, f"line {line.seq} was changed")
                seq, previous = line.seq, line.hash
        return AuditVerdict(seq, None)


def _hash(entry: AuditEntry) -> str:
    """SHA-256 of the line's canonical JSON (RFC 8785) without its own hash."""
    import rfc8785

    document = asdict(entry)
    del document["hash"]
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
