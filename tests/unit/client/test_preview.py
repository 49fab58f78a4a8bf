"""Pages of rows: the right window whatever the row groups, filtered or not, each value as text."""

# ruff: noqa: E501 (a case is read in one line)
from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.assembly import Headwater
from headwater.cell_text import MAX_CHARACTERS, cell_texts
from headwater.errors import BadPredicate, StoreUnavailable, UsageError
from headwater.models import Version
from headwater.predicate import Predicate
from headwater.reading.files import located
from headwater.services import preview

Commit = Callable[..., Version]


def ids(headwater: Headwater, **window: Any) -> list[int]:
    return [int(row[0] or -1) for row in headwater.preview.rows("a.b", **window).rows]


@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [
        (0, 3, [0, 1, 2]),
        (40_000, 2, [40_000, 40_001]),
        (99_998, 5, [99_998, 99_999]),
        (100_000, 5, []),
        (10**12, 5, []),
    ],
)
def test_a_window_is_found_in_a_large_version(
    headwater: Headwater, commit: Commit, offset: int, limit: int, expected: list[int]
) -> None:
    commit("a.b", {"id": pa.array(range(100_000)), "x": pa.array(range(100_000), pa.float64())})
    page = headwater.preview.rows("a.b", offset, limit)
    assert [row[0] for row in page.rows] == [str(id_) for id_ in expected]
    assert (page.total, page.offset, page.numeric) == (100_000, offset, (True, True))
    assert [column.name for column in page.columns] == ["id", "x"]


def test_windows_meet_without_a_gap(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": list(range(1, 50))})
    assert [id_ for offset in range(0, 49, 7) for id_ in ids(headwater, offset=offset, limit=7)] == list(range(1, 50))


def test_a_filter_counts_what_it_keeps(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": list(range(1, 1001)), "even": [n % 2 == 0 for n in range(1, 1001)]})
    page = headwater.preview.rows("a.b", 10, 3, where="even AND id > 100")
    assert [row[0] for row in page.rows] == ["122", "124", "126"]
    assert (page.total, page.total_is_capped) == (450, False)
    assert headwater.preview.rows("a.b", 0, 5, where="id < 0").rows == ()
    assert headwater.preview.rows("a.b", 0, 5, where="  ").total == 1000


def test_counting_ends_where_it_would_take_too_long(
    headwater: Headwater, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for first in (0, 1000, 2000):
        commit("a.b", {"id": list(range(first, first + 1000))}, append=True)
    monkeypatch.setattr(preview, "MAX_TESTED", 500)
    page = headwater.preview.rows("a.b", 0, 5, where="id >= 0")
    assert page.total_is_capped
    assert page.total < 3000


def test_a_filter_is_tried_once_on_a_version_whatever_page_is_asked_for(
    headwater: Headwater, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for first in range(0, 5000, 1000):
        commit("a.b", {"id": list(range(first, first + 1000))}, append=True)
    tried: list[int] = []
    mask = Predicate.arrow_mask

    def counted(predicate: Predicate, table: pa.Table) -> Any:
        tried.append(table.num_rows)
        return mask(predicate, table)

    monkeypatch.setattr(Predicate, "arrow_mask", counted)
    where = "id >= 500 AND id < 4500"
    assert ids(headwater, offset=0, limit=2, where=where) == [500, 501]
    assert len(tried) == 5 + 1
    tried.clear()
    assert ids(headwater, offset=2499, limit=3, where=where) == [2999, 3000, 3001]
    assert ids(headwater, offset=3998, limit=9, where=where) == [4498, 4499]
    assert ids(headwater, offset=4000, limit=9, where=where) == []
    assert len(tried) == 2 + 1


def test_only_so_many_filters_are_remembered(
    headwater: Headwater, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "MAX_SCANS", 3)
    commit("a.b", {"id": list(range(10))})
    for least in (1, 2, 3, 1, 4, 1):
        assert headwater.preview.rows("a.b", where=f"id >= {least}").total == 10 - least
    assert len(headwater.preview._scans) == 3
    assert ("a.b", headwater.catalog.resolve("a.b").files, "id >= 1") in headwater.preview._scans


def test_a_new_version_is_filtered_anew(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1, 2]})
    assert headwater.preview.rows("a.b", where="id > 1").total == 1
    commit("a.b", {"id": [3, 4]}, append=True)
    assert headwater.preview.rows("a.b", where="id > 1").total == 3
    assert headwater.preview.rows("a.b@v1", where="id > 1").total == 1


@pytest.mark.parametrize("window", [{"offset": -1}, {"limit": 0}, {"limit": 1001}])
def test_a_page_that_cannot_be(headwater: Headwater, commit: Commit, window: dict[str, int]) -> None:
    commit("a.b", {"id": [1]})
    with pytest.raises(UsageError, match="cannot be had"):
        headwater.preview.rows("a.b", **window)


def test_a_wrong_filter_and_a_lost_file_are_said(headwater: Headwater, commit: Commit) -> None:
    version = commit("a.b", {"id": [1]})
    with pytest.raises(BadPredicate):
        headwater.preview.rows("a.b", where="id >")
    for file in headwater.catalog.files(version):
        Path(located(file.path)).unlink()
    with pytest.raises(StoreUnavailable):
        headwater.preview.rows("a.b")


UTC_PLUS_2 = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([1, None, -(2**63)], pa.int64(), ["1", None, "-9223372036854775808"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([0.1, float("nan"), float("-inf"), 1e300, 5.0], pa.float64(), ["0.1", "NaN", "-Infinity", "1e+300", "5.0"]),
        ([0.1, float("inf")], pa.float32(), ["0.1", "Infinity"]),
        ([Decimal("1.10"), Decimal("0.0000000001")], pa.decimal128(20, 10), ["1.1000000000", "0.0000000001"]),
        ([True, False], pa.bool_(), ["true", "false"]),
        (["", "a\nb", "<b>"], pa.string(), ["", "a\nb", "<b>"]),
        ([date(2024, 2, 29), date(1, 1, 1)], pa.date32(), ["2024-02-29", "0001-01-01"]),
        ([datetime(2024, 2, 29, 1, 2, 3)], pa.timestamp("us"), ["2024-02-29T01:02:03"]),
        ([datetime(2024, 2, 29, 1, 2, 3, 50, UTC_PLUS_2)], pa.timestamp("us", "Europe/Paris"), ["2024-02-28T23:02:03.000050Z"]),
        ([-1], pa.timestamp("ns"), ["1969-12-31T23:59:59.999999999"]),
        ([time(1, 2, 3, 4)], pa.time64("us"), ["01:02:03.000004"]),
        ([1500], pa.duration("ms"), ["1.5 s"]),
        ([b"\x00\xff", b"a" * 65], pa.binary(), ["0x00ff", "0x" + "61" * 64 + "… (65 bytes)"]),
        ([[1, None], []], pa.list_(pa.int64()), ["[1,null]", "[]"]),
        ([{"a": "é", "b": [1.5, float("nan")]}], pa.struct([("a", pa.string()), ("b", pa.list_(pa.float64()))]), ['{"a":"é","b":[1.5,"NaN"]}']),
        ([[("k", b"\x01")]], pa.map_(pa.string(), pa.binary()), ['[["k","0x01"]]']),
        ([{"at": 1}], pa.struct([("at", pa.timestamp("ns", "UTC"))]), ['{"at":"1970-01-01T00:00:00.000000001Z"}']),
        ([None], pa.null(), [None]),
    ],
)  # fmt: skip
def test_values_as_text(values: list[Any], kind: pa.DataType, texts: list[str | None]) -> None:
    assert cell_texts(pa.array(values, kind)) == texts


def test_years_that_python_has_no_date_for() -> None:
    assert cell_texts(pa.array([10**8], pa.date32())) == ["+100,000,000 days since 1970-01-01"]


def test_long_text_is_cut() -> None:
    (text,) = cell_texts(pa.array(["x" * 10_000]))
    assert text is not None
    assert len(text) == MAX_CHARACTERS
    assert text.endswith("…")


def test_dictionaries_and_chunks() -> None:
    values = pa.chunked_array([pa.array(["a", None]).dictionary_encode(), pa.array(["b", "b"]).dictionary_encode()])
    assert cell_texts(values) == ["a", None, "b", "b"]
