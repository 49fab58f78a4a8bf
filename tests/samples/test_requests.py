"""A request is checked field by field, and what was drawn is told in words and in the recipe, without a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, configured

from headwater.demo.postgres import Server
from headwater.errors import BadPredicate, ColumnNotFound, HeadwaterError, SampleRefused, UsageError
from headwater.sample_models import SampleRequest
from headwater.services.sample_requests import asked


@pytest.fixture(autouse=True)
def visits(admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "DROP TABLE IF EXISTS visits; CREATE TABLE visits (id int PRIMARY KEY, seen_at timestamptz, page text, ms int);"
        "INSERT INTO visits SELECT i, timestamptz '2026-01-01' + i * interval '1 hour', 'p' || i % 5, i % 100"
        " FROM generate_series(1, 2000) i; GRANT SELECT ON visits TO reader"
    )


@pytest.mark.parametrize(
    ("more", "error", "field", "word"),
    [
        ({"method": "sideways"}, UsageError, "method", "no method 'sideways'"),
        ({"by": ("page",)}, UsageError, "by", "says nothing to the method uniform"),
        ({"order": "ms"}, UsageError, "order", "says nothing"),
        ({"start": "1"}, UsageError, "start", "says nothing"),
        ({"keys": (("1",),)}, UsageError, "keys", "says nothing"),
        ({"allocation": "equal"}, UsageError, "allocation", "says nothing"),
        ({"method": "stratified"}, UsageError, "by", "needs columns in by"),
        ({"method": "newest"}, UsageError, "by", "needs one column in by"),
        ({"method": "newest", "by": ("seen_at", "id")}, UsageError, "by", "needs one column"),
        ({"method": "stratified", "by": ("page", "page")}, UsageError, "by", "twice"),
        ({"method": "stratified", "by": ("pagge",)}, ColumnNotFound, "by", "no column 'pagge'"),
        ({"method": "stratified", "by": ("id",), "rows": 20}, SampleRefused, "by", "more than 1,000 strata"),
        ({"method": "stratified", "by": ("ms",), "rows": 20}, SampleRefused, "rows", "has 100 strata"),
        ({"method": "newest", "by": ("page",)}, UsageError, "by", "has no newest rows"),
        ({"method": "window", "by": ("seen_at",)}, UsageError, "start", "needs a start"),
        ({"method": "window", "by": ("seen_at",), "start": "soon"}, UsageError, "start", "does not fit"),
        (
            {"method": "window", "by": ("seen_at",), "start": "2026-02-01", "end": "2026-02-01"},
            UsageError,
            "start",
            "not before its end",
        ),
        ({"method": "window", "by": ("ms",), "start": "5", "end": "-1e2"}, UsageError, "start", "not before"),
        ({"method": "window", "by": ("ms",), "end": "1e999999"}, UsageError, "end", "does not fit"),
        ({"method": "top", "by": ("page",)}, UsageError, "order", "order by"),
        ({"method": "top", "by": ("page",), "order": "msec"}, ColumnNotFound, "order", "no column 'msec'"),
        ({"method": "top", "by": ("page",), "order": "page"}, UsageError, "order", "no largest values"),
        ({"method": "top", "by": ("page",), "order": "ms", "per": 0}, UsageError, "per", "at least one row"),
        ({"method": "keys"}, UsageError, "keys", "needs keys"),
        ({"method": "keys", "keys": (("1", "2"),)}, UsageError, "keys", "has 1 parts"),
        ({"method": "keys", "keys": (("x' OR 1=1 --",),) * 20}, UsageError, None, "does not fit its column"),
        ({"method": "keys", "keys": (("1\0",),)}, UsageError, "keys", "none can have"),
        ({"where": "ms >"}, BadPredicate, None, "filter is wrong"),
        ({"where": "mss > 1"}, ColumnNotFound, None, "no column 'mss'"),
        ({"where": "1; DROP TABLE visits"}, BadPredicate, None, "no meaning|filter is wrong"),
        ({"pace": "wild"}, UsageError, "pace", "no pace"),
    ],
)
def test_a_wrong_field_is_named(
    draw: Drawing, more: dict[str, Any], error: type[HeadwaterError], field: str | None, word: str
) -> None:
    with pytest.raises(error, match=word) as raised:
        draw("visits", **{"rows": 100, **more})
    assert raised.value.hint
    assert raised.value.details.get("field") == field
    assert draw.outcomes() == ["refused", "started"]


def test_a_near_column_is_suggested(draw: Drawing) -> None:
    with pytest.raises(ColumnNotFound) as raised:
        draw.plan("visits", method="newest", by=("seen_att",))
    assert "seen_at" in raised.value.hint


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "10 of 2,000 rows of public.visits, seed 7"),
        ({"rows": 20, "where": "ms > 95"}, "20 of 2,000 rows of public.visits, filtered, seed 7"),
        ({"rows": 90, "where": "ms > 95"}, "80 of 2,000 rows of public.visits, filtered, seed 7"),
        ({"method": "newest", "by": ("seen_at",)}, "10 newest by seen_at of public.visits, seed 7"),
        (
            {"rows": 20, "method": "window", "by": ("seen_at",), "start": "2026-02-01"},
            "20 of 2,000 rows of public.visits in a window of seen_at, seed 7",
        ),
        ({"method": "stratified", "by": ("page",)}, "10 of 2,000 rows of public.visits, in proportion by page, seed 7"),
        (
            {"method": "stratified", "by": ("page",), "allocation": "equal"},
            "10 of 2,000 rows of public.visits, as many each by page, seed 7",
        ),
        (
            {"method": "top", "by": ("page",), "order": "ms", "per": 2},
            "10 of 2,000 rows of public.visits: the 2 largest by ms for each page, seed 7",
        ),
        (
            {"rows": 20, "method": "keys", "keys": (*((str(n),) for n in range(1, 21)), ("9999",))},
            "20 of 21 keys of public.visits, seed 7",
        ),
        ({"method": "all"}, "all 2,000 rows of public.visits"),
        ({"method": "block"}, "10 of 2,000 rows of public.visits in whole blocks, seed 7"),
    ],
)
def test_the_message_of_a_version_says_what_was_drawn(draw: Drawing, more: dict[str, Any], message: str) -> None:
    result = draw("visits", **{"rows": 10, **more})
    assert result.versions[0].message.rpartition(", ")[0] == message
    assert draw.plan("visits", **{"rows": 10, **more}).recipe == result.recipe


def test_the_whole_table_is_refused_when_it_is_more_than_the_source_gives(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn("reader"))
    headwater = configured(tmp_path / "home", max_rows=1_999)
    with pytest.raises(SampleRefused, match=r"2,000 rows, and at most 1,999"):
        Drawing(headwater)("visits", 10, method="all")
    headwater.close()


def test_what_is_clustered_or_has_no_key_is_said_before(draw: Drawing) -> None:
    assert any("clustered" in note for note in draw.plan("visits", method="block").warnings)
    assert any("has no key" in note for note in draw.plan("keyless").warnings)
    assert draw.plan("visits").warnings == ()


def test_views_that_only_read_are_drawn(draw: Drawing) -> None:
    assert draw("recent", 10).rows == 10


@pytest.mark.parametrize("table", ["restless", "restless_too", "far_away"])
def test_what_sets_something_in_motion_is_read_where_it_is_allowed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, draw: Drawing, table: str
) -> None:
    with pytest.raises(SampleRefused, match="so it is not read") as raised:
        draw(table, 5)
    assert f"public.{table}" in raised.value.hint
    monkeypatch.setenv("TEST_DSN", server.dsn("reader"))
    headwater = configured(tmp_path / "other", allow=[f"public.{table}"])
    try:
        if table == "far_away":
            with pytest.raises(HeadwaterError, match="refused a statement"):
                Drawing(headwater)(table, 5)
        else:
            assert Drawing(headwater)(table, 5).rows == 5
    finally:
        headwater.close()


def test_a_partitioned_table_is_drawn(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "DROP TABLE IF EXISTS parts; CREATE TABLE parts (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);"
        "CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (500);"
        "CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (500) TO (1000);"
        "INSERT INTO parts SELECT i, i % 9 FROM generate_series(0, 999) i; GRANT SELECT ON parts TO reader"
    )
    assert draw("parts", 100).rows == 100
    assert draw("parts", 5, method="newest", by=("id",)).rows == 5
    assert sorted(draw.rows("prod.parts")["n"].to_pylist()) == sorted(i % 9 for i in range(995, 1000))
    assert draw("parts", 100, method="block").rows == 100


def test_a_plain_request_says_nothing_more_in_its_recipe() -> None:
    assert asked(SampleRequest("prod", "visits", 10, pace="fast")) == {}
    assert asked(SampleRequest("prod", "visits", where="ms > 1", keys=(("1", "2"),), method="keys")) == {
        "keys": [["1", "2"]],
        "where": "ms > 1",
    }
