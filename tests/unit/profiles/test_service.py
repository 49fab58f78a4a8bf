"""Profiles of a version: computed when somebody looks, kept with it, a column at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from headwater.assembly import Headwater
from headwater.errors import ColumnNotFound, DiskFull, StoreUnavailable
from headwater.models import Version
from headwater.reading.files import located

Commit = Callable[..., Version]
COLUMNS = {"id": [1, 2, 3], "city": ["a", None, "a"], "tags": [["x"], [], None]}


def test_columns_in_the_versions_order(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", COLUMNS)
    found = headwater.profiles.profile("a.b", ["tags", "id"])
    assert (found.dataset, found.version, found.rows) == ("a.b", "v1", 3)
    assert [(column.name, column.nulls, column.distinct) for column in found.columns] == [
        ("id", 0, 3),
        ("tags", 1, None),
    ]
    assert [column.name for column in headwater.profiles.profile("a.b@v1").columns] == ["id", "city", "tags"]


def test_a_column_is_read_once(headwater: Headwater, commit: Commit) -> None:
    version = commit("a.b", COLUMNS)
    first = headwater.profiles.profile("a.b", ["city"])
    for file in headwater.catalog.files(version):
        Path(located(file.path)).unlink()
    assert headwater.profiles.profile("a.b", ["city"]) == first
    with pytest.raises(StoreUnavailable):
        headwater.profiles.profile("a.b", ["id"])


def test_a_profile_that_finds_no_room_is_shown_all_the_same(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {f"column_{n}": [f"{'x' * 90}{n}{m}" for m in range(50)] for n in range(40)})
    headwater.database.query("PRAGMA max_page_count = 1")
    with pytest.raises(DiskFull):
        headwater.catalog.describe("a.b", "x" * 9_000, "ada")
    assert len(headwater.profiles.profile("a.b").columns) == 40
    headwater.database.query("PRAGMA max_page_count = 1000000")
    assert len(headwater.profiles.profile("a.b").columns) == 40


def test_versions_have_profiles_of_their_own(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    headwater.profiles.profile("a.b")
    commit("a.b", {"id": [1, 2]})
    assert headwater.profiles.profile("a.b").columns[0].distinct == 2
    assert headwater.profiles.profile("a.b@v1").columns[0].distinct == 1


def test_an_unknown_column_is_named(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", COLUMNS)
    with pytest.raises(ColumnNotFound, match="Did you mean 'city'"):
        headwater.profiles.profile("a.b", ["ctiy"])


def test_many_batches_are_one_column(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"n": list(range(150_000))})
    found = headwater.profiles.profile("a.b").columns[0]
    assert (found.min, found.max, len(found.buckets)) == ("0", "149999", 20)
    assert {bucket.count for bucket in found.buckets} == {7_500}
    assert found.distinct is not None
    assert abs(found.distinct - 150_000) < 3_000
