"""Reads that no pin holds: what a notebook's kernels loaded while it was not pinned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from headwater.ledger.records import CellRecords
from headwater.stamping.records import Record, Use, parse_record, runs_of
from headwater.stamping.spool import read_tails

if TYPE_CHECKING:
    from headwater.home import Home
    from headwater.ledger.base import Database


class FloatingReads:
    """Finds floating reads in the records that kernels left in the ledger and in the spool."""

    def __init__(self, home: Home, database: Database) -> None:
        self._home = home
        self._records = CellRecords(database)

    def of(self, notebook: str, kernels: Sequence[str]) -> dict[str, str]:
        """Datasets whose last read by the last kernel process was floating, with the version read, e.g.
        ``v3``.
        """
        documents = [*self._records.of(notebook, kernels), *self._fresh(notebook, kernels)]
        runs = runs_of(_parsed(documents))
        last: dict[str, Use] = {}
        for run in runs:
            # What an earlier kernel read is nothing that the notebook in front of one rests on.
            if run.session == runs[-1].session:
                last.update((use.dataset, use) for use in run.reads)
        return {dataset: use.version for dataset, use in last.items() if use.floating}

    def _fresh(self, notebook: str, kernels: Sequence[str]) -> Iterable[tuple[str, dict[str, Any]]]:
        """Records that no save has taken into the ledger yet."""
        for tail in read_tails(self._home.spool, self._records.positions()):
            for document in tail.documents:
                if document.get("notebook") == notebook or document.get("kernel") in kernels:
                    yield tail.session, document


def _parsed(documents: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[Record]:
    for session, document in documents:
        record = parse_record(document, session=session)
        if record is not None:
            yield record
