"""What changed between two versions, against a simple model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.assembly import Headwater
from headwater.errors import ColumnNotFound, UsageError
from headwater.models import Version
from headwater.reading.files import located

Commit = Callable[..., Version]


def test_a_keyed_difference(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1, 2, 3, 4], "city": ["a", "b", None, "d"], "x": [1.0, 2.0, float("nan"), 4.0]})
    commit("a.b", {"x": [2.5, float("nan"), 4.0, 5.0], "id": [2, 3, 4, 5], "city": ["b", "c", "d", "e"]})
    found = headwater.diffs.diff("a.b@v1", "a.b@v2", ["id"])
    assert asdict(found) == {
        "before": "a.b@v1",
        "after": "a.b@v2",
        "key": ("id",),
        "schema": (),
        "rows": {"added": 1, "removed": 1, "changed": 2},
        "columns": {"city": {"changed": 1}, "x": {"changed": 1}},
    }


def test_a_key_is_found(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"name": ["x", "x"], "order_id": [1, 2]})
    commit("a.b", {"name": ["x", "y"], "order_id": [1, 2]})
    found = headwater.diffs.diff("a.b@v1", "a.b")
    assert (found.key, found.rows.changed) == (("order_id",), 1)


def test_without_a_key_rows_are_compared_whole(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"name": ["x", "x", "y", None]})
    commit("a.b", {"name": ["x", "y", "y", "z"]})
    found = headwater.diffs.diff("a.b@v1", "a.b@v2")
    assert (found.key, asdict(found.rows), found.columns) == (
        (),
        {"added": 2, "removed": 2, "changed": 0},
        {},
    )


def test_columns_that_come_go_and_change_type(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1, 2], "old": [1, 2], "n": pa.array([1, 2], pa.int32())})
    commit("a.b", {"id": [1, 2], "n": pa.array([1, 2], pa.int64()), "new": ["a", "b"]})
    found = headwater.diffs.diff("a.b@v1", "a.b@v2", ["id"])
    assert [asdict(change) for change in found.schema] == [
        {"column": "old", "change": "removed", "before": "int64", "after": None},
        {"column": "n", "change": "retyped", "before": "int32", "after": "int64"},
        {"column": "new", "change": "added", "before": None, "after": "string"},
    ]
    assert asdict(found.rows) == {"added": 0, "removed": 0, "changed": 0}


def test_equal_content_is_told_without_reading(headwater: Headwater, commit: Commit) -> None:
    version = commit("a.b", {"id": [1, 2]})
    for file in headwater.catalog.files(version):
        Path(located(file.path)).unlink()
    assert asdict(headwater.diffs.diff("a.b@v1", "a.b@v1").rows) == {"added": 0, "removed": 0, "changed": 0}


@pytest.mark.parametrize(
    ("key", "error", "says"),
    [
        (["city"], UsageError, "The key city of a.b v1 does not tell all rows apart"),
        (["maybe"], UsageError, "The key maybe of a.b v1 is NULL in some rows"),
        (["idd"], ColumnNotFound, "Did you mean 'id'"),
    ],
)
def test_a_key_that_is_none(
    headwater: Headwater, commit: Commit, key: list[str], error: type[Exception], says: str
) -> None:
    commit("a.b", {"id": [1, 2], "city": ["a", "a"], "maybe": [1, None]})
    commit("a.b", {"id": [1, 3], "city": ["a", "b"], "maybe": [1, 2]})
    with pytest.raises(error, match=says):
        headwater.diffs.diff("a.b@v1", "a.b@v2", key)


def test_a_key_of_two_columns(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"a": [1, 1], "b": [1, 2], "v": ["x", "y"]})
    commit("a.b", {"a": [1, 2], "b": [2, 1], "v": ["z", "x"]})
    assert asdict(headwater.diffs.diff("a.b@v1", "a.b@v2", ["a", "b"]).rows) == {
        "added": 1, "removed": 1, "changed": 1,
    }  # fmt: skip


ROWS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["x", "y", None])), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, after=ROWS)
def test_whole_rows_against_a_model(
    headwater: Headwater,
    commit: Commit,
    before: list[tuple[int, str | None]],
    after: list[tuple[int, str | None]],
) -> None:
    versions = []
    for rows in (before, after):
        table = pa.table(
            {
                "n": pa.array([n for n, _ in rows], pa.int64()),
                "s": pa.array([s for _, s in rows], pa.string()),
            }
        )
        versions.append(commit("a.b", table))
    found = headwater.diffs.diff(*(f"a.b@{version.version}" for version in versions))
    old, new = Counter(before), Counter(after)
    if not found.key:
        assert (found.rows.added, found.rows.removed) == ((new - old).total(), (old - new).total())
    else:
        assert found.rows.added == len({n for n, _ in after} - {n for n, _ in before})
        assert found.rows.changed == sum(dict(before)[n] != s for n, s in after if n in dict(before))
