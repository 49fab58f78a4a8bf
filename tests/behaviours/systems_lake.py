"""Iceberg and Delta tables with the tables of the suite."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.types import NestedField
from systems import SECRET, System, shop

from headwater.config import SourceConfig

_COPIES = 300


class LakeSystem(System):
    """What both share: a directory, and files of the slow table that are one."""

    schema = "main"

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.root = directory / "lake"
        self.root.mkdir()
        self.keys: dict[str, tuple[str, ...]] = {"slow": ("id",), "types": ("id",)}

    def config(self, **settings: Any) -> SourceConfig:
        return SourceConfig("prod", self.kind, path=str(self.root), keys=self.keys, **settings)

    def misled(self) -> Iterator[SourceConfig]:
        with pytest.MonkeyPatch.context() as patch:
            for address in (
                f"s3://key:{SECRET}@bucket/prefix?endpoint_override=127.0.0.1:1&scheme=http",
                f"s4://key:{SECRET}@bucket",
                f"relative/{SECRET}",
            ):
                patch.setenv("MISLED", address)
                yield SourceConfig("prod", self.kind, dsn_env="MISLED")
            yield SourceConfig("prod", self.kind, path=str(self.directory / SECRET))
            yield SourceConfig("prod", self.kind, dsn_env="NOT_SET")

    def slow(self) -> str:
        return "slow"

    def busy(self) -> bool:
        return any(isinstance(thread, threading.Timer) for thread in threading.enumerate())

    def attempts(self) -> Iterator[tuple[Any, Any]]:
        for statement in (
            f"COPY (SELECT 1) TO '{self.directory}/stolen.csv'",
            "SELECT * FROM read_csv('/etc/passwd')",
            "SET enable_external_access = true",
        ):
            yield statement, lambda snapshot, sql: list(snapshot.batches(sql))


class IcebergSystem(LakeSystem):
    kind = "iceberg"

    def __init__(self, directory: Path, types: pa.Table) -> None:
        super().__init__(directory)
        self.catalog = SqlCatalog("own", uri=f"sqlite:///{directory}/catalog.db", warehouse=f"file://{self.root}")
        self.catalog.create_namespace("main")
        for name, (table, key) in {**shop(), "types": (types, ("id",))}.items():
            properties = {"comment": "what people bought"} if name == "orders" else {}
            made = self.catalog.create_table(
                f"main.{name}", keyed(table.schema, key), f"file://{self.root}/{name}", properties=properties
            )
            fields = made.schema().as_arrow()
            columns = [column.cast(field.type) for column, field in zip(table.columns, fields, strict=True)]
            made.append(pa.table(columns, schema=fields))
        slow = pa.schema([pa.field("id", pa.int64(), nullable=False)])
        made = self.catalog.create_table("main.slow", slow, f"file://{self.root}/slow")
        (self.root / "slow" / "data").mkdir(parents=True, exist_ok=True)
        paths = [self.root / "slow" / "data" / f"{copy}.parquet" for copy in range(_COPIES)]
        pq.write_table(pa.table({"id": range(1_000_000)}, slow), paths[0])
        for path in paths[1:]:
            os.link(paths[0], path)
        made.add_files([f"file://{path}" for path in paths])


def keyed(schema: pa.Schema, key: tuple[str, ...]) -> Schema:
    """Iceberg's schema, whose identifier is `key`."""
    plain = assign_fresh_schema_ids(_pyarrow_to_schema_without_ids(schema))
    fields = [
        NestedField(field.field_id, field.name, field.field_type, required=field.name in key) for field in plain.fields
    ]
    return Schema(*fields, identifier_field_ids=[field.field_id for field in fields if field.name in key])


class DeltaSystem(LakeSystem):
    kind = "delta"

    def __init__(self, directory: Path, types: pa.Table) -> None:
        super().__init__(directory)
        for name, (table, key) in {**shop(), "types": (types, ("id",))}.items():
            if key:
                self.keys[name] = key
            comment = "what people bought" if name == "orders" else None
            write_deltalake(str(self.root / name), table, description=comment)
        slow = self.root / "slow"
        write_deltalake(str(slow), pa.table({"id": pa.array(range(1_000_000), pa.int64())}))
        (first,) = slow.glob("*.parquet")
        added = []
        for copy in range(1, _COPIES):
            os.link(first, slow / f"{copy}.parquet")
            added.append(
                {
                    "path": f"{copy}.parquet",
                    "partitionValues": {},
                    "size": first.stat().st_size,
                    "modificationTime": 0,
                    "dataChange": True,
                }
            )
        log = slow / "_delta_log" / "00000000000000000001.json"
        log.write_text("\n".join(json.dumps({"add": one}) for one in added))
