"""What is of Iceberg and Delta alone: changed columns, catalogs, partitions, and logs that name files elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.types import StringType

from headwater.config import SourceConfig
from headwater.errors import SourceUnavailable
from headwater.sampling.selection import Selection
from headwater.sources.base import Source
from headwater.sources.registry import open_source

ROWS = pa.table({"id": pa.array(range(100), pa.int64()), "name": [f"n{i}" for i in range(100)]})


def drawn(source: Source, table: str, rows: int = 1_000) -> pa.Table:
    with source.snapshot() as snapshot:
        drawing = snapshot.table(table)
        return pa.Table.from_batches(list(drawing.rows(Selection(rows))), drawing.schema)


@pytest.fixture
def catalog(tmp_path: Path) -> SqlCatalog:
    catalog = SqlCatalog("own", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}/lake")
    catalog.create_namespace("sales")
    return catalog


def iceberg(tmp_path: Path, **settings: Any) -> Source:
    settings = {"path": str(tmp_path / "lake"), "keys": {"sales.orders": ("id",)}, **settings}
    return open_source(SourceConfig("prod", "iceberg", **settings))


def test_a_renamed_column_has_its_old_values(tmp_path: Path, catalog: SqlCatalog) -> None:
    table = catalog.create_table("sales.orders", ROWS.schema)
    table.append(ROWS)
    with table.update_schema() as update:
        update.rename_column("name", "label")
        update.add_column("added", StringType())
    table.delete("id < 10")
    rows = drawn(iceberg(tmp_path), "sales.orders")
    assert rows.num_rows == 90
    assert rows.to_pylist()[0] == {"id": 10, "label": "n10", "added": None}
    assert [each.name for each in iceberg(tmp_path).tables("label").tables] == ["sales.orders"]


def test_a_look_stays_with_its_snapshot(tmp_path: Path, catalog: SqlCatalog) -> None:
    table = catalog.create_table("sales.orders", ROWS.schema)
    assert drawn(iceberg(tmp_path), "sales.orders").num_rows == 0
    table.append(ROWS)
    with iceberg(tmp_path).snapshot() as snapshot:
        drawing = snapshot.table("sales.orders")
        table.append(ROWS.slice(0, 10))
        assert drawing.count() == 100
        assert snapshot.table("sales.orders").count() == 100
    assert iceberg(tmp_path).table("sales.orders").rows == 110


def test_a_catalog_is_asked_for_its_tables(
    tmp_path: Path, catalog: SqlCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.create_table("sales.orders", ROWS.schema, f"file://{tmp_path}/elsewhere/orders").append(ROWS)
    monkeypatch.setenv("CATALOG", f"sqlite:///{tmp_path}/catalog.db?warehouse=file://{tmp_path}/lake")
    source = iceberg(tmp_path, path=None, dsn_env="CATALOG")
    # A catalog of one name in its database has the tables of that name.
    assert [table.name for table in source.tables().tables] == []
    monkeypatch.setenv("CATALOG", f"sqlite:///{tmp_path}/catalog.db?name=own")
    assert [table.name for table in source.tables().tables] == ["sales.orders"]
    assert drawn(source, "sales.orders", 20).num_rows == 20


@pytest.mark.parametrize("which", ["manifest_list", "file"])
def test_a_table_does_not_say_that_other_files_are_read(tmp_path: Path, catalog: SqlCatalog, which: str) -> None:
    table = catalog.create_table("sales.orders", ROWS.schema)
    table.append(ROWS)
    if which == "file":
        import pyarrow.parquet as pq

        outside = tmp_path / "outside.parquet"
        pq.write_table(ROWS, outside)
        table.add_files([f"file://{outside}"])
    else:
        newest = max((tmp_path / "lake/sales/orders/metadata").glob("*.metadata.json"))
        text = newest.read_text()
        newest.write_text(text.replace(f"{tmp_path}/lake/sales/orders/metadata/snap", "/etc/snap"))
    with pytest.raises(SourceUnavailable, match="files elsewhere"):
        drawn(iceberg(tmp_path), "sales.orders")


def delta(tmp_path: Path) -> Source:
    keys = {"main.orders": ("id",), "sales.orders": ("id",)}
    return open_source(SourceConfig("prod", "delta", path=str(tmp_path / "lake"), keys=keys))


def test_delta_has_partitions_and_what_was_deleted_is_gone(tmp_path: Path) -> None:
    path = str(tmp_path / "lake" / "sales" / "orders")
    table = ROWS.append_column("region", pa.array([["eu", "us"][i % 2] for i in range(100)]))
    write_deltalake(path, table, partition_by=["region"])
    DeltaTable(path).delete("id < 10")
    rows = drawn(delta(tmp_path), "sales.orders")
    assert rows.num_rows == 90
    assert {(row["id"] % 2, row["region"]) for row in rows.to_pylist()} == {(0, "eu"), (1, "us")}
    assert delta(tmp_path).table("sales.orders").rows == 90


def _added(tmp_path: Path, line: dict[str, Any]) -> None:
    path = tmp_path / "lake" / "orders"
    write_deltalake(str(path), ROWS)
    (path / "_delta_log" / "00000000000000000001.json").write_text(json.dumps(line))


@pytest.mark.parametrize("path", ["file:///etc/passwd", "/etc/passwd", "../../x.parquet", "%2Fetc%2Fpasswd"])
def test_a_log_does_not_say_that_other_files_are_read(tmp_path: Path, path: str) -> None:
    file = {"partitionValues": {}, "size": 9, "modificationTime": 0, "dataChange": True}
    _added(tmp_path, {"add": {"path": path, **file}})
    with pytest.raises(SourceUnavailable, match="files elsewhere"):
        drawn(delta(tmp_path), "orders")


def test_a_part_of_delta_that_is_not_read_is_said(tmp_path: Path) -> None:
    features = {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    _added(tmp_path, {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, **features}})
    with pytest.raises(SourceUnavailable, match="deletion vectors") as raised:
        drawn(delta(tmp_path), "orders")
    assert raised.value.hint


@pytest.mark.parametrize("kind", ["iceberg", "delta"])
def test_a_log_that_is_torn_says_so(tmp_path: Path, catalog: SqlCatalog, kind: str) -> None:
    if kind == "iceberg":
        catalog.create_table("sales.orders", ROWS.schema).append(ROWS)
        max((tmp_path / "lake/sales/orders/metadata").glob("*.metadata.json")).write_text("{")
    else:
        _added(tmp_path, {})
        (tmp_path / "lake/orders/_delta_log/00000000000000000000.json").write_text("{")
    source = iceberg(tmp_path) if kind == "iceberg" else delta(tmp_path)
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        drawn(source, "sales.orders" if kind == "iceberg" else "orders")
