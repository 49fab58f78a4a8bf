"""The audit log: a chain of hashes, so that a line that was changed or taken out is noticed."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from headwater.clock import now
from headwater.errors import HeadwaterError
from headwater.ledger.audit import Audit
from headwater.models import AuditEntry
from headwater.processes import is_alive, this_process
from headwater.services.audit_heads import AuditHeads, Heads

if TYPE_CHECKING:
    from headwater.ledger.base import Database, Transaction

_START = "0" * 64
_PAGE = 1_000
_LONGEST = 500
_TOLD_BITS = 512

EVERY = 100
"""Lines between two signed heads, where the log is not closed in between."""

log = logging.getLogger(__name__)

Outcome = Literal["started", "done", "refused", "failed", "cancelled"]

SAFE_INTEGER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps as it is."""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the log is whole. `broken` is the number of the first line that is not what was written.

    Up to line `signed` the home's audit key vouches for it; of lines after that nobody can tell whether more followed.
    """

    entries: int
    broken: int | None
    why: str = ""
    signed: int = 0


class AuditService:
    """Writes and checks the log. It holds no value of a row and no credential: callers give names and numbers."""

    def __init__(
        self,
        database: Database,
        heads: AuditHeads | None = None,
        tell: Callable[[AuditEntry], None] | None = None,
    ) -> None:
        self._db = database
        self._audit = Audit(database)
        self._heads = heads
        self._tell = tell or (lambda entry: None)
        self._written = False

    def start(
        self,
        actor: str,
        action: str,
        resource: str,
        details: Mapping[str, Any],
        guard: Callable[[Transaction], None] = lambda tx: None,
    ) -> int:
        """Add a ``started`` line, before what it tells of is begun; returns its number, for `end`.

        When this returns it is on disk. What cannot be written into the log must not be done. `guard` is called in the
        same transaction and may raise: then there is no line, and of two at once only one passes.
        """
        with self._db.transaction() as tx:
            guard(tx)
            entry = self._add(tx, actor, action, resource, "started", details)
            self._audit.open(tx, entry.seq, this_process())
        self._added(entry)
        return entry.seq

    def end(
        self, started: int, actor: str, action: str, resource: str, outcome: Outcome, details: Mapping[str, Any]
    ) -> None:
        """Add the outcome of what began with line `started`; nothing when it has one."""
        with self._db.transaction() as tx:
            if not self._audit.close(tx, started):
                return
            entry = self._add(tx, actor, action, resource, outcome, {**details, "started": started})
        self._added(entry)

    def record(
        self, actor: str, action: str, resource: str, outcome: Outcome, details: Mapping[str, Any]
    ) -> AuditEntry:
        """Add a line on something that is over, or was never begun; when this returns it is on disk."""
        with self._db.transaction() as tx:
            entry = self._add(tx, actor, action, resource, outcome, details)
        self._added(entry)
        return entry

    def forbid(self, actor: str, role: str, action: str, asked: Any) -> None:
        """Add a line on what a role may not do; `asked` is the request as it came, which may be no request at all."""
        named = [asked.get(name) for name in ("source", "table")] if isinstance(asked, Mapping) else []
        resource = " ".join(name for name in named if isinstance(name, str))
        self.record(actor, action, resource, "refused", {"role": role, "error": "refused"})

    def settle(self) -> int:
        """Give a line to everything that was started by a process that is gone; returns how many there were.

        It counts as failed: the process did not live to say that it was not; unless the version that it was to make
        is there. Interrupted commits must be settled before, as they may still become versions.
        """
        settled = 0
        for entry, worker in self._audit.waiting():
            if not is_alive(worker):
                made = self._audit.committed(entry.seq)
                more: dict[str, Any] = (
                    {"error": "process_ended"}
                    if made is None
                    else {"dataset": made[0], "version": made[1], "drawn": made[2], "settled": True}
                )
                self.end(
                    entry.seq, entry.actor, entry.action, entry.resource, "failed" if made is None else "done",
                    {**entry.details, **more},
                )  # fmt: skip
                settled += 1
        return settled

    def expect(self, started: int, dataset: str, recipe: str) -> None:
        """Say which version comes of what began with line `started`."""
        with self._db.transaction() as tx:
            self._audit.expect(tx, started, dataset, recipe)

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

    def _added(self, entry: AuditEntry) -> None:
        """A line is on disk: tell of it, and sign every hundredth."""
        self._written = True
        self._tell(entry)
        if entry.seq % EVERY == 0:
            self._sign(entry)

    def close(self) -> None:
        """Sign what this process has written last, so that a line that is cut off later is missed."""
        last = self._audit.last() if self._written and self._heads is not None else None
        if last is not None and last.seq > self._audit.last_head():
            self._sign(last)
        self._written = False

    def _sign(self, entry: AuditEntry) -> None:
        if self._heads is None:
            return
        try:
            head = self._heads.sign(entry)
            with self._db.transaction() as tx:
                self._audit.add_head(tx, head)
            self._heads.keep(head)
        except (HeadwaterError, OSError) as error:
            # The line is there and in the chain; a later head covers it too.
            log.warning("headwater: the audit log has no signed head of line %d: %s", entry.seq, type(error).__name__)

    def lines(self, after: int = 0) -> Iterator[AuditEntry]:
        """Every line after number `after`, oldest first."""
        while found := self._audit.after(after, _PAGE):
            yield from found
            after = found[-1].seq

    def newest(self, limit: int = 50) -> list[AuditEntry]:
        """The newest lines, newest first."""
        return self._audit.newest(limit)

    def verify(self) -> AuditVerdict:
        """Walk the whole chain and check every signed head.

        Lines that were cut off at the end are missed when a head names one of them: heads are in the ledger and in a
        file beside it. Whoever can change both, and the key, is found only by lines or heads that were kept elsewhere.
        """
        seq, previous = 0, _START
        known = self._heads.known(self._audit.heads()) if self._heads is not None else Heads({}, frozenset())
        for line in self.lines():
            if line.seq != seq + 1:
                return AuditVerdict(seq, seq + 1, f"line {seq + 1} is missing")
            if line.previous != previous or line.hash != _hash(line):
                return AuditVerdict(seq, line.seq, f"line {line.seq} was changed")
            if line.seq in known.forged:
                return AuditVerdict(seq, line.seq, f"a signature of line {line.seq} is not good, or of another line")
            if known.hashes.get(line.seq, line.hash) != line.hash:
                return AuditVerdict(seq, line.seq, f"line {line.seq} is not the one that was signed")
            seq, previous = line.seq, line.hash
        signed = max(known.hashes, default=0)
        if signed > seq:
            return AuditVerdict(seq, seq + 1, f"the lines from {seq + 1} to {signed}, which was signed, were cut off")
        return AuditVerdict(seq, None, signed=signed)


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
