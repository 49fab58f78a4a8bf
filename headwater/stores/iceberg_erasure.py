"""Take data files out of an Iceberg table for ever: from its state, its history, and what Iceberg kept of their values.

A manifest holds the least and the greatest value of each column of each file. Those of erased files go with the
manifests that only expired snapshots had; a manifest that tells of their removal is written without them from the
beginning (see `overwrite`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyiceberg.manifest import DataFile as IcebergFile
    from pyiceberg.table import Table, Transaction
    from pyiceberg.table.snapshots import Snapshot


def overwrite(transaction: Transaction, properties: Mapping[str, str]) -> Any:
    """A snapshot that adds and deletes whole files, of whose deleted ones it keeps no value. A context manager."""
    return _producer()(transaction, dict(properties))


@cache
def _producer() -> Any:
    from pyiceberg.manifest import ManifestEntry
    from pyiceberg.table.snapshots import Operation
    from pyiceberg.table.update.snapshot import _OverwriteFiles

    class Overwrite(_OverwriteFiles):
        def __init__(self, transaction: Transaction, properties: dict[str, str]) -> None:
            super().__init__(
                operation=Operation.OVERWRITE,
                transaction=transaction,
                io=transaction._table.io,
                snapshot_properties=properties,
            )

        def _deleted_entries(self) -> list[ManifestEntry]:
            return [
                ManifestEntry.from_args(
                    status=entry.status,
                    snapshot_id=entry.snapshot_id,
                    sequence_number=entry.sequence_number,
                    file_sequence_number=entry.file_sequence_number,
                    data_file=_without_values(entry.data_file),
                )
                for entry in super()._deleted_entries()
            ]

    return Overwrite


def vacate(table: Table, snapshot: int, paths: Collection[str]) -> list[str]:
    """See `Store.vacate`; `paths` are addresses."""
    current = table.current_snapshot()
    entries = _Entries(table)
    if current is not None:
        live = entries.live(current)
        going = [file for path, file in live.items() if current.snapshot_id == snapshot or path in paths]
        if going or current.snapshot_id == snapshot:
            with table.transaction() as transaction, overwrite(transaction, {}) as change:
                for file in going:
                    change.delete_data_file(file)
            table.refresh()
    gone = _resting_on(table, entries, snapshot, paths)
    needed = _own_files(table, (found for found in table.snapshots() if found.snapshot_id not in gone))
    expired = _own_files(table, (found for found in table.snapshots() if found.snapshot_id in gone))
    return sorted(expired - needed)


def forget(table: Table, snapshot: int, paths: Collection[str], note: Mapping[str, str]) -> None:
    """See `Store.forget`; `paths` are addresses."""
    from pyiceberg.table.refs import SnapshotRefType
    from pyiceberg.table.update.snapshot import ExpireSnapshots, ManageSnapshots

    gone = _resting_on(table, _Entries(table), snapshot, paths)
    with table.transaction() as transaction:
        for name, reference in table.refs().items():
            if reference.snapshot_id in gone:
                manage = ManageSnapshots(transaction)
                branch = reference.snapshot_ref_type == SnapshotRefType.BRANCH
                (manage.remove_branch if branch else manage.remove_tag)(name).commit()
        if gone:
            ExpireSnapshots(transaction).by_ids(sorted(gone)).commit()
        transaction.set_properties(dict(note))


def discard(table: Table, files: Collection[str]) -> None:
    """See `Store.discard`."""
    needed = _own_files(table, table.snapshots())
    for path in files:
        if path not in needed:
            try:
                table.io.delete(path)
            except FileNotFoundError:
                continue


class _Entries:
    """The data files that snapshots have; each manifest is read once, as most are shared."""

    def __init__(self, table: Table) -> None:
        self._io = table.io
        self._read: dict[str, dict[str, IcebergFile]] = {}

    def live(self, snapshot: Snapshot) -> dict[str, IcebergFile]:
        """The files of a snapshot by address."""
        found: dict[str, IcebergFile] = {}
        for manifest in snapshot.manifests(self._io):
            known = self._read.get(manifest.manifest_path)
            if known is None:
                entries = manifest.fetch_manifest_entry(self._io, discard_deleted=True)
                known = {entry.data_file.file_path: entry.data_file for entry in entries}
                self._read[manifest.manifest_path] = known
            found.update(known)
        return found


def _resting_on(table: Table, entries: _Entries, snapshot: int, paths: Collection[str]) -> set[int]:
    """The snapshots that go: the version's own, and any that has one of its files."""
    wanted = set(paths)
    return {
        found.snapshot_id
        for found in table.snapshots()
        if found.snapshot_id == snapshot or not wanted.isdisjoint(entries.live(found))
    }


def _own_files(table: Table, snapshots: Iterable[Snapshot]) -> set[str]:
    found: set[str] = set()
    for snapshot in snapshots:
        found.add(snapshot.manifest_list)
        found.update(manifest.manifest_path for manifest in snapshot.manifests(table.io))
    return found


def _without_values(file: IcebergFile) -> IcebergFile:
    from pyiceberg.manifest import DataFile

    bare = DataFile.from_args(
        content=file.content,
        file_path=file.file_path,
        file_format=file.file_format,
        partition=file.partition,
        record_count=file.record_count,
        file_size_in_bytes=file.file_size_in_bytes,
        column_sizes=None,
        value_counts=None,
        null_value_counts=None,
        nan_value_counts=None,
        lower_bounds=None,
        upper_bounds=None,
        key_metadata=None,
        split_offsets=file.split_offsets,
        equality_ids=None,
        sort_order_id=file.sort_order_id,
    )
    bare.spec_id = file.spec_id
    return bare
