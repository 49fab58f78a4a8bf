"""A directory of files with the tables of the suite."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from systems import SECRET, System, shop

from headwater.config import SourceConfig


class FilesSystem(System):
    kind = "files"
    schema = "main"

    def __init__(self, directory: Path, types: pa.Table) -> None:
        self._directory = directory
        self.root = directory / "production"
        self.root.mkdir()
        self.keys: dict[str, tuple[str, ...]] = {"slow": ("id",), "types": ("id",)}
        for name, (table, key) in shop().items():
            if key:
                self.keys[name] = key
            if name == "orders":
                # A table of several files.
                (self.root / "orders").mkdir()
                for part in range(4):
                    pq.write_table(table.slice(500 * part, 500), self.root / "orders" / f"{part}.parquet")
            else:
                pq.write_table(table, self.root / f"{name}.parquet")
        pq.write_table(types, self.root / "types.parquet")
        slow = self.root / "slow"
        slow.mkdir()
        pq.write_table(pa.table({"id": pa.array(range(1_000_000), pa.int64())}), slow / "0.parquet")
        for copy in range(1, 300):
            os.link(slow / "0.parquet", slow / f"{copy}.parquet")
        (self.root / "_SUCCESS").touch()
        (self.root / "notes.md").write_text("no table")

    def config(self, **settings: Any) -> SourceConfig:
        return SourceConfig("prod", "files", path=str(self.root), keys=self.keys, **settings)

    def misled(self) -> Iterator[SourceConfig]:
        with pytest.MonkeyPatch.context() as patch:
            for address in (
                f"s3://key:{SECRET}@bucket/prefix?endpoint_override=127.0.0.1:1&scheme=http",
                f"s4://key:{SECRET}@bucket",
                f"relative/{SECRET}",
            ):
                patch.setenv("MISLED", address)
                yield SourceConfig("prod", "files", dsn_env="MISLED")
            yield SourceConfig("prod", "files", path=str(self._directory / SECRET))
            yield SourceConfig("prod", "files", dsn_env="NOT_SET")

    def slow(self) -> str:
        return "slow"

    def busy(self) -> bool:
        return any(isinstance(thread, threading.Timer) for thread in threading.enumerate())

    def attempts(self) -> Iterator[tuple[Any, Any]]:
        for statement in (
            f"COPY (SELECT 1) TO '{self._directory}/stolen.csv'",
            "SELECT * FROM read_csv('/etc/passwd')",
            f"ATTACH '{self._directory}/other.duckdb'",
            "SET enable_external_access = true",
        ):
            yield statement, lambda snapshot, sql: list(snapshot.batches(sql))
