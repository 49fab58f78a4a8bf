"""Files of other programs: types, dialects, and errors that name line and column and commit nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.assembly import Headwater
from headwater.errors import DatasetNotFound, HeadwaterError, ImportFailed, UnsupportedFormat, UsageError

Import = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def imported(headwater: Headwater, tmp_path: Path) -> Import:
    """Writes a file, imports it, and gives back the rows."""

    def imported(content: str | bytes, name: str = "rows.csv", **options: Any) -> list[dict[str, Any]]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        headwater.imports.import_file(path, "in.rows", author="ada", **options)
        files = headwater.catalog.files(headwater.catalog.resolve("in.rows"))
        rows: list[dict[str, Any]] = pa.concat_tables([pq.read_table(file.path) for file in files]).to_pylist()
        return rows

    return imported


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,x\n2,y\n", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        ("a;b\n1;x\n", [{"a": 1, "b": "x"}]),
        ("a\tb\n1\tx\n", [{"a": 1, "b": "x"}]),
        ("\ufeffa,b\r\n1,x\r\n", [{"a": 1, "b": "x"}]),
        ('a,b\n1,"x, and\ny"\n', [{"a": 1, "b": "x, and\ny"}]),
        ('a,b\n1,"say ""hi"""\n', [{"a": 1, "b": 'say "hi"'}]),
        ("a,b\n1.5,true\n,false\n", [{"a": 1.5, "b": True}, {"a": None, "b": False}]),
        ("a,b\nNA,x\n3,\n", [{"a": None, "b": "x"}, {"a": 3, "b": None}]),
        ("id\n007\n012\n", [{"id": "007"}, {"id": "012"}]),
        ("a,b\n0,x\n -5 ,y\nNULL,z\n", [{"a": 0, "b": "x"}, {"a": -5, "b": "y"}, {"a": None, "b": "z"}]),
    ],
)
def test_a_csv_is_understood(imported: Import, content: str, rows: list[dict[str, Any]]) -> None:
    assert imported(content) == rows


def test_types_may_be_given(imported: Import) -> None:
    assert imported("a,b\n1,2026-01-31\n", types={"a": "string", "b": "string"}) == [{"a": "1", "b": "2026-01-31"}]


def test_an_unknown_type_lists_the_known(imported: Import) -> None:
    with pytest.raises(UsageError) as raised:
        imported("a\n1\n", types={"a": "numberish"})
    assert "string" in raised.value.hint


@pytest.mark.parametrize(
    ("content", "name", "line", "column"),
    [
        ("a,b\n" + f"1,{'x' * 98}\n" * 400_000 + "oops,x\n" + "1,x\n" * 10, "late.csv", 400_002, "a"),
        ("a,b\n" + f"10,{'x' * 98}\n" * 400_000 + "10,x\n007,x\n" + "1,x\n" * 10, "codes.csv", 400_003, "a"),
        ("a,b\n1,x\n2,y,extra\n", "wide.csv", 3, None),
        (f"a,b\n1,{'x' * 140_000}\n2,y,extra\n", "long.csv", 3, None),
        ("a,b\n1,x\n2\n", "short.csv", 3, None),
        ('{"a":1}\n' * 100_000 + '{"a":"x"}\n', "late.jsonl", 100_001, "a"),
        (f'{{"a":1,"c":"{"x" * 90}"}}\n' * 100_000 + '{"a":1,"b":2}\n', "field.jsonl", 100_001, "b"),
        ('{"a":1}\n{"a":\n', "cut.jsonl", 2, None),
        ('{"a":1}\n[1]\n', "list.jsonl", 2, None),
    ],
)
def test_a_conflict_names_line_and_column_and_commits_nothing(
    imported: Import, headwater: Headwater, content: str, name: str, line: int, column: str | None
) -> None:
    with pytest.raises(ImportFailed) as raised:
        imported(content, name)
    assert f"line {line}" in raised.value.message
    assert raised.value.details["line"] == line
    if column:
        assert repr(column) in raised.value.message or column in raised.value.message
    assert raised.value.hint
    with pytest.raises(DatasetNotFound):
        headwater.catalog.resolve("in.rows")
    assert not list(Path(headwater.home.warehouse).rglob("*.parquet"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"a,a\n1,2\n", "twice.csv"),
        (b"a,b\n\xff\xfe,1\n", "latin.csv"),
        (b"PAR1 not really", "broken.parquet"),
        (b"ARROW1 not really", "broken.arrow"),
        (b"", "empty.jsonl"),
        (b"not json", "text.jsonl"),
    ],
)
def test_a_broken_file_is_refused_with_a_hint(imported: Import, content: bytes, name: str) -> None:
    with pytest.raises(HeadwaterError) as raised:
        imported(content, name)
    assert raised.value.hint
    assert raised.value.status in (400, 422)


def test_an_unknown_ending_lists_the_known(imported: Import) -> None:
    with pytest.raises(UnsupportedFormat) as raised:
        imported("a", "rows.xlsx")
    assert "csv" in raised.value.message + raised.value.hint


def test_a_missing_file(headwater: Headwater, tmp_path: Path) -> None:
    with pytest.raises(HeadwaterError, match="nowhere.csv"):
        headwater.imports.import_file(tmp_path / "nowhere.csv", "in.rows", author="ada")


def test_late_codes_are_kept_where_the_column_is_text_or_given_as_a_number(imported: Import) -> None:
    content = "a,b\n" + f"10,{'x' * 98}\n" * 400_000 + "007,0x\n"
    assert imported(content, types={"a": "string"})[-1] == {"a": "007", "b": "0x"}
    assert imported(content, types={"a": "int64"})[-1] == {"a": 7, "b": "0x"}


def test_a_very_long_name_in_the_header_is_taken(imported: Import) -> None:
    assert imported(f"{'n' * 140_000},b\n1,2\n") == [{"n" * 140_000: 1, "b": 2}]


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
_TABLE = pa.table({"a": [1, None], "t": ["x", "é"], "f": [0.5, None]})


def test_arrow_parquet_and_json_lines_give_the_same_version(headwater: Headwater, tmp_path: Path) -> None:
    pq.write_table(_TABLE, tmp_path / "t.parquet")
    feather.write_feather(_TABLE, tmp_path / "t.feather")
    with pa.OSFile(str(tmp_path / "t.arrow"), "wb") as sink, pa.ipc.new_file(sink, _TABLE.schema) as writer:
        writer.write_table(_TABLE)
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in _TABLE.to_pylist()))
    digests = {
        headwater.imports.import_file(tmp_path / f"t.{ending}", f"in.{ending}", author="ada").digest
        for ending in ("parquet", "feather", "arrow", "jsonl")
    }
    assert len(digests) == 1


def test_a_directory_is_one_version(headwater: Headwater, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.csv").write_text(f"a\n{number}\n")
    assert headwater.imports.import_file(folder, "in.parts", author="ada").rows == 3


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(-(2**40), 2**40), _TEXT),
        min_size=1,
        max_size=12,
    )
)
def test_an_export_comes_back_as_it_was(headwater: Headwater, tmp_path: Path, rows: list[tuple[int, str]]) -> None:
    table = pa.table({"n": [n for n, _ in rows], "t": [t for _, t in rows]})
    version = headwater.commits.commit("round.trip", table.to_reader(), kind="sample", author="ada")
    path = tmp_path / "round.parquet"
    path.unlink(missing_ok=True)
    headwater.exports.export_file(version, path)
    again = headwater.imports.import_file(path, "round.again", author="ada")
    assert (again.digest, again.kind) == (version.digest, "sample")
