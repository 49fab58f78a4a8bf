"""Remove the rows of a version for ever, and leave a tombstone: who erased it, when, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from headwater.clock import as_text, now
from headwater.errors import UsageError
from headwater.ledger.datasets import Datasets
from headwater.ledger.erasures import Doomed, Erasures
from headwater.ledger.events import Events
from headwater.ledger.versions import Versions
from headwater.models import Erasure, ErasureResult, Version
from headwater.naming import parse_ref, parse_spec
from headwater.retention import SAMPLE_DAYS
from headwater.stores.base import ERASED

if TYPE_CHECKING:
    from headwater.ledger.base import Database
    from headwater.services.audit import AuditService
    from headwater.services.catalog import CatalogService
    from headwater.services.commits import CommitService
    from headwater.stores.base import Store

MAX_REASON = 500
"""Characters of a reason: it is shown wherever the version was."""

_ACTION = "erase"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a clean-up did, or would do. `finished` counts erasures that had been interrupted."""

    expired: tuple[Version, ...]
    files: int
    bytes: int
    finished: int


class ErasureService:
    """Erases versions.

    The tombstone is set first, in one transaction with the list of files that go; then the store forgets them, and then
    they are removed. A process that dies in between leaves a version that nobody reads, and a list that the next
    erasure, clean-up or host finishes.
    """

    def __init__(
        self,
        database: Database,
        store: Store,
        commits: CommitService,
        catalog: CatalogService,
        audit: AuditService,
        sample_days: int = SAMPLE_DAYS,
    ) -> None:
        self._db = database
        self._store = store
        self._commits = commits
        self._catalog = catalog
        self._audit = audit
        self._sample_days = sample_days
        self._erasures = Erasures(database)
        self._datasets = Datasets(database)
        self._versions = Versions(database)
        self._events = Events(database)

    def erase(self, ref: str, reason: str, actor: str, cancelled: Callable[[], bool] | None = None) -> ErasureResult:
        """Remove the rows of the version `ref`; the versions that share files with it keep them.

        Of a version that is erased already it finishes what is left to do and changes nothing else.

        Raises
        ------
        UsageError
            `ref` names no version of its own (a number, a tag or a digest), or there is no reason.
        DatasetNotFound, VersionNotFound
            There is nothing to erase.
        CommitConflict
            Another program keeps changing the table. The version is unreadable by then; erase it again.
        """
        reason = " ".join(reason.split())
        if parse_ref(ref).spec is None:
            raise UsageError(
                f"{ref} is a dataset; what is erased is one version of it.", hint=f"Name it, for example {ref}@v1."
            )
        if not reason or len(reason) > MAX_REASON:
            raise UsageError(
                f"An erasure needs a reason of 1 to {MAX_REASON} characters.",
                hint="It is shown to everybody who asks for the version.",
            )
        version = self._catalog.resolve(ref)
        details: dict[str, Any] = {"digest": version.digest, "reason": reason}
        resource = f"{version.dataset}@{version.version}"
        line = self._audit.start(actor, _ACTION, resource, details)
        try:
            done = self._erase(version, Erasure(reason, actor, now()), cancelled)
        except BaseException as error:
            code = getattr(error, "code", "unforeseen")
            self._audit.end(line, actor, _ACTION, resource, "failed", {**details, "error": code})
            raise
        self._audit.end(line, actor, _ACTION, resource, "done", {**details, "files": done.files, "bytes": done.bytes})
        return done

    def expired(self) -> list[Version]:
        """The samples whose time is over and whose rows are still there, oldest first."""
        if self._sample_days == 0:
            return []
        before = as_text(datetime.now(UTC) - timedelta(days=self._sample_days))
        return [self._catalog.resolve(ref) for ref in self._erasures.samples_before(before)]

    def sweep(self, actor: str, *, dry_run: bool = False) -> Swept:
        """Finish interrupted erasures, and erase every sample whose time is over. Raises as `erase`."""
        due = self.expired()
        if dry_run:
            return Swept(tuple(due), 0, sum(version.bytes for version in due), len(self._erasures.unfinished()))
        finished = self.finish_interrupted()
        reason = f"A sample is kept for {self._sample_days} days."
        done = [self.erase(f"{one.dataset}@{one.version}", reason, actor) for one in due]
        return Swept(
            tuple(one.version for one in done), sum(one.files for one in done), sum(one.bytes for one in done), finished
        )

    def finish_interrupted(self) -> int:
        """Remove what interrupted erasures left; returns how many there were."""
        waiting = self._erasures.unfinished()
        for doomed in waiting:
            with self._commits.alone(doomed.dataset):
                self._remove(doomed)
        return len(waiting)

    def _erase(self, version: Version, erasure: Erasure, cancelled: Callable[[], bool] | None) -> ErasureResult:
        number = parse_spec(version.version).number
        ref = f"{version.dataset}@{version.version}"
        with self._commits.alone(version.dataset, cancelled):
            doomed = (
                self._begin(version.dataset, number, erasure)
                if self._catalog.resolve(ref).erased is None
                else self._erasures.unfinished_of(version.dataset, number)
            )
            if doomed is not None:
                self._remove(doomed)
        return ErasureResult(
            self._catalog.resolve(ref),
            len(doomed.paths) if doomed else 0,
            doomed.bytes if doomed else 0,
            tuple(self._erasures.derived_from(version.dataset, number)),
        )

    def _begin(self, dataset: str, number: int, erasure: Erasure) -> Doomed:
        with self._db.transaction() as tx:
            record = self._datasets.get(dataset, tx)
            assert record is not None
            doomed = self._erasures.doomed(tx, record.id, dataset, number)
            self._erasures.begin(tx, doomed, erasure)
            self._events.append(tx, "dataset", dataset, {"change": "erased", "version": f"v{number}"})
        return doomed

    def _remove(self, doomed: Doomed) -> None:
        """Each step may be done again."""
        snapshot = self._versions.snapshot(doomed.dataset_id, doomed.number)
        if snapshot is not None:
            paths = self._erasures.awaiting(doomed, data=True)
            described = self._store.vacate(doomed.dataset, snapshot, paths)
            with self._db.transaction() as tx:
                self._erasures.await_removal(tx, doomed, described, data=False)
            self._store.forget(doomed.dataset, snapshot, paths, self._note(doomed))
            self._store.discard(doomed.dataset, self._erasures.awaiting(doomed, data=False))
        area = self._store.area(doomed.dataset)
        if area is not None:
            area.remove(self._erasures.awaiting(doomed, data=True))
        with self._db.transaction() as tx:
            self._erasures.finish(tx, doomed)

    def _note(self, doomed: Doomed) -> dict[str, str]:
        """The version without its rows, for a ledger that is rebuilt from the tables."""
        version = self._versions.get(doomed.dataset_id, doomed.number)
        assert version is not None and version.erased is not None
        facts = asdict(version)
        kept = [file.path for file in self._versions.files(doomed.dataset_id, doomed.number)]
        document = {
            "facts": {
                **{
                    name: facts[name] for name in facts if name not in ("dataset", "version", "files", "parent", "tags")
                },
                "files_root": version.files,
            },
            # In the order of its rows: of the next version, only its own files tell theirs by their names.
            "kept": kept,
        }
        return {f"{ERASED}{doomed.number}": json.dumps(document, ensure_ascii=False)}
