"""What the kernel client has the host do: save, search and compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import headwater as hw
from headwater.assembly import Headwater
from headwater.errors import BadName, ColumnNotFound, DatasetNotFound, UsageError, VersionNotFound
from headwater.host.client import HostClient
from headwater.models import Version

Commit = Callable[..., Version]
Records = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def host(headwater: Headwater, kernel: None) -> Iterator[None]:
    """A host beside the kernel."""
    client = HostClient(headwater.home, attached=True)
    client.start()
    yield
    client.close()


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"id": [1, 2], "name": ["a", None]}),
        pl.DataFrame({"id": [1, 2], "name": ["a", None]}),
        pa.table({"id": [1, 2], "name": ["a", None]}),
    ],
    ids=["pandas", "polars", "arrow"],
)
def test_a_frame_is_saved_as_a_version_derived_from_what_was_loaded(
    headwater: Headwater, commit: Commit, frame: Any, records: Records
) -> None:
    commit("a.b", {"id": [1]}, kind="sample")
    hw.load("a.b")
    saved = hw.save(frame, "out.result", message="größe 'x'")
    known = headwater.catalog.resolve("out.result")
    assert (saved.version, saved.digest, saved.rows) == ("v1", known.digest, 2)
    assert (known.kind, known.rests_on, known.inputs, known.message) == (
        "derived",
        ("sample",),
        ("a.b@v1",),
        "größe 'x'",
    )
    assert hw.load("out.result", as_="arrow").to_pydict() == {"id": [1, 2], "name": ["a", None]}
    (write,) = records("write")
    assert (write["dataset"], write["version"], write["rows"], write["inputs"]) == ("out.result", "v1", 2, ["a.b@v1"])


def test_what_cannot_be_saved_leaves_nothing(headwater: Headwater, records: Records) -> None:
    for frame, name, kind in (
        (pa.table({"id": [1]}), "no-namespace", BadName),
        ([1, 2], "out.list", UsageError),
        (pa.table([[1], [2]], names=["id", "id"]), "out.twice", UsageError),
    ):
        with pytest.raises(kind):
            hw.save(frame, name)
    with pytest.raises(DatasetNotFound):
        hw.load("out.list")
    assert headwater.catalog.search().total == 0
    assert records("write") == []


def test_search_finds_by_words_best_first(headwater: Headwater, commit: Commit) -> None:
    commit("sales.orders", {"id": [1], "city": ["x"]})
    commit("sales.customers", {"id": [1]})
    headwater.catalog.describe("sales.customers", "who orders <b>", "ada", "admin")
    assert [found.name for found in hw.search("orders")] == ["sales.orders", "sales.customers"]
    assert [found.name for found in hw.search("city")] == ["sales.orders"]
    assert hw.search("orders").total == 2
    assert [found.name for found in hw.search(limit=1)] == ["sales.customers"]
    assert hw.search("zzz") == []
    assert "<b>" not in hw.search("orders")._repr_html_()
    with pytest.raises(UsageError):
        hw.search(limit=0)


def test_diff_counts_rows_and_values(commit: Commit) -> None:
    commit("a.b", {"id": [1, 2, 3], "x": [1, 2, 3]})
    commit("a.b", {"id": [1, 2, 4], "x": [1, 9, 4]})
    commit("a.c", {"x": [1, 1, 3]})
    commit("a.c", {"x": [1, 4, 3]})
    whole = hw.diff("a.c@v1", "a.c@v2")
    assert (whole.key, whole.rows.added, whole.rows.removed) == ((), 1, 1)
    keyed = hw.diff("a.b@v1", "a.b", key="id")
    assert (keyed.rows.added, keyed.rows.removed, keyed.rows.changed) == (1, 1, 1)
    assert {name: changes.changed for name, changes in keyed.columns.items()} == {"x": 1}
    assert keyed
    assert not hw.diff("a.b@v1", "a.b@v1")
    assert hw.diff("a.b@v1", "a.b@v2", key=["id"]).to_dict()["rows"] == keyed.to_dict()["rows"]
    with pytest.raises(ColumnNotFound):
        hw.diff("a.b@v1", "a.b@v2", key="nope")
    with pytest.raises(VersionNotFound):
        hw.diff("a.b@v1", "a.b@v9")
