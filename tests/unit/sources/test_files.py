"""What is of files alone: which tables they are, what types text has, partitions, and buckets."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bucket import KEY, served

from headwater.config import SourceConfig
from headwater.errors import SampleRefused, SourceUnavailable
from headwater.sampling.selection import Selection
from headwater.sources.base import Source
from headwater.sources.registry import open_source


def source(root: Path, **settings: Any) -> Source:
    return open_source(SourceConfig("prod", "files", path=str(root), **settings))


def drawn(root: Path, table: str, rows: int = 1_000, key: str = "id", **settings: Any) -> pa.Table:
    with source(root, keys={table: (key,)}, **settings).snapshot() as snapshot:
        drawing = snapshot.table(table)
        return pa.Table.from_batches(list(drawing.rows(Selection(rows))), drawing.schema)


def wrote(path: Path, **columns: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def test_files_and_directories_are_tables(tmp_path: Path) -> None:
    wrote(tmp_path / "alone.parquet", id=[1])
    wrote(tmp_path / "twice.parquet", id=[1])
    wrote(tmp_path / "twice" / "1.parquet", id=[1, 2])
    wrote(tmp_path / "parts" / "day=1" / "1.parquet", id=[1])
    wrote(tmp_path / "sales" / "orders" / "1.parquet", id=[1])
    wrote(tmp_path / "sales" / "items.d" / "deep" / "1.parquet", id=[1])
    wrote(tmp_path / "sales" / ".hidden" / "1.parquet", id=[1])
    wrote(tmp_path / "_log" / "1.parquet", id=[1])
    (tmp_path / "text.csv").write_text("id\n1\n")
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(b"id\n1\n"))
    (tmp_path / "readme.txt").write_text("no table")
    found = source(tmp_path)
    assert [table.name for table in found.tables().tables] == [
        "main.alone",
        "main.packed",
        "main.parts",
        "main.text",
        "main.twice",
        "main.twice.parquet",
        "sales.items.d",
        "sales.orders",
    ]
    assert [table.name for table in source(tmp_path, schemas=("sales",)).tables().tables] == [
        "sales.items.d",
        "sales.orders",
    ]
    assert found.table("twice").rows == 2
    assert source(tmp_path, schemas=("sales",)).table("orders").name == "sales.orders"


def test_what_text_means_is_decided_by_its_first_rows(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        'id;code;name;price;day;note\n1;007;"a;b";1.5;2026-03-01;\n2;12;"";2;2026-03-02;\n3;13;;;;\n'
    )
    rows = drawn(tmp_path, "people")
    assert {field.name: str(field.type) for field in rows.schema} == {
        "id": "int64", "code": "string", "name": "string", "price": "double", "day": "date32[day]", "note": "string",
    }  # fmt: skip
    assert rows["code"].to_pylist() == ["007", "12", "13"]
    assert rows["name"].to_pylist() == ["a;b", "", None]
    assert rows["note"].to_pylist() == [None] * 3


@pytest.mark.parametrize("late", ["007", "abc", "1.5", "9" * 30])
def test_a_later_value_that_does_not_fit_ends_the_draw_and_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    monkeypatch.setattr("headwater.sources.files.dataset._FIRST_BLOCK", 64)
    (tmp_path / "t.csv").write_text("id,n\n" + "".join(f"{i},{i}\n" for i in range(100)) + f"100,{late}\n")
    with pytest.raises(SourceUnavailable, match="does not fit") as raised:
        drawn(tmp_path, "t")
    assert late not in str(raised.value)


def test_partitions_and_columns_of_later_files_are_columns(tmp_path: Path) -> None:
    wrote(tmp_path / "t" / "region=eu" / "1.parquet", id=[1, 2])
    wrote(tmp_path / "t" / "region=us" / "1.parquet", id=[3], extra=["x"])
    rows = drawn(tmp_path, "t").to_pylist()
    assert rows == [
        {"id": 1, "extra": None, "region": "eu"},
        {"id": 2, "extra": None, "region": "eu"},
        {"id": 3, "extra": "x", "region": "us"},
    ]


def test_a_directory_of_two_formats_is_refused(tmp_path: Path) -> None:
    wrote(tmp_path / "t" / "1.parquet", id=[1])
    (tmp_path / "t" / "2.csv").write_text("id\n2\n")
    with pytest.raises(SourceUnavailable, match="do not go together"):
        drawn(tmp_path, "t")


def test_a_file_that_is_cut_short_says_so(tmp_path: Path) -> None:
    wrote(tmp_path / "t.parquet", id=list(range(1_000)))
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:-20])
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        drawn(tmp_path, "t")


def test_columns_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    wrote(tmp_path / "t.parquet", id=[1], ID=[2])
    with pytest.raises(SampleRefused, match="upper and lower case"):
        drawn(tmp_path, "t")


@pytest.mark.parametrize("threads", [1, 8])
def test_threads_do_not_count(tmp_path: Path, threads: int) -> None:
    for part in range(8):
        start = 20_000 * part
        wrote(tmp_path / "t" / f"{part}.parquet", id=list(range(start, start + 20_000)))
    one = drawn(tmp_path, "t", 1_000, threads=1)
    assert one.num_rows == 1_000
    assert one.equals(drawn(tmp_path, "t", 1_000, threads=threads))


def test_a_bucket_is_a_place_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in range(2):
        numbers = range(500 * part, 500 * part + 500)
        wrote(tmp_path / "production/export/orders" / f"{part}.parquet", id=numbers, name=[f"n{i}" for i in numbers])
    (tmp_path / "production/export/text.csv").write_text("id,name\n1,x\n")
    wrote(tmp_path / "production/elsewhere.parquet", id=[1])
    with served(tmp_path) as address:
        options = f"endpoint_override={address}&scheme=http&region=eu-west-1"
        monkeypatch.setenv("BUCKET", f"s3://{KEY}:sesame@production/export?{options}")
        found = open_source(SourceConfig("prod", "files", dsn_env="BUCKET", keys={"orders": ("id",)}))
        assert [table.name for table in found.tables().tables] == ["main.orders", "main.text"]
        assert found.powers() == ()
        with found.snapshot() as snapshot:
            drawing = snapshot.table("orders")
            rows = pa.Table.from_batches(list(drawing.rows(Selection(100))), drawing.schema)
        assert rows.num_rows == 100
        assert all(row["name"] == f"n{row['id']}" for row in rows.to_pylist())
        monkeypatch.setenv("BUCKET", f"s3://nobody:sesame@production/export?{options}")
        with pytest.raises(SourceUnavailable) as raised:
            found.check()
        assert "sesame" not in str(raised.value)
