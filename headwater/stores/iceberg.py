"""The default store: Apache Iceberg tables by pyiceberg, on a SQL catalog.

Headwater writes the Parquet files itself, in a stream, and gives Iceberg their field ids and statistics; one version
is one snapshot. The tables are plain Iceberg: every engine that reads Iceberg reads them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

from headwater.datafile import DataFile
from headwater.errors import CommitConflict, StoreUnavailable
from headwater.stores.base import Staging, Store
from headwater.stores.files import FileArea
from headwater.stores.iceberg_erasure import discard, forget, overwrite, vacate
from headwater.stores.iceberg_schema import evolve, parquet_schema

if TYPE_CHECKING:
    import pyarrow
    from pyarrow.parquet import FileMetaData
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.manifest import DataFile as IcebergFile
    from pyiceberg.table import Table, Transaction

T = TypeVar("T")

_ATTEMPTS = 20
_PROPERTIES = {
    # Without these each commit keeps a whole old metadata file, which is quadratic over a table's life.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "5",
    "commit.manifest-merge.enabled": "true",
    "write.parquet.compression-codec": "zstd",
    "write.parquet.dict-size-bytes": "262144",
}


class IcebergStore(Store):
    """Iceberg tables below `warehouse`, named in the catalog at `catalog`.

    Parameters
    ----------
    catalog:
        An SQLAlchemy address, or the path of a SQLite file that is created on first use.
    warehouse:
        A directory or an address such as ``s3://bucket/prefix``.
    """

    name = "iceberg"

    def __init__(self, catalog: str, warehouse: str) -> None:
        self._address = catalog if "://" in catalog else f"sqlite:///{catalog}"
        self._warehouse = warehouse if "://" in warehouse else f"file://{warehouse}"
        self._opened: SqlCatalog | None = None

    def stage(self, dataset: str, schema: pyarrow.Schema) -> Staging:
        return _IcebergStaging(self._table(dataset) or self._create(dataset, schema), schema)

    def find(self, dataset: str, key: str, value: str) -> str | None:
        table = self._table(dataset)
        if table is None:
            return None
        for snapshot in reversed(table.snapshots()):
            if snapshot.summary is not None and snapshot.summary.additional_properties.get(key) == value:
                return str(snapshot.snapshot_id)
        return None

    def area(self, dataset: str) -> FileArea | None:
        table = self._table(dataset)
        return _area(table) if table is not None else None

    def protect(self, dataset: str, snapshot: str, tag: str) -> None:
        table = self._existing(dataset)
        held = table.refs().get(tag)
        if held is None or held.snapshot_id != int(snapshot):
            with table.manage_snapshots() as manage:
                manage.create_tag(int(snapshot), tag)

    def release(self, dataset: str, tag: str) -> None:
        table = self._table(dataset)
        if table is not None and tag in table.refs():
            with table.manage_snapshots() as manage:
                manage.remove_tag(tag)

    def protected(self, dataset: str) -> dict[str, str]:
        references = self._existing(dataset).refs()
        return {name: str(ref.snapshot_id) for name, ref in references.items() if name != "main"}

    def vacate(self, dataset: str, snapshot: str, paths: Collection[str]) -> list[str]:
        return _won(lambda: vacate(self._existing(dataset), int(snapshot), {_address(path) for path in paths}))

    def forget(self, dataset: str, snapshot: str, paths: Collection[str], note: Mapping[str, str]) -> None:
        _won(lambda: forget(self._existing(dataset), int(snapshot), {_address(path) for path in paths}, note))

    def discard(self, dataset: str, files: Collection[str]) -> None:
        discard(self._existing(dataset), files)

    def table(self, dataset: str) -> Table:
        """The Iceberg table itself, for engines and for restoring a ledger."""
        return self._existing(dataset)

    def datasets(self) -> list[str]:
        """Every dataset that the catalog names."""
        catalog = self._catalog()
        return sorted(".".join(name) for space in catalog.list_namespaces() for name in catalog.list_tables(space))

    def _existing(self, dataset: str) -> Table:
        table = self._table(dataset)
        if table is None:
            raise StoreUnavailable(
                f"The store has no table for {dataset}.", hint="See what is wrong with: headwater doctor"
            )
        return table

    def _table(self, dataset: str) -> Table | None:
        from pyiceberg.exceptions import NoSuchTableError

        try:
            return self._catalog().load_table(tuple(dataset.split(".")))
        except NoSuchTableError:
            return None
        except FileNotFoundError as error:
            raise StoreUnavailable(
                f"The metadata of the table {dataset} is missing from the warehouse.",
                hint="Restore the warehouse from a backup.",
            ) from error

    def _create(self, dataset: str, schema: pyarrow.Schema) -> Table:
        from pyiceberg.exceptions import TableAlreadyExistsError

        catalog = self._catalog()
        name = tuple(dataset.split("."))
        catalog.create_namespace_if_not_exists(name[:1])
        try:
            return catalog.create_table(name, schema, properties=_PROPERTIES)
        except TableAlreadyExistsError:
            return catalog.load_table(name)

    def _catalog(self) -> SqlCatalog:
        if self._opened is None:
            self._opened = _open_catalog(self._address, self._warehouse)
        return self._opened


class _IcebergStaging(Staging):
    def __init__(self, table: Table, schema: pyarrow.Schema) -> None:
        self._table = table
        self._wanted = schema
        self._change = self._begin()
        self.schema = parquet_schema(self._change.table_metadata.schema(), schema)
        self.area = _area(table)
        self.location = table.location()

    def _begin(self) -> Transaction:
        transaction = self._table.transaction()
        evolve(transaction, self._wanted)
        return transaction

    def commit(self, files: Sequence[DataFile], summary: Mapping[str, str]) -> str:
        return _won(lambda: self._commit(files, summary), self._begin_again)

    def _begin_again(self) -> bool:
        self._table.refresh()
        self._change = self._begin()
        again = parquet_schema(self._change.table_metadata.schema(), self._wanted)
        return bool(again.equals(self.schema, check_metadata=True))

    def _commit(self, files: Sequence[DataFile], summary: Mapping[str, str]) -> str:
        transaction = self._change
        wanted = {_address(file.path): file for file in files}
        present = _live_files(self._table)
        with overwrite(transaction, summary) as snapshot:
            for address, data_file in present.items():
                if address not in wanted:
                    snapshot.delete_data_file(data_file)
            for address, file in wanted.items():
                if address not in present:
                    snapshot.append_data_file(_described(transaction, self.area, file))
        self._table = transaction.commit_transaction()
        current = self._table.current_snapshot()
        assert current is not None
        return str(current.snapshot_id)


def _won(change: Callable[[], T], again: Callable[[], bool] = lambda: True) -> T:
    """What `change` returns once no other writer was faster; `again` prepares the next attempt, or says that none can
    be made. Raises `CommitConflict` when another writer keeps winning.
    """
    from pyiceberg.exceptions import CommitFailedException
    from pyiceberg.exceptions import ValidationException as ChangedMeanwhile

    for attempt in range(_ATTEMPTS):
        try:
            return change()
        except (CommitFailedException, ChangedMeanwhile) as error:
            failure = error
        # Writers other than Headwater do not take its lock; give them room and try on their state.
        time.sleep(random.uniform(0.02, 0.05 * (attempt + 1)))  # noqa: S311 - spreads retries, no secret
        if not again():
            break
    raise CommitConflict(
        "Another program keeps changing this table, so this could not be committed to it.",
        hint="Try again when it is done; nothing was changed.",
    ) from failure


def _open_catalog(address: str, warehouse: str) -> SqlCatalog:
    from pyiceberg.catalog.sql import SqlCatalog
    from sqlalchemy import event

    share_frozen_history()
    catalog = SqlCatalog("headwater", uri=address, warehouse=warehouse, init_catalog_tables="false")
    if address.startswith("sqlite"):

        @event.listens_for(catalog.engine, "connect")
        def settings(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA busy_timeout = 30000")
            connection.execute("PRAGMA journal_mode = WAL")

    catalog.create_tables()
    return catalog


def share_frozen_history() -> None:
    """Let pyiceberg share the entries of a table's history instead of copying all of them for each update.

    A transaction deep-copies the whole table metadata some twenty times a commit, which costs a millisecond for each
    snapshot there is; the entries are frozen models that nothing changes (a test watches that), so a copy may be the
    entry itself. Reported upstream as apache/iceberg-python#2673.
    """
    from pyiceberg.table.snapshots import MetadataLogEntry, Snapshot, SnapshotLogEntry

    def itself(entry: Any, memo: Any = None) -> Any:
        return entry

    for kind in (Snapshot, SnapshotLogEntry, MetadataLogEntry):
        setattr(kind, "__deepcopy__", itself)  # noqa: B010 - the types forbid a plain assignment


def _area(table: Table) -> FileArea:
    return FileArea(f"{table.location()}/data")


def _address(path: str) -> str:
    return path if "://" in path else f"file://{path}"


def _live_files(table: Table) -> dict[str, IcebergFile]:
    from pyiceberg.manifest import DataFileContent

    snapshot = table.current_snapshot()
    if snapshot is None:
        return {}
    found = {}
    for manifest in snapshot.manifests(table.io):
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
            if entry.data_file.content != DataFileContent.DATA:
                raise CommitConflict(
                    "Another program deleted single rows of this table in a way that Headwater does not write.",
                    hint="Rewrite the table's data files with the program that did, then try again.",
                )
            found[entry.data_file.file_path] = entry.data_file
    return found


def _described(transaction: Transaction, area: FileArea, file: DataFile) -> IcebergFile:
    """What Iceberg wants to know of a Parquet file: its statistics, from the footer."""
    from pyarrow import parquet
    from pyiceberg.io.pyarrow import (
        MetricModeTypes,
        MetricsMode,
        compute_statistics_plan,
        data_file_statistics_from_parquet_metadata,
        parquet_path_to_id_mapping,
    )
    from pyiceberg.manifest import DataFile as IcebergFile
    from pyiceberg.manifest import DataFileContent, FileFormat
    from pyiceberg.typedef import Record

    metadata = transaction.table_metadata
    schema = metadata.schema()
    system, inner = area.located(file.path)
    footer = parquet.read_metadata(inner, filesystem=system)
    places = parquet_path_to_id_mapping(schema)
    plan = compute_statistics_plan(schema, metadata.properties)
    for column in _beyond_python(footer):
        plan[places[column]] = replace(plan[places[column]], mode=MetricsMode(MetricModeTypes.COUNTS))
    statistics = data_file_statistics_from_parquet_metadata(footer, plan, places)
    return IcebergFile.from_args(
        content=DataFileContent.DATA,
        file_path=_address(file.path),
        file_format=FileFormat.PARQUET,
        partition=Record(),
        file_size_in_bytes=file.bytes,
        sort_order_id=None,
        spec_id=metadata.default_spec_id,
        equality_ids=None,
        key_metadata=None,
        **statistics.to_serialized_dict(),
    )


def _beyond_python(footer: FileMetaData) -> Iterator[str]:
    """The columns whose smallest or largest day is outside the years 1 to 9999, which Python's dates cannot say.

    pyiceberg makes its bounds from Python's values, so these columns get counts and no bounds.
    """
    for group, place in product(range(footer.num_row_groups), range(footer.num_columns)):
        column = footer.row_group(group).column(place)
        if column.is_stats_set and str(column.statistics.logical_type.type) in ("DATE", "TIMESTAMP"):
            try:
                _ = column.statistics.min, column.statistics.max
            except (OverflowError, ValueError):
                yield column.path_in_schema
