"""What is exported comes back: its rows, and what it is."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.errors import UnsupportedFormat
from headwater.models import Version

ENDINGS = ("csv", "jsonl", "parquet", "arrow", "feather")
_ROWS = pa.table({"n": [1, None, 3], "t": ["x", "é, \n y", None]})


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Headwater]:
    """Another home, which knows none of the versions."""
    parts = open_headwater(tmp_path / "other")
    yield parts
    parts.close()


def committed(headwater: Headwater, table: pa.Table = _ROWS, name: str = "from.prod") -> Version:
    return headwater.commits.commit(
        name, table.to_reader(), kind="derived", rests_on=("sample", "simulated"), author="ada"
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_kind_comes_back(headwater: Headwater, other: Headwater, tmp_path: Path, ending: str) -> None:
    version = committed(headwater)
    path = tmp_path / f"out.{ending}"
    headwater.exports.export_file(version, path)
    again = other.imports.import_file(path, "in.rows", author="bob")
    assert (again.kind, set(again.rests_on)) == ("derived", {"sample", "simulated"})
    assert again.digest == version.digest


def test_the_kind_comes_back_from_a_directory_and_a_compressed_copy(
    headwater: Headwater, other: Headwater, tmp_path: Path
) -> None:
    (folder := tmp_path / "parts").mkdir()
    headwater.exports.export_file(committed(headwater), folder / "b.csv")
    (folder / "a.csv").write_text("n,t\n1,x\n")
    assert other.imports.import_file(folder, "in.parts", author="bob").kind == "derived"
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress((folder / "b.csv").read_bytes()))
    shutil.copy(folder / "b.csv.headwater.json", tmp_path)
    assert other.imports.import_file(tmp_path / "b.csv.gz", "in.packed", author="bob").kind == "derived"


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_the_same_rows_are_known_where_they_came_from(headwater: Headwater, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    headwater.exports.export_file(committed(headwater), path)
    moved = path.rename(tmp_path / f"moved.{ending}")
    again = headwater.imports.import_file(moved, "in.rows", author="ada")
    assert (again.kind, set(again.rests_on)) == ("derived", {"sample", "simulated"})


def test_rows_that_are_also_real_stay_real(headwater: Headwater, tmp_path: Path) -> None:
    headwater.commits.commit("from.file", _ROWS.to_reader(), kind="real", author="ada")
    path = tmp_path / "out.csv"
    headwater.exports.export_file(committed(headwater), path)
    moved = path.rename(tmp_path / "moved.csv")
    assert headwater.imports.import_file(moved, "in.rows", author="ada").kind == "real"


@pytest.mark.parametrize("note", ["", "[", "[1]", "[" * 60_000, '{"kind": "true"}', '{"kind": {}, "rests_on": 3}'])
def test_a_note_that_says_nothing_is_passed_over(headwater: Headwater, tmp_path: Path, note: str) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    (tmp_path / "rows.csv.headwater.json").write_text(note)
    assert headwater.imports.import_file(tmp_path / "rows.csv", "in.rows", author="ada").kind == "real"


def test_json_lines_hold_null_for_nan(headwater: Headwater, tmp_path: Path) -> None:
    nested = pa.array([[float("nan"), 1.0], [2.0]])
    version = committed(headwater, pa.table({"f": [float("nan"), 0.5], "l": nested}))
    headwater.exports.export_file(version, path := tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [{"f": None, "l": [None, 1.0]}, {"f": 0.5, "l": [2.0]}]


def test_infinity_is_refused_in_json_lines_and_nothing_is_left(headwater: Headwater, tmp_path: Path) -> None:
    version = committed(headwater, pa.table({"f": [0.5, float("-inf")]}))
    with pytest.raises(UnsupportedFormat, match="column f") as raised:
        headwater.exports.export_file(version, tmp_path / "out.jsonl")
    assert "parquet" in raised.value.hint
    assert not [file for file in tmp_path.iterdir() if "out.jsonl" in file.name]


def test_a_day_beyond_the_years_of_iso_8601_is_refused_in_json_lines(headwater: Headwater, tmp_path: Path) -> None:
    days = pa.array([0, 3_000_000], pa.int32()).cast(pa.date32())
    version = committed(headwater, pa.table({"a": [1, 2], "day": days}))
    with pytest.raises(UnsupportedFormat, match="column day") as raised:
        headwater.exports.export_file(version, tmp_path / "out.jsonl")
    assert "parquet" in raised.value.hint
    headwater.exports.export_file(version, path := tmp_path / "out.parquet")
    assert pq.read_table(path)["day"].combine_chunks().equals(days)
