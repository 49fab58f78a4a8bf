"""The audit log: a chain of hashes, so that a line that was changed or taken out is noticed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from headwater.clock import now
from headwater.ledger.audit import Audit
from headwater.models import AuditEntry
from headwater.processes import is_alive, this_process

if TYPE_CHECKING:
    from headwater.ledger.base import Database, Transaction

_START = "0" * 64
_PAGE = 1_000
_LONGEST = 500
_TOLD_BITS = 512

Outcome = Literal["started", "done", "refused", "failed", "cancelled"]

SAFE_INTEGER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps as it is."""


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

    def start(self, actor: str, action: str, resource: str, details: Mapping[str, Any]) -> int:
        """Add a ``started`` line, before what it tells of is begun; returns its number, for `end`.

        When this returns it is on disk. What cannot be written into the log must not be done.
        """
        with self._db.transaction() as tx:
            entry = self._add(tx, actor, action, resource, "started", details)
            self._audit.open(tx, entry.seq, this_process())
        return entry.seq

    def end(
        self, started: int, actor: str, action: str, resource: str, outcome: Outcome, details: Mapping[str, Any]
    ) -> None:
        """Add the outcome of what began with line `started`; nothing when it has one."""
        with self._db.transaction() as tx:
            if self._audit.close(tx, started):
                self._add(tx, actor, action, resource, outcome, {**details, "started": started})

    def record(
        self, actor: str, action: str, resource: str, outcome: Outcome, details: Mapping[str, Any]
    ) -> AuditEntry:
        """Add a line on something that is over, or was never begun; when this returns it is on disk."""
        with self._db.transaction() as tx:
            return self._add(tx, actor, action, resource, outcome, details)

    def forbid(self, actor: str, role: str, action: str, asked: Any) -> None:
        """Add a line on what a role may not do; `asked` is the request as it came, which may be no request at all."""
        named = [asked.get(name) for name in ("source", "table")] if isinstance(asked, Mapping) else []
        resource = " ".join(name for name in named if isinstance(name, str))
        self.record(actor, action, resource, "refused", {"role": role, "error": "refused"})

    def settle(self) -> int:
        """Give a line to everything that was started by a process that is gone; returns how many there were.

        It counts as failed: the process did not live to say that it was not.
        """
        settled = 0
        for entry, worker in self._audit.waiting():
            if not is_alive(worker):
                self.end(
                    entry.seq, entry.actor, entry.action, entry.resource, "failed",
                    {**entry.details, "error": "process_ended"},
                )  # fmt: skip
                settled += 1
        return settled

    def _add(
        self, tx: Transaction, actor: str, action: str, resource: str, outcome: Outcome, details: Mapping[str, Any]
    ) -> AuditEntry:
        before = self._audit.last(tx)
        entry = AuditEntry(
            seq=before.seq + 1 if before else 1,
            at=now(),
            actor=_recordable(actor),
            action=action,
            resource=_recordable(resource),
            outcome=outcome,
            details=_recordable(dict(details)),
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


def _recordable(value: Any) -> Any:
    """`value` as the log can hold it: what was asked for may be anything, and must be written down nonetheless.

    Canonical JSON has no whole numbers beyond 2**53 and no half of a surrogate pair; those become text.
    """
    if isinstance(value, str):
        told = value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
        return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        # A text of thousands of digits takes Python long to make; its size says enough.
        if value.bit_length() > _TOLD_BITS:
            return f"a number of {value.bit_length()} bits"
        return value if abs(value) <= SAFE_INTEGER else str(value)
    if isinstance(value, Mapping):
        return {_recordable(str(name)): _recordable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_recordable(one) for one in value]
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


def _hash(entry: AuditEntry) -> str:
    """SHA-256 of the line's canonical JSON (RFC 8785) without its own hash."""
    import rfc8785

    document = asdict(entry)
    del document["hash"]
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
