"""All three ways to find the rows of a uniform draw give the same ones, for keys of any type; the cheapest is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from production_fixtures import Drawing

from headwater.sampling.keyed import BITS, WholePlaces, place
from headwater.sampling.selection import Pace, Selection
from headwater.sources.postgresql import draw as draw_module
from headwater.sources.postgresql.uniform import Extent, chunk, enumerating_pays, probing_pays
from headwater.sources.registry import open_source
from headwater.sources.sql.ceiling import ceiling

_KEYS = {
    "integers": (["id bigint"], "i"),
    "negative": (["id int"], "i - 1500"),
    "gaps": (["id int"], "3 * i + i % 2"),
    "few": (["id bigint"], "1000003 * (i - 1500)"),
    "edges": (["id bigint"], "CASE WHEN i < 1500 THEN -9223372036854775808 + i ELSE 9223372036854775807 - i END"),
    "texts": (["id text"], "'O''Brien \"' || i || ', {x}\\\\ é'"),
    "uuids": (["id uuid"], "md5(i::text)::uuid"),
    "moments": (["id timestamptz"], "timestamptz '2026-01-01' + i * interval '1 second'"),
    "days": (["id date"], "date '2020-01-01' + i"),
    "amounts": (["id numeric(9,2)"], "i * 1.25"),
    "padded": (["id char(8)"], "'c' || i"),
    "pairs_of": (["a int", "id text"], "i % 9, 'k' || i"),
    "odd": (['"se""lect" int'], "i"),
}


@pytest.fixture(params=_KEYS)
def table(request: pytest.FixtureRequest, admin: psycopg.Connection[Any], draw: Drawing) -> str:
    columns, values = _KEYS[request.param]
    names = ", ".join(column.rpartition(" ")[0] if column.startswith('"') else column.split()[0] for column in columns)
    admin.execute("DROP TABLE IF EXISTS keyed")
    admin.execute(f"CREATE TABLE keyed ({', '.join(columns)}, v text, PRIMARY KEY ({names}))".encode())
    admin.execute(f"INSERT INTO keyed SELECT {values}, 'v' || i FROM generate_series(1, 3000) i".encode())
    admin.execute("GRANT SELECT ON keyed TO reader; ANALYZE keyed")
    return names


def _drawn(draw: Drawing, table: str, seed: int, rows: int, pace: Pace = "gentle") -> list[Any]:
    with open_source(draw.headwater.config.sources["prod"]).snapshot() as snapshot:
        batches = list(snapshot.table(table).rows(Selection(rows, seed, pace=pace)))
        return [row for batch in batches for row in batch.to_pylist()]


def _place(row: tuple[Any, ...]) -> tuple[int, ...]:
    _, texts, *key = row
    whole = len(key) == 1 and isinstance(key[0], int)
    return (int(WholePlaces(7).of(np.array(key))[0]), *key) if whole else (place(7, texts),)


def _take(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Have draws find their rows in one way, where the key allows it."""
    monkeypatch.setattr(draw_module, "enumerating_pays", lambda *_: way == "enumerating")
    monkeypatch.setattr(draw_module, "probing_pays", lambda *_: way == "probing")


@pytest.mark.parametrize("chunk", [100, 5_000])
def test_all_ways_find_the_rows_with_the_smallest_places(
    draw: Drawing,
    admin: psycopg.Connection[Any],
    table: str,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
) -> None:
    texts = ", ".join(f"{name}::text" for name in table.split(", "))
    admin.execute("SET timezone = 'UTC'")
    everything = admin.execute(f"SELECT v, ARRAY[{texts}], {table} FROM keyed".encode()).fetchall()
    monkeypatch.setattr(draw_module, "chunk", lambda *_: chunk)
    for rows in (1, 250, 2_999):
        expected = {row[0] for row in sorted(everything, key=_place)[:rows]}
        found = []
        for way, pace in (
            ("scanning", "gentle"),
            ("probing", "gentle"),
            ("enumerating", "fast"),
            ("enumerating", "gentle"),
        ):
            _take(monkeypatch, way)
            found.append(_drawn(draw, "keyed", 7, rows, pace))
            assert len(found[-1]) == rows
            assert {row["v"] for row in found[-1]} == expected
        assert found[0] == found[1]
        assert found[2] == found[3]
    assert len(_drawn(draw, "keyed", 7, 3_000)) == len(_drawn(draw, "keyed", 7, 9_999)) == 3_000


@pytest.mark.parametrize("probing", [True, False])
def test_rows_that_lie_above_the_ceiling_are_found_too(
    draw: Drawing, monkeypatch: pytest.MonkeyPatch, probing: bool
) -> None:
    _take(monkeypatch, "probing" if probing else "scanning")
    expected = {row["id"] for row in _drawn(draw, "orders", 7, 500)}
    monkeypatch.setattr(draw_module, "ceiling", lambda rows, total: (1 << BITS) // 100)
    rows = _drawn(draw, "orders", 7, 500)
    assert len(rows) == 500
    assert {row["id"] for row in rows} == expected


def test_a_nested_sample_whichever_way_finds_it(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    _take(monkeypatch, "enumerating")
    small = {row["id"] for row in _drawn(draw, "orders", 7, 200)}
    _take(monkeypatch, "probing")
    larger = {row["id"] for row in _drawn(draw, "orders", 7, 500)}
    _take(monkeypatch, "scanning")
    assert small < larger < {row["id"] for row in _drawn(draw, "orders", 7, 900)}


def test_the_way_is_chosen_by_what_it_touches() -> None:
    # 100,000 of 20 million rows of 55 a page: a quarter of the pages, and an index of a sixth of them.
    assert probing_pays(100_000, Extent(363_637, 54_840))
    # Nearly every page holds a row that is wanted.
    assert not probing_pays(100_000, Extent(20_000, 2_700))
    # Nobody knows: views, partitioned and foreign tables.
    assert not probing_pays(10, Extent(0, 0))
    assert not probing_pays(10, Extent(1_000, 0))
    assert not enumerating_pays(10, 1_000_000, Extent(0, 0))
    assert enumerating_pays(100_000, 20_000_000, Extent(363_637, 54_840))
    # A tenth of the rows is on nearly every page.
    assert not enumerating_pays(100_000, 1_000_000, Extent(18_000, 2_700))


def test_a_statement_asks_for_less_where_rows_are_long() -> None:
    assert chunk("fast", 150) == 20_000
    assert chunk("gentle", 150) == 2_000
    assert chunk("fast", 100_000) == 168
    assert chunk("fast", 1e9) == 100


def test_a_table_that_its_statistics_have_wrong_gives_the_same_rows(
    draw: Drawing, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far more rows are believed than there are, and far fewer."""
    monkeypatch.setattr(draw_module, "_LARGE", 0)
    admin.execute("DROP TABLE IF EXISTS believed; CREATE TABLE believed (id int PRIMARY KEY)")
    admin.execute("INSERT INTO believed SELECT i * 50 FROM generate_series(1, 2000) i")
    admin.execute("GRANT SELECT ON believed TO reader; ANALYZE believed")
    expected = WholePlaces(7).of(np.arange(50, 100_001, 50))
    chosen = {50 * (int(number) + 1) for number in np.argsort(expected, kind="stable")[:300]}
    for rows in (2_000, 50_000, 1_000):
        admin.execute("UPDATE pg_class SET reltuples = %s WHERE relname = 'believed'", [rows])
        for way in ("scanning", "probing", "enumerating"):
            _take(monkeypatch, way)
            assert {row["id"] for row in _drawn(draw, "believed", 7, 300)} == chosen
    admin.execute("UPDATE pg_class SET reltuples = 9e6 WHERE relname = 'believed'")
    for way in ("scanning", "probing", "enumerating"):
        _take(monkeypatch, way)
        assert len(_drawn(draw, "believed", 7, 3_000)) == 2_000


@pytest.mark.parametrize(("rows", "total"), [(1, 2), (10, 1_000_000), (100_000, 20_000_000), (999, 1_000)])
def test_the_ceiling_is_a_little_above_what_is_wanted(rows: int, total: int) -> None:
    share = ceiling(rows, total) / (1 << BITS)
    assert rows / total < share <= min(1.0, (1.03 * rows + 8 * rows**0.5 + 21) / total)


def test_a_wide_table_is_asked_by_key_and_a_small_one_scanned(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute("DROP TABLE IF EXISTS wide")
    admin.execute("CREATE TABLE wide (id int PRIMARY KEY, t text STORAGE PLAIN)")
    admin.execute("INSERT INTO wide SELECT i, repeat('x', 2000) FROM generate_series(1, 8000) i")
    admin.execute("DROP TABLE IF EXISTS wide_text; CREATE TABLE wide_text (id text PRIMARY KEY, t text STORAGE PLAIN)")
    admin.execute("INSERT INTO wide_text SELECT id::text, t FROM wide; GRANT SELECT ON wide, wide_text TO reader")
    admin.execute("VACUUM ANALYZE wide, wide_text")
    asked: list[str] = []
    source = open_source(draw.headwater.config.sources["prod"])
    ways = (
        ("wide", 50, "enumerating"),
        ("wide_text", 50, "probing"),
        ("wide", 7_000, "scanning"),
        ("orders", 5_000, "scanning"),
    )
    for table, rows, way in ways:
        with source.snapshot() as snapshot:
            batches = snapshot.batches  # type: ignore[attr-defined]

            def noted(sql: str, *values: Any, batches: Any = batches, **more: Any) -> Any:
                asked.append(sql)
                return batches(sql, *values, **more)

            snapshot.batches = noted  # type: ignore[attr-defined]
            asked.clear()
            assert sum(batch.num_rows for batch in snapshot.table(table).rows(Selection(rows))) == rows
            assert any("ANY(" in sql for sql in asked) is (way != "scanning"), asked
            assert any("LIMIT" in sql for sql in asked) is (way != "enumerating"), asked


@pytest.mark.parametrize("probing", [True, False])
def test_columns_that_may_not_be_read_are_not_touched(
    draw: Drawing, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, probing: bool
) -> None:
    admin.execute("DROP TABLE IF EXISTS partly; CREATE TABLE partly (id int PRIMARY KEY, open int, secret text)")
    admin.execute("INSERT INTO partly SELECT i, i, 'no' FROM generate_series(1, 100) i")
    admin.execute("GRANT SELECT (id, open) ON partly TO reader")
    monkeypatch.setattr(draw_module, "probing_pays", lambda *_: probing)
    rows = _drawn(draw, "partly", 7, 10)
    assert [set(row) for row in rows] == [{"id", "open"}] * 10
