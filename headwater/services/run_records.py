"""What kernels recorded of a notebook: in the spool, in the ledger, and hidden in the notebook's outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.capture.kernel import is_server_kernel
from headwater.ledger.records import CellRecords
from headwater.models import PinOperation
from headwater.stamping.canonical import cell_ids
from headwater.stamping.records import Record, parse_record, pin_operation, records_in_outputs
from headwater.stamping.spool import Tail, read_tails

if TYPE_CHECKING:
    from headwater.ledger.base import Database, Transaction


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one notebook.

    `records` are those of the spool and the ledger. Of the records in outputs, `unclaimed` were never stamped
    before and `elsewhere` were stamped in another notebook first, so that they came with a copy. `tails` is
    what is new in the spool, for this notebook and all others.
    """

    notebook: str
    records: tuple[Record, ...]
    unclaimed: tuple[str, ...]
    elsewhere: frozenset[str]
    tails: tuple[Tail, ...]

    @property
    def is_news(self) -> bool:
        """Whether there is anything that the ledger does not hold yet."""
        return bool(self.tails or self.unclaimed)


class RunRecords:
    """The records of runs below one home. Reading takes nothing from the spool; `keep` and `retire` do."""

    def __init__(self, spool: Path, database: Database) -> None:
        self._spool = spool
        self._kept = CellRecords(database)

    def find(self, notebook: str, content: Mapping[str, Any], kernels: Sequence[str]) -> Found:
        """All that is known of the runs of `notebook`, for which the server runs `kernels`."""
        tails = read_tails(self._spool, self._kept.positions())
        spooled = [
            (tail.session, document)
            for tail in tails
            for document in tail.documents
            if document.get("notebook") == notebook
            or (document.get("notebook") is None and document.get("kernel") in kernels)
        ]
        parsed = (
            parse_record(document, session=session)
            for session, document in (*self._kept.of(notebook, kernels), *spooled)
        )
        hidden = [record.id for record in _hidden(content)]
        claims = self._kept.claims(hidden)
        return Found(
            notebook=notebook,
            records=tuple(record for record in parsed if record is not None and is_evidence(record)),
            unclaimed=tuple(record for record in hidden if record not in claims),
            elsewhere=frozenset(record for record, owner in claims.items() if owner != notebook),
            tails=tuple(tails),
        )

    def unclaimed_pins(self, content: Mapping[str, Any]) -> dict[str, PinOperation]:
        """The pin changes that a headless run left in the outputs of `content`, if no stamp took them yet.

        The last one for each dataset. A headless kernel writes no file but the one that its program writes.
        """
        records = sorted((record for record in _hidden(content) if record.type == "pin"), key=lambda one: one.seq)
        claims = self._kept.claims([record.id for record in records])
        found = (pin_operation(record) for record in records if record.id not in claims)
        return {operation.dataset: operation for operation in found if operation is not None}

    def keep(self, tx: Transaction, found: Found, *, stamped: bool) -> None:
        """Move what is new into the ledger; `stamped` when a stamp rests on the records in the outputs."""
        for tail in found.tails:
            known = ((document, parse_record(document)) for document in tail.documents)
            self._kept.add(
                tx, [(tail.session, document) for document, record in known if record and is_evidence(record)]
            )
            if tail.finished:
                self._kept.forget(tx, tail.spool)
            else:
                self._kept.advance(tx, tail.spool, tail.position)
        if stamped:
            self._kept.claim(tx, found.notebook, found.unclaimed)

    def retire(self, found: Found) -> None:
        """Remove spool files of kernels that are gone, once `keep` was committed."""
        for tail in found.tails:
            if tail.finished:
                (self._spool / tail.spool).unlink(missing_ok=True)


def _hidden(content: Mapping[str, Any]) -> list[Record]:
    cells = content["cells"]
    return records_in_outputs(cells, cell_ids(cells)[0])


def is_evidence(record: Record) -> bool:
    """Whether a spooled record may be used without its twin in an output.

    That of a headless kernel may not: it names the notebook that it read its pins from, but its results went
    to whatever file was written, and the outputs of that file hold the same records.
    """
    return is_server_kernel(record.kernel)
