"""Every engine reads the same rows of a version's file list, and says clearly when it cannot."""

# ruff: noqa: E501 (a case is read in one line)
from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater import reading
from headwater.errors import ColumnNotFound, MissingExtra, StoreUnavailable, UnsupportedFormat, UsageError
from headwater.reading import VersionFiles
from headwater.reading.types import arrow_schema, arrow_type

FORMATS = ["pandas", "polars", "arrow", "duckdb"]


class File(NamedTuple):
    path: str
    bytes: int
    rows: int


def stored(folder: Path, *parts: pa.Table, schema: pa.Schema | None = None, prefix: str = "") -> VersionFiles:
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, part in enumerate(parts):
        path = folder / f"{number}.parquet"
        pq.write_table(part, path, row_group_size=4)
        files.append(File(prefix + str(path), path.stat().st_size, part.num_rows))
    types = {field.name: str(field.type) for field in schema or parts[0].schema}
    return VersionFiles("sales.orders", "v3", files, types)


def as_rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of any frame as plain Python values."""
    if hasattr(frame, "to_pylist"):
        return frame.to_pylist()
    if hasattr(frame, "to_dicts"):
        return frame.to_dicts()
    if hasattr(frame, "fetchall"):
        return [dict(zip(frame.columns, row, strict=True)) for row in frame.fetchall()]
    return frame.to_dict("records")


@pytest.fixture
def orders(tmp_path: Path) -> VersionFiles:
    return stored(
        tmp_path,
        pa.table(
            {
                "id": list(range(10)),
                "city": [f"c{n}" for n in range(10)],
                "amount": [n / 2 for n in range(10)],
            }
        ),
        pa.table({"id": list(range(10, 15)), "city": ["x"] * 5, "amount": [1.5] * 5}),
    )


@pytest.mark.parametrize("as_", FORMATS)
def test_rows_come_in_file_order(orders: VersionFiles, as_: reading.Format) -> None:
    rows = as_rows(reading.read(orders, as_))
    assert [row["id"] for row in rows] == list(range(15))
    assert rows[14] == {"id": 14, "city": "x", "amount": 1.5}


@pytest.mark.parametrize("as_", FORMATS)
def test_columns_come_in_the_order_asked_for(orders: VersionFiles, as_: reading.Format) -> None:
    frame = reading.read(orders, as_, columns=["amount", "id"])
    assert list(frame.column_names if as_ == "arrow" else frame.columns) == ["amount", "id"]


@pytest.mark.parametrize("as_", FORMATS)
@pytest.mark.parametrize(("limit", "where", "ids"), [
    (0, None, []), (3, None, [0, 1, 2]), (12, None, list(range(12))), (99, None, list(range(15))),
    (2, "amount = 1.5", [3, 10]), (0, "amount = 1.5", []), (None, "id >= 9 AND city <> 'x'", [9]),
    (5, "FALSE", []), (2, "TRUE", [0, 1]),
])  # fmt: skip
def test_the_limit_counts_the_rows_that_the_filter_keeps(
    orders: VersionFiles, as_: reading.Format, limit: int | None, where: str | None, ids: list[int]
) -> None:
    rows = as_rows(reading.read(orders, as_, columns=["id"], where=where, limit=limit))
    assert rows == [{"id": id_} for id_ in ids]


@pytest.mark.parametrize("as_", ["polars", "duckdb", "arrow"])
def test_a_scan_is_lazy_and_whole(orders: VersionFiles, as_: reading.ScanFormat) -> None:
    import polars as pl
    import pyarrow.dataset as ds

    lazy = reading.scan(orders, as_)
    if as_ == "polars":
        assert isinstance(lazy, pl.LazyFrame)
        lazy = lazy.collect()
    elif as_ == "arrow":
        assert isinstance(lazy, ds.Dataset)
        lazy = lazy.to_table()
    assert [row["id"] for row in as_rows(lazy)] == list(range(15))


@pytest.mark.parametrize("as_", FORMATS)
def test_any_directory_name_can_be_read(tmp_path: Path, as_: reading.Format) -> None:
    table = pa.table({"id": [1, 2], "day": ["a", "b"]})
    version = stored(tmp_path / 'it\'s [1] a*b? day=3 "ü"', table)
    assert as_rows(reading.read(version, as_)) == table.to_pylist()


@pytest.mark.parametrize("as_", FORMATS)
def test_file_addresses_can_be_read(tmp_path: Path, as_: reading.Format) -> None:
    version = stored(tmp_path / "a b", pa.table({"id": [1]}), prefix="file://")
    assert as_rows(reading.read(version, as_)) == [{"id": 1}]


@pytest.mark.parametrize("as_", FORMATS)
def test_column_names_mean_nothing(tmp_path: Path, as_: reading.Format) -> None:
    names = ["a.b", 'q"t', "select", "it's", "ünï", " "]
    version = stored(tmp_path, pa.table({name: [place] for place, name in enumerate(names)}))
    assert as_rows(reading.read(version, as_)) == [{name: place for place, name in enumerate(names)}]
    assert as_rows(reading.read(version, as_, columns=["a.b"])) == [{"a.b": 0}]


@pytest.mark.parametrize("as_", FORMATS)
def test_values_of_all_kinds(tmp_path: Path, as_: reading.Format) -> None:
    at = datetime(2024, 5, 1, 12, 30, 0, 123_456)
    table = pa.table({
        "i": pa.array([1, None], pa.int32()), "d": pa.array([Decimal("1.10"), None], pa.decimal128(10, 2)),
        "t": pa.array([at, None], pa.timestamp("us")), "day": pa.array([date(2024, 5, 1), None]),
        "list": pa.array([[1, None], None], pa.list_(pa.int64())), "s": ["a", None],
    })  # fmt: skip
    first = as_rows(reading.read(stored(tmp_path, table), as_))[0]
    assert int(first["i"]) == 1
    assert first["d"] == Decimal("1.10")
    assert first["t"] == at
    assert str(first["day"])[:10] == "2024-05-01"
    assert [None if item != item else item for item in list(first["list"])] == [1, None]


@pytest.mark.parametrize("as_", ["pandas", "polars", "arrow"])
def test_instants_keep_their_moment(tmp_path: Path, as_: reading.Format) -> None:
    at = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    version = stored(tmp_path, pa.table({"at": pa.array([at], pa.timestamp("us", "UTC"))}))
    assert as_rows(reading.read(version, as_))[0]["at"] == at


def test_what_the_store_noted_in_a_file_is_not_shown(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("id", pa.int64(), metadata={"PARQUET:field_id": "1"})], metadata={"store": "x"})
    table = reading.read(stored(tmp_path, pa.table({"id": [1]}, schema=schema)), "arrow")
    assert table.schema.metadata is None
    assert table.schema.field("id").metadata is None


NESTED = pa.schema([
    ("id", pa.int64()), ("u", pa.uint16()), ("x", pa.float32()), ("d", pa.decimal128(12, 3)), ("s", pa.large_string()),
    ("b", pa.bool_()), ("day", pa.date32()), ("at", pa.timestamp("us", "UTC")), ("clock", pa.time64("us")),
    ("raw", pa.binary()), ("list", pa.list_(pa.struct([("a b", pa.int64()), ("c", pa.list_(pa.string()))]))),
    ("map", pa.map_(pa.string(), pa.int64())), ("for", pa.duration("us")), ("uuid", pa.binary(16)), ("none", pa.null()),
])  # fmt: skip


def test_a_schema_is_read_back_from_its_texts() -> None:
    assert arrow_schema({field.name: str(field.type) for field in NESTED}) == NESTED
    assert arrow_type("list<item: int64 not null>") == pa.list_(pa.int64())


@pytest.mark.parametrize("as_", FORMATS)
def test_a_version_without_files_has_its_columns(as_: reading.Format) -> None:
    version = VersionFiles("a.b", "v1", [], {field.name: str(field.type) for field in NESTED})
    frame = reading.read(version, as_, where="id > 1", columns=["at", "id", "list"])
    assert list(frame.column_names if as_ == "arrow" else frame.columns) == ["at", "id", "list"]
    assert as_rows(frame) == []


@pytest.mark.parametrize("as_", ["polars", "duckdb", "arrow"])
def test_a_version_without_files_can_be_scanned(as_: reading.ScanFormat) -> None:
    lazy = reading.scan(VersionFiles("a.b", "v1", [], {"id": "int64", "s": "string"}), as_)
    rows: Mapping[str, Callable[[], Any]] = {
        "polars": lambda: lazy.collect(), "arrow": lambda: lazy.to_table(), "duckdb": lambda: lazy,
    }  # fmt: skip
    assert as_rows(rows[as_]()) == []


# What goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_", FORMATS)
def test_a_missing_file_is_named_without_its_place(orders: VersionFiles, as_: reading.Format) -> None:
    Path(orders.files[1].path).unlink()
    with pytest.raises(
        StoreUnavailable, match="sales.orders v3 cannot be read: one of its data files is missing"
    ) as caught:
        reading.read(orders, as_)
    assert "headwater doctor" in caught.value.hint
    assert caught.value.details["file"] == "1.parquet"
    assert str(Path(orders.files[1].path).parent) not in f"{caught.value} {caught.value.details}"


def test_a_file_of_another_size_is_refused(orders: VersionFiles) -> None:
    with Path(orders.files[0].path).open("ab") as file:
        file.write(b"x")
    with pytest.raises(StoreUnavailable, match="were committed"):
        reading.read(orders, "arrow")


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"columns": ["id", "ctiy"]}, ColumnNotFound, "Did you mean 'city'?"),
        ({"columns": "id"}, UsageError, "columns=\\['id'\\]"),
        ({"columns": []}, UsageError, "no column"),
        ({"columns": ["id", "id"]}, UsageError, "twice"),
        ({"limit": -1}, UsageError, "limit=-1"),
        ({"limit": True}, UsageError, "limit=True"),
        ({"limit": 1.5}, UsageError, "limit=1.5"),
        ({"where": ["id", ">", 5]}, UsageError, "where= takes text, not list"),
        ({"as_": "numpy"}, UsageError, "pandas, polars, arrow, duckdb"),
    ],
)
def test_a_request_that_cannot_be_met(
    orders: VersionFiles, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        reading.read(orders, **{"as_": "arrow", **asked})


def test_pandas_cannot_be_scanned(orders: VersionFiles) -> None:
    with pytest.raises(UsageError, match="polars, duckdb, arrow"):
        reading.scan(orders, "pandas")  # type: ignore[arg-type]


def test_duckdb_refuses_columns_that_it_cannot_tell_apart(tmp_path: Path) -> None:
    version = stored(tmp_path, pa.table({"id": [1], "ID": [2]}))
    with pytest.raises(UnsupportedFormat, match="'id' and 'ID'"):
        reading.read(version, "duckdb")
    assert as_rows(reading.read(version, "polars")) == [{"id": 1, "ID": 2}]


def test_a_missing_library_is_named_with_what_is_there(orders: VersionFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pandas" else found(name))
    with pytest.raises(MissingExtra) as caught:
        reading.read(orders, "pandas")
    assert caught.value.hint == 'Install it with: pip install pandas; or read with as_="polars", which is here.'
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="pip install pyarrow"):
        reading.read(orders, "arrow")


def test_a_plain_arrow_read_imports_nothing_heavy(orders: VersionFiles) -> None:
    code = f"""
import sys
from headwater import reading
from headwater.reading.files import VersionFiles
from typing import NamedTuple
class File(NamedTuple):
    path: str
    bytes: int
    rows: int
files = [File(*entry) for entry in {[tuple(file) for file in orders.files]!r}]
version = VersionFiles("a.b", "v1", files, {dict(orders.types)!r})
reading.read(version, "arrow"); reading.read(version, "arrow", columns=["id"], limit=2)
print([name for name in ("pandas", "polars", "duckdb", "pyarrow.dataset", "pyarrow.acero", "pydantic") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_day_beyond_the_years_of_python_is_read_by_all_but_pandas(tmp_path: Path) -> None:
    days = pa.array([0, 3_000_000], pa.int32()).cast(pa.date32())
    files = stored(tmp_path, pa.table({"a": [1, 2], "day": days}))
    assert reading.read(files, "arrow")["day"].combine_chunks().equals(days)
    assert reading.read(files, "polars")["day"].to_arrow().equals(days)
    [(years,)] = reading.read(files, "duckdb").aggregate("max(year(day))").fetchall()
    assert years == 10183
    with pytest.raises(UnsupportedFormat, match="column day") as raised:
        reading.read(files, "pandas")
    assert "polars" in raised.value.hint
    assert len(reading.read(files, "pandas", where="a = 1")) == 1
