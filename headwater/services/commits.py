"""Commit rows as a new version: one writer a dataset at a time, all or nothing, whatever stops the process."""

from __future__ import annotations

import base64
import errno
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from headwater.datafile import DataFile
from headwater.errors import Cancelled, DiskFull, HeadwaterError, UsageError, VersionNotFound
from headwater.ledger.datasets import DatasetRecord, Datasets
from headwater.ledger.intents import Intent, Intents, SetPlace
from headwater.ledger.sample_sets import SampleSets
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, Kind, Version
from headwater.naming import check_dataset
from headwater.retention import erased_error
from headwater.services.locks import DatasetLocks

if TYPE_CHECKING:
    import pyarrow

    from headwater.home import Home
    from headwater.ledger.base import Database, Transaction
    from headwater.stores.base import Staging, Store

Progress = Callable[[int], None]
Cancel = Callable[[], bool]

TOKEN = "headwater.token"  # noqa: S105 - the name of a snapshot's property, not a secret
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Part:
    """One dataset of a set that is committed together."""

    dataset: str
    reader: pyarrow.RecordBatchReader
    message: str


class CommitService:
    """Commits versions to `store` and records them in the ledger.

    A commit leaves an *intent* in the ledger before it writes a byte. Whoever commits next to a dataset finishes or
    undoes the intents of processes that are gone: when the store has the snapshot, the version is recorded; when it has
    not, the files are removed. A version that was answered is in the ledger, which is on disk by then.
    """

    def __init__(self, home: Home, db: Database, store: Store) -> None:
        self._db = db
        self._store = store
        self._datasets = Datasets(db)
        self._versions = Versions(db)
        self._intents = Intents(db)
        self._sets = SampleSets(db)
        self._locks = DatasetLocks(home.run)

    def commit(
        self,
        dataset: str,
        reader: pyarrow.RecordBatchReader,
        *,
        kind: Kind,
        author: str,
        rests_on: Sequence[Kind] = (),
        message: str | Callable[[int], str] = "",
        inputs: Sequence[str] = (),
        recipe: str | None = None,
        append: bool = False,
        inherits: bool = False,
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> Version:
        """Commit the rows of `reader` as the next version of `dataset`; memory stays bounded whatever their number.

        Parameters
        ----------
        rests_on:
            The kinds of the inputs; by default `kind` itself.
        message:
            A text, or what makes one of the number of rows.
        append:
            Add to the rows of the newest version, which must have the same columns, instead of replacing them.
        inherits:
            When versions with the same content are known and none of them is `kind`, take over what the newest one is.
        progress:
            Called with the number of rows so far.
        cancelled:
            Asked often; once it says yes, nothing is kept.

        Raises
        ------
        BadName, UnsupportedFormat
            The dataset or its columns cannot be kept.
        CommitConflict
            Another program keeps changing the table.
        Cancelled, DiskFull
            Nothing was kept.
        """
        from headwater.digests import ContentDigest, files_root
        from headwater.stores.columns import storable

        check_dataset(dataset)
        wanted = storable(reader.schema)
        stopped = _stopper(dataset, progress, cancelled)
        with self._locks.hold(dataset, stopped), _disk_errors(dataset):
            self.settle(dataset)
            record = self._datasets.get(dataset)
            parent = self._versions.get(record.id, record.newest) if record else None
            present = self._versions.files(record.id, record.newest) if record and parent else []
            base = self._base(dataset, parent, wanted) if append else None
            staging = self._store.stage(dataset, wanted)
            digest = ContentDigest(wanted, base.digest if base else None, base.rows if base else 0)
            intent = self._intents.begin(dataset, uuid.uuid4().hex)
            try:
                old = present if base else []
                files = [
                    *old,
                    *self._write(reader, staging, digest, present, len(old), intent.token, stopped),
                ]
                if inherits and digest.rows:
                    known = self._versions.kinds_of(digest.hexdigest())
                    if known and all(other != kind for other, _ in known):
                        kind, rests_on = known[0]
                new = NewVersion(
                    dataset=dataset,
                    digest=digest.hexdigest(),
                    files_root=files_root(file.blake3 for file in files),
                    rows=digest.rows,
                    bytes=sum(file.bytes for file in files),
                    kind=kind,
                    rests_on=tuple(rests_on) or (kind,),
                    message=message if isinstance(message, str) else message(digest.rows),
                    author=author,
                    schema=tuple(Column(field.name, str(field.type)) for field in wanted),
                    inputs=tuple(inputs),
                    recipe=recipe,
                    location=staging.location,
                )
                return self._finish(self._intents.ready(intent, new, files), record, present, staging)
            except BaseException:
                self._undo(intent)
                raise

    def commit_together(
        self,
        parts: Sequence[Part],
        *,
        kind: Kind,
        author: str,
        recipe: str | None = None,
        cancelled: Cancel | None = None,
    ) -> tuple[Version, ...]:
        """Commit the rows of `parts` as the next version of each dataset: all of them become visible in one step.

        First every part gets its files; then the set is *sealed*, in one step in the ledger; then the store gets all
        of them, and the ledger all versions in one transaction. Whatever stops it before it is sealed leaves nothing;
        after that, whoever comes next finishes the whole set.

        Raises as `commit` does.
        """
        names = [part.dataset for part in parts]
        for name in names:
            check_dataset(name)
        set_id = uuid.uuid4().hex
        with ExitStack() as held:
            for name in sorted(names):
                held.enter_context(self._locks.hold(name, _stopper(name, None, cancelled)))
            held.enter_context(_disk_errors(names[0]))
            for name in names:
                self.settle(name, frozenset(names))
            try:
                for position, part in enumerate(parts):
                    stopped = _stopper(part.dataset, None, cancelled)
                    self._prepare(part, kind, author, recipe, (set_id, position), stopped)
                _stopper(names[0], None, cancelled)()
                sealed = self._intents.seal(set_id)
            except BaseException:
                for intent in self._intents.of_set(set_id):
                    if intent.place is not None and not intent.place.sealed:
                        self._undo(intent)
                raise
            return self._finish_set(sealed)

    def _prepare(
        self,
        part: Part,
        kind: Kind,
        author: str,
        recipe: str | None,
        place: tuple[str, int],
        stopped: Callable[..., None],
    ) -> None:
        """Write the files of one part of a set, and note what its version will be."""
        from headwater.digests import ContentDigest, files_root
        from headwater.stores.columns import storable

        wanted = storable(part.reader.schema)
        record = self._datasets.get(part.dataset)
        present = self._versions.files(record.id, record.newest) if record else []
        staging = self._store.stage(part.dataset, wanted)
        digest = ContentDigest(wanted, None, 0)
        schema = base64.b64encode(wanted.serialize().to_pybytes()).decode()
        intent = self._intents.begin(part.dataset, uuid.uuid4().hex, SetPlace(*place, schema))
        files = list(self._write(part.reader, staging, digest, present, 0, intent.token, stopped))
        new = NewVersion(
            dataset=part.dataset,
            digest=digest.hexdigest(),
            files_root=files_root(file.blake3 for file in files),
            rows=digest.rows,
            bytes=sum(file.bytes for file in files),
            kind=kind,
            rests_on=(kind,),
            message=part.message,
            author=author,
            schema=tuple(Column(field.name, str(field.type)) for field in wanted),
            recipe=recipe,
            location=staging.location,
        )
        self._intents.ready(intent, new, files)

    def _finish_set(self, intents: Sequence[Intent]) -> tuple[Version, ...]:
        """Give the store what it has not yet of a sealed set, and the ledger all versions in one transaction."""
        import pyarrow as pa

        ready: list[tuple[Intent, str, list[DataFile]]] = []
        for intent in intents:
            assert intent.place is not None
            record = self._datasets.get(intent.dataset)
            present = self._versions.files(record.id, record.newest) if record else []
            snapshot = self._store.find(intent.dataset, TOKEN, intent.token)
            if snapshot is None:
                schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(intent.place.schema)))
                snapshot = self._give(intent, record, self._store.stage(intent.dataset, schema))
            ready.append((intent, snapshot, present))
        with self._db.transaction() as tx:
            versions = tuple(self._add(tx, *one) for one in ready)
            place = intents[0].place
            assert place is not None
            self._sets.add(tx, place.set, [(version.dataset, version.version) for version in versions])
        return versions

    def _settle_set(self, set_id: str, held: frozenset[str]) -> None:
        """Finish a sealed set whose process is gone, unless somebody else is at one of its datasets right now."""
        intents = self._intents.of_set(set_id)
        with ExitStack() as more:
            try:
                for name in sorted({intent.dataset for intent in intents} - held):
                    more.enter_context(self._locks.hold(name, _leave))
            except _Committing:
                return
            if intents := self._intents.of_set(set_id):
                self._finish_set(intents)

    @contextmanager
    def alone(self, dataset: str, cancelled: Cancel | None = None) -> Iterator[None]:
        """Nobody else writes to `dataset` in this block, and nothing that was begun is unfinished. Raises `Cancelled`
        when `cancelled` says so while somebody else writes.
        """
        with self._locks.hold(dataset, _stopper(dataset, None, cancelled)):
            self.settle(dataset)
            yield

    def settle(self, dataset: str, held: frozenset[str] = frozenset()) -> None:
        """Finish or undo what ended processes left of commits to `dataset`.

        The dataset's lock must be held; `held` are others that are too.
        """
        for intent in self._intents.of(dataset):
            if intent.place is not None and intent.place.sealed:
                if self._intents.is_open(intent):
                    self._settle_set(intent.place.set, held | {dataset})
                continue
            snapshot = self._store.find(dataset, TOKEN, intent.token) if intent.version else None
            if snapshot is None:
                self._undo(intent)
            else:
                record = self._datasets.get(dataset)
                present = self._versions.files(record.id, record.newest) if record else []
                self._record(intent, snapshot, present)

    def settle_all(self) -> int:
        """Settle every dataset with an unfinished commit, but for those that are committed to right now.

        Returns the number of datasets that were settled.
        """
        settled = 0
        for dataset in self._intents.datasets():
            try:
                with self._locks.hold(dataset, _leave):
                    self.settle(dataset)
                settled += 1
            except _Committing:
                continue
        return settled

    def protect(self, dataset: str, version: str) -> None:
        """Place the store's own protection on a version."""
        self._store.protect(dataset, self._snapshot(dataset, version), f"headwater-{version}")

    def release(self, dataset: str, version: str) -> None:
        """Take the store's own protection from a version."""
        self._store.release(dataset, f"headwater-{version}")

    def _snapshot(self, dataset: str, version: str) -> str:
        record = self._datasets.get(dataset)
        snapshot = self._versions.snapshot(record.id, int(version.removeprefix("v"))) if record else None
        if snapshot is None:
            raise VersionNotFound(
                f"{dataset} has no version {version}.", hint=f'List them with hw.versions("{dataset}").'
            )
        return snapshot

    def _base(self, dataset: str, parent: Version | None, wanted: pyarrow.Schema) -> Version | None:
        if parent is None:
            return None
        if parent.erased is not None:
            raise erased_error(parent.dataset, parent.version, parent.kind, **asdict(parent.erased))
        if [(column.name, column.type) for column in parent.schema] != [(f.name, str(f.type)) for f in wanted]:
            raise UsageError(
                f"These rows have other columns than {dataset}@{parent.version}, so they cannot be appended to it.",
                hint="Give them the same columns in the same order, or save them as a whole new version.",
            )
        return parent

    def _write(
        self,
        reader: pyarrow.RecordBatchReader,
        staging: Staging,
        digest: object,
        present: Sequence[DataFile],
        first: int,
        token: str,
        stopped: Callable[[int], None],
    ) -> Iterator[DataFile]:
        from headwater.digests import ContentDigest
        from headwater.stores.chunks import chunks

        assert isinstance(digest, ContentDigest)
        by_content = {(file.blake3, file.rows): file for file in present}
        area = staging.area
        for number, table in enumerate(chunks(reader, staging.schema, digest, stopped)):
            path, size = area.write(f"{token}-{number:05d}.parquet", table, _row_group(table))
            blake3 = area.digest(path)
            shared = by_content.pop((blake3, table.num_rows), None)
            if shared is not None:
                area.remove([path])
                path = shared.path
            yield DataFile(path, size, table.num_rows, blake3, first + number)

    def _finish(
        self, intent: Intent, record: DatasetRecord | None, present: Sequence[DataFile], staging: Staging
    ) -> Version:
        return self._record(intent, self._give(intent, record, staging), present)

    def _give(self, intent: Intent, record: DatasetRecord | None, staging: Staging) -> str:
        """Commit the files of a version to the store; returns the store's name for it."""
        assert intent.version is not None
        summary = {
            TOKEN: intent.token,
            "headwater.number": str((record.newest if record else 0) + 1),
            "headwater.version": json.dumps(intent.summary(), ensure_ascii=False),
        }
        return staging.commit(intent.files, summary)

    def _record(self, intent: Intent, snapshot: str, present: Sequence[DataFile]) -> Version:
        with self._db.transaction() as tx:
            return self._add(tx, intent, snapshot, present)

    def _add(self, tx: Transaction, intent: Intent, snapshot: str, present: Sequence[DataFile]) -> Version:
        wanted = {(file.path, file.ordinal) for file in intent.files}
        before = {(file.path, file.ordinal) for file in present}
        version = self._versions.add(
            tx,
            intent.version_at(snapshot),
            [file for file in intent.files if (file.path, file.ordinal) not in before],
            [path for path, ordinal in before if (path, ordinal) not in wanted],
        )
        self._intents.end(tx, intent)
        return version

    def _undo(self, intent: Intent) -> None:
        """Remove what an unfinished commit wrote, unless the store has it after all."""
        if self._intents.is_open(intent) and self._store.find(intent.dataset, TOKEN, intent.token) is None:
            area = self._store.area(intent.dataset)
            if area is not None:
                mine = [name for name in area.names() if name.startswith(f"{intent.token}-")]
                area.remove(f"{area.root}/{name}" for name in mine)
            with self._db.transaction() as tx:
                self._intents.end(tx, intent)


class _Committing(Exception):
    """Somebody else holds a dataset's lock."""


def _leave() -> None:
    raise _Committing


def _row_group(table: pyarrow.Table) -> int:
    # Groups of at most 256 k rows: a preview or a filter reads a part of a file.
    return max(1, min(int(table.num_rows), 262_144))


def _stopper(dataset: str, progress: Progress | None, cancelled: Cancel | None) -> Callable[..., None]:
    def check(rows: int | None = None) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled(f"The commit to {dataset} was cancelled. Nothing was kept.")
        if progress is not None and rows is not None:
            progress(rows)

    return check


@contextmanager
def _disk_errors(dataset: str) -> Iterator[None]:
    try:
        yield
    except HeadwaterError:
        raise
    except OSError as error:
        if error.errno in _FULL or "No space left" in str(error) or "File too large" in str(error):
            raise DiskFull(
                f"The disk is full, so the version of {dataset} was not committed. Nothing was kept.",
                hint="Make room where the Headwater home is, then try again.",
            ) from error
        raise
