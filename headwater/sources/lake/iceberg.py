"""Iceberg tables as a source: those of a directory or bucket, or of a catalog."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from headwater.sources.duckdb.datasets import DatasetSource, OpenTable
from headwater.sources.files.place import opened
from headwater.sources.lake.place import bucket_options, lake_tables, within

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import fs
    from pyiceberg.catalog import Catalog
    from pyiceberg.table import Table

_NUMBER = re.compile(r"v?(\d+)")
_CATALOGS = {"http": "rest", "https": "rest", "sqlite": "sql", "postgresql": "sql"}


class IcebergSource(DatasetSource):
    """Reads each table's newest snapshot, and that one until the look at it ends."""

    def powers(self) -> tuple[str, ...]:
        self.check()
        path = self._config.address()
        return ("write to the tables",) if os.geteuid() != 0 and os.access(path, os.W_OK) else ()

    def _names(self) -> Sequence[str]:
        catalog = self._catalog()
        if catalog is None:
            return list(lake_tables(*self._place(), "metadata"))
        names = [name for space in catalog.list_namespaces() for name in catalog.list_tables(space)]
        return [".".join(name) for name in names]

    def _open(self, name: str) -> OpenTable:
        catalog = self._catalog()
        if catalog is not None:
            schema, _, plain = name.partition(".")
            table = catalog.load_table((schema, plain))
            system, root = opened(self.name, table.location())
        else:
            system, root = self._place()
            table = self._static(system, lake_tables(system, root, "metadata")[name])
        return self._table(table, system, root)

    def _table(self, table: Table, system: fs.FileSystem, root: str) -> OpenTable:
        import pyarrow as pa
        from pyarrow import dataset
        from pyiceberg.io.pyarrow import schema_to_pyarrow

        snapshot = table.current_snapshot()
        schema = pa.schema([field.remove_metadata() for field in schema_to_pyarrow(table.schema())])
        key = tuple(sorted(table.schema().identifier_field_names(), key=schema.names.index))
        comment = table.properties.get("comment", "")
        if snapshot is None:
            return OpenTable(schema, schema.empty_table(), key=key, count=0, bytes=0, comment=comment)
        within(self.name, root, [snapshot.manifest_list])
        within(self.name, root, [manifest.manifest_path for manifest in snapshot.manifests(table.io)])
        tasks = list(table.scan(snapshot_id=snapshot.snapshot_id).plan_files())
        deletes = [file.file_path for task in tasks for file in task.delete_files]
        within(self.name, root, deletes)
        paths = within(self.name, root, [task.file.file_path for task in tasks])
        plain = not deletes and len(table.metadata.schemas) == 1 and _is_plain(schema, paths, system)
        return OpenTable(
            schema,
            # Arrow reads the columns that a statement wants; only Iceberg knows of deleted rows and renamed columns.
            dataset.dataset(paths, schema, "parquet", system) if plain else _Scan(table, snapshot.snapshot_id),
            key=key,
            count=sum(task.file.record_count for task in tasks) if not deletes else None,
            bytes=sum(task.file.file_size_in_bytes for task in tasks),
            comment=comment,
        )

    def _place(self) -> tuple[fs.FileSystem, str]:
        return opened(self.name, self._config.address())

    def _static(self, system: fs.FileSystem, path: str) -> Table:
        """A table by the newest of the files that describe it."""
        from pyarrow import fs
        from pyiceberg.table import StaticTable

        infos = system.get_file_info(fs.FileSelector(f"{path}/metadata"))
        newest = max(
            (info for info in infos if info.base_name.endswith(".metadata.json")),
            key=lambda info: (_number(info.base_name), info.mtime_ns or 0),
        )
        address = self._config.address()
        scheme = f"{urlsplit(address).scheme}://" if "://" in address else ""
        return StaticTable.from_metadata(f"{scheme}{newest.path}", self._properties(address))

    def _properties(self, address: str) -> dict[str, str]:
        names = {"key": "s3.access-key-id", "secret": "s3.secret-access-key", "endpoint": "s3.endpoint"}
        names["region"] = "s3.region"
        options = {names[name]: value for name, value in bucket_options(address).items()}
        return {"py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO", **options}

    def _catalog(self) -> Catalog | None:
        """The catalog that the address means; what it needs beyond its address stands after the question mark."""
        address, _, query = self._config.address().partition("?")
        kind = _CATALOGS.get(urlsplit(address).scheme.partition("+")[0])
        if kind is None:
            return None
        from pyiceberg.catalog import load_catalog

        given = {name: values[-1] for name, values in parse_qs(query).items()}
        name = given.pop("name", self.name)
        # A catalog in a database makes its tables there unless it is told not to.
        return load_catalog(name, **{**given, "type": kind, "uri": address, "init_catalog_tables": "false"})


def _is_plain(schema: pyarrow.Schema, paths: Sequence[str], system: fs.FileSystem) -> bool:
    """Whether files have the columns of the table by their names; Iceberg writes some names in another way."""
    import pyarrow as pa
    from pyarrow import dataset

    nested = any(pa.types.is_nested(field.type) for field in schema)
    return (
        bool(paths) and not nested and dataset.dataset(paths[:1], None, "parquet", system).schema.names == schema.names
    )


def _number(name: str) -> int:
    found = _NUMBER.match(name)
    return int(found[1]) if found else -1


class _Scan:
    """One snapshot's rows, read by Iceberg anew for each statement."""

    def __init__(self, table: Table, snapshot: int) -> None:
        self._table = table
        self._snapshot = snapshot

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        reader = self._table.scan(snapshot_id=self._snapshot).to_arrow_batch_reader()
        return reader.__arrow_c_stream__(requested_schema)
