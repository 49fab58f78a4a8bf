"""Refresh: the same recipe again gives the next version, with what changed in the table and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing

from headwater.cli import run
from headwater.errors import VersionNotFound

_TABLE = "public.moving"


@pytest.fixture
def moving(admin: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """A table of the test's own."""
    admin.execute(
        "CREATE TABLE moving AS SELECT i AS id, 'person' || i || '@canary.example' AS email, 'x' AS gone,"
        " (ARRAY['new','paid'])[1 + i % 2] AS state, (i % 100)::numeric(8,2) AS price FROM generate_series(1, 5000) i"
    )
    admin.execute("ALTER TABLE moving ADD PRIMARY KEY (id); GRANT SELECT ON moving TO reader; ANALYZE moving")
    yield admin
    admin.execute("DROP TABLE moving")


def _change(moving: psycopg.Connection[Any], kept: list[int]) -> None:
    moving.execute("UPDATE moving SET price = price + 1 WHERE id = ANY(%s)", (kept[:7],))
    moving.execute("DELETE FROM moving WHERE id = ANY(%s)", (kept[7:10],))


def test_a_refresh_has_the_rows_of_its_recipe(
    draw: Drawing, moving: psycopg.Connection[Any], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"masks": {"email": "null"}, "where": "price >= 10", "method": "stratified", "by": ("state",)}
    first = draw(_TABLE, 300, seed=3, dataset="mine.moving", **asked).versions[0]
    before = draw.rows("mine.moving@v1")
    _change(moving, before["id"].to_pylist())
    # A column that went since keeps nobody from drawing again.
    moving.execute("ALTER TABLE moving DROP COLUMN gone")
    monkeypatch.setenv("HEADWATER_HOME", str(draw.headwater.home.path))
    capfd.readouterr()
    assert run(["refresh", "mine.moving", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert [(one["dataset"], one["version"]) for one in told["versions"]] == [("mine.moving", "v2")]
    assert (told["diff"]["before"], told["diff"]["rows"]["changed"]) == ("mine.moving@v1", 7)
    assert [(one["column"], one["change"]) for one in told["diff"]["schema"]] == [("gone", "removed")]
    after = draw.rows("mine.moving@v2")
    assert after["email"].null_count == after.num_rows
    assert min(after["price"].to_pylist()) >= 10
    ids = set(before["id"].to_pylist()) - set(before["id"].to_pylist()[7:10])
    assert len(ids - set(after["id"].to_pylist())) <= told["diff"]["rows"]["removed"]
    again = draw.headwater.refreshes.request("mine.moving@v2")
    assert (again.seed, again.rows, again.method, again.by, again.where) == (
        3, 300, "stratified", ("state",), "price >= 10",
    )  # fmt: skip
    assert first.dataset == again.dataset


def test_a_refresh_of_what_did_not_change_is_the_same(draw: Drawing, moving: psycopg.Connection[Any]) -> None:
    first = draw(_TABLE, 200).versions[0]
    refreshes = draw.headwater.refreshes
    second = refreshes.refresh(refreshes.request(f"{first.dataset}@v1"), "ann", draw.context())
    assert second.versions[0].digest == first.digest
    assert second.recipe == first.recipe
    assert second.masks[f"{_TABLE}.email"] != "keep"


def test_only_a_sample_of_this_home_is_refreshed(draw: Drawing) -> None:
    import pyarrow as pa

    commits = draw.headwater.commits
    commits.commit("real.t", pa.table({"id": [1]}).to_reader(), kind="real", message="", author="ada")
    with pytest.raises(VersionNotFound, match="not drawn here"):
        draw.headwater.refreshes.request("real.t")


def test_what_was_filtered_for_is_asked_for_again(draw: Drawing) -> None:
    for more in ({"where": "id <= 321"}, {"method": "keys", "keys": tuple((str(n),) for n in range(1, 30))}):
        drawn = draw("orders", 500, **more)
        version = drawn.versions[0]
        refreshes = draw.headwater.refreshes
        again = refreshes.refresh(refreshes.request(f"{version.dataset}@{version.version}"), "ann", draw.context())
        assert (again.recipe, again.versions[0].digest) == (drawn.recipe, version.digest)
    assert draw.outcomes()[0] == "done"
    assert draw.headwater.audit.settle() == 0
