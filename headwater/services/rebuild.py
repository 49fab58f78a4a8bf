"""Restore a lost ledger from the tables: what each commit wrote beside its snapshot is enough for its version.

Descriptions, tags, jobs and the audit log live in the ledger alone; pins are in the notebooks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.errors import UsageError
from headwater.ledger.datasets import Datasets
from headwater.ledger.erasures import Erasures
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Erasure
from headwater.naming import version_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.ledger.base import Database
    from headwater.stores.iceberg import IcebergStore
    from headwater.stores.iceberg_history import PastVersion


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came back. `doubtful` are versions whose files are not those that were committed: changed, or missing."""

    datasets: int
    versions: int
    doubtful: tuple[str, ...]


class RebuildService:
    """Fills an empty ledger from what the store's tables remember."""

    def __init__(self, database: Database, store: IcebergStore) -> None:
        self._db = database
        self._store = store
        self._versions = Versions(database)
        self._erasures = Erasures(database)
        self._datasets = Datasets(database)

    def rebuild(self, progress: Callable[[int], None] | None = None) -> Rebuilt:
        """Record every version that the tables know, all at once or none; `progress` gets the number of versions.

        Raises `UsageError` when the ledger knows datasets already.
        """
        found: dict[str, list[PastVersion]] = {}
        count = 0
        for dataset in self._store.datasets():
            found[dataset] = []
            for past in self._history(dataset):
                found[dataset].append(past)
                count += 1
                if progress is not None:
                    progress(count)
        with self._db.transaction() as tx:
            if tx.one("SELECT id FROM dataset LIMIT 1") is not None:
                raise UsageError(
                    "This ledger knows datasets already, so nothing was rebuilt.",
                    hint="Move ledger.sqlite and the files beside it that begin so away, then try again.",
                )
            for dataset, history in found.items():
                before: dict[tuple[str, int], str] = {}
                for past in history:
                    erased = past.facts.get("erased")
                    files = {(file.path, file.ordinal): file for file in past.files if erased is None}
                    self._versions.add(
                        tx,
                        _new_version(dataset, past),
                        [file for key, file in files.items() if key not in before],
                        [path for key, path in before.items() if key not in files],
                        number=past.number,
                    )
                    if erased is not None:
                        record = self._datasets.get(dataset, tx)
                        assert record is not None
                        self._erasures.restore(tx, record.id, past.number, Erasure(**erased))
                    before = {key: file.path for key, file in files.items()}
        doubtful = tuple(
            f"{dataset}@{version_name(past.number)}"
            for dataset, history in found.items()
            for past in history
            if not past.proven
        )
        return Rebuilt(sum(bool(history) for history in found.values()), count, doubtful)

    def _history(self, dataset: str) -> list[PastVersion]:
        from headwater.stores.iceberg_history import history

        return list(history(self._store.table(dataset)))


def _new_version(dataset: str, past: PastVersion) -> NewVersion:
    facts = past.facts
    return NewVersion(
        dataset=dataset,
        digest=facts["digest"],
        files_root=facts["files_root"],
        rows=facts["rows"],
        bytes=facts["bytes"],
        kind=facts["kind"],
        rests_on=tuple(facts["rests_on"]),
        message=facts["message"],
        author=facts["author"],
        schema=past.schema,
        inputs=tuple(facts["inputs"]),
        recipe=facts["recipe"],
        snapshot=past.snapshot or None,
        created=facts["created"],
    )
