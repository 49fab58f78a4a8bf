"""Both ways to find the rows of a uniform draw give the same ones, for keys of any type; the cheaper one is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from production_fixtures import Drawing

from headwater.sampling.keyed import BITS, WholePlaces, place
from headwater.sampling.selection import Selection
from headwater.sources.postgresql import draw as draw_module
from headwater.sources.postgresql.uniform import Extent, probing_pays
from headwater.sources.registry import open_source
from headwater.sources.sql.ceiling import ceiling

_KEYS = {
    "integers": (["id bigint"], "i"),
    "negative": (["id int"], "i - 1500"),
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


def _drawn(draw: Drawing, table: str, seed: int, rows: int) -> list[Any]:
    with open_source(draw.headwater.config.sources["prod"]).snapshot() as snapshot:
        batches = list(snapshot.table(table).rows(Selection(rows, seed)))
        return [row for batch in batches for row in batch.to_pylist()]


def _place(row: tuple[Any, ...]) -> int:
    _, texts, *key = row
    whole = len(key) == 1 and isinstance(key[0], int)
    return int(WholePlaces(7).of(np.array(key))[0]) if whole else place(7, texts)


@pytest.mark.parametrize("chunk", [100, 5_000])
def test_both_ways_find_the_rows_with_the_smallest_places(
    draw: Drawing,
    admin: psycopg.Connection[Any],
    table: str,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
) -> None:
    texts = ", ".join(f"{name}::text" for name in table.split(", "))
    admin.execute("SET timezone = 'UTC'")
    everything = admin.execute(f"SELECT v, ARRAY[{texts}], {table} FROM keyed".encode()).fetchall()
    monkeypatch.setattr(draw_module, "CHUNK", chunk)
    for rows in (1, 250, 2_999):
        expected = {row[0] for row in sorted(everything, key=_place)[:rows]}
        found = []
        for probing in (True, False):
            monkeypatch.setattr(draw_module, "probing_pays", lambda *_, probing=probing: probing)
            found.append(_drawn(draw, "keyed", 7, rows))
            assert len(found[-1]) == rows
            assert {row["v"] for row in found[-1]} == expected
        assert found[0] == found[1]
    assert len(_drawn(draw, "keyed", 7, 3_000)) == len(_drawn(draw, "keyed", 7, 9_999)) == 3_000


@pytest.mark.parametrize("probing", [True, False])
def test_rows_that_lie_above_the_ceiling_are_found_too(
    draw: Drawing, monkeypatch: pytest.MonkeyPatch, probing: bool
) -> None:
    monkeypatch.setattr(draw_module, "probing_pays", lambda *_: probing)
    expected = {row["id"] for row in _drawn(draw, "orders", 7, 500)}
    monkeypatch.setattr(draw_module, "ceiling", lambda rows, total: (1 << BITS) // 100)
    rows = _drawn(draw, "orders", 7, 500)
    assert len(rows) == 500
    assert {row["id"] for row in rows} == expected


def test_a_nested_sample_whichever_way_finds_it(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw_module, "probing_pays", lambda *_: True)
    small = {row["id"] for row in _drawn(draw, "orders", 7, 200)}
    monkeypatch.setattr(draw_module, "probing_pays", lambda *_: False)
    assert small < {row["id"] for row in _drawn(draw, "orders", 7, 900)}


def test_the_way_is_chosen_by_what_it_touches() -> None:
    # 100,000 of 20 million rows of 55 a page: a quarter of the pages, and an index of a sixth of them.
    assert probing_pays(100_000, Extent(363_637, 54_840))
    # Nearly every page holds a row that is wanted.
    assert not probing_pays(100_000, Extent(20_000, 2_700))
    # Nobody knows: views, partitioned and foreign tables.
    assert not probing_pays(10, Extent(0, 0))
    assert not probing_pays(10, Extent(1_000, 0))


@pytest.mark.parametrize(("rows", "total"), [(1, 2), (10, 1_000_000), (100_000, 20_000_000), (999, 1_000)])
def test_the_ceiling_is_a_little_above_what_is_wanted(rows: int, total: int) -> None:
    share = ceiling(rows, total) / (1 << BITS)
    assert rows / total < share <= min(1.0, (1.03 * rows + 8 * rows**0.5 + 21) / total)


def test_a_wide_table_is_probed_and_a_small_one_scanned(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute("DROP TABLE IF EXISTS wide")
    admin.execute("CREATE TABLE wide (id int PRIMARY KEY, t text STORAGE PLAIN)")
    admin.execute("INSERT INTO wide SELECT i, repeat('x', 2000) FROM generate_series(1, 8000) i")
    admin.execute("GRANT SELECT ON wide TO reader")
    admin.execute("VACUUM ANALYZE wide")
    asked: list[str] = []
    source = open_source(draw.headwater.config.sources["prod"])
    for table, rows, probed in (("wide", 50, True), ("wide", 7_000, False), ("orders", 5_000, False)):
        with source.snapshot() as snapshot:
            batches = snapshot.batches  # type: ignore[attr-defined]

            def noted(sql: str, *values: Any, batches: Any = batches) -> Any:
                asked.append(sql)
                return batches(sql, *values)

            snapshot.batches = noted  # type: ignore[attr-defined]
            asked.clear()
            assert sum(batch.num_rows for batch in snapshot.table(table).rows(Selection(rows))) == rows
            assert any("ANY(" in sql for sql in asked) is probed, asked


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
