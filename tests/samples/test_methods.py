"""Each method takes the rows it says, the same ones each time, a smaller sample within a larger one."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from production_fixtures import Drawing

from headwater.predicate import Predicate
from headwater.sampling.keyed import WholePlaces
from headwater.sampling.selection import Selection
from headwater.sources.registry import open_source

_EVENTS = """
DROP TABLE IF EXISTS events CASCADE;
CREATE TABLE events (id int PRIMARY KEY, at timestamptz, kind text, city int, amount numeric(8,2), note text);
INSERT INTO events SELECT i, CASE WHEN i % 50 = 0 THEN NULL WHEN i % 77 = 0 THEN 'infinity'
    ELSE timestamptz '2026-01-01 00:00+00' + (i / 3) * interval '1 hour' END,
  CASE WHEN i % 1000 = 1 THEN 'rare' WHEN i % 10 = 0 THEN NULL WHEN i % 3 = 0 THEN 'b' ELSE 'a' END,
  i % 40, (i * 7 % 500) / 4.0, 'n' || i FROM generate_series(1, 3000) i;
CREATE INDEX ON events (at);
CREATE VIEW seen_events AS SELECT * FROM events;
CREATE TABLE loose AS SELECT at, kind, city FROM events; INSERT INTO loose SELECT * FROM loose LIMIT 100;
GRANT SELECT ON events, seen_events, loose TO reader; ANALYZE;
"""
TYPES = {"at": "timestamp[us, tz=UTC]", "kind": "string", "city": "int32", "amount": "decimal128(8, 2)", "id": "int32"}


@pytest.fixture(scope="module")
def events(server: Any) -> None:
    with server.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS loose")
        connection.execute(_EVENTS)


@pytest.fixture
def everything(events: None, admin: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    admin.execute("SET timezone = 'UTC'")
    return [
        dict(zip(("id", "at", "kind", "city", "amount"), row, strict=True))
        for row in admin.execute(
            "SELECT id, CASE WHEN isfinite(at) THEN at END, kind, city, amount FROM events ORDER BY id"
        ).fetchall()
    ]


def taken(draw: Drawing, table: str = "events", rows: int = 100, where: str | None = None, **more: Any) -> list[Any]:
    filtered = Predicate(where, TYPES) if where else None
    with open_source(draw.headwater.config.sources["prod"]).snapshot() as snapshot:
        batches = snapshot.table(table).rows(Selection(rows, where=filtered, **more))
        return [row for batch in batches for row in batch.to_pylist()]


def ids(rows: list[Any]) -> list[int]:
    return [row["id"] for row in rows]


def place(number: int, seed: int = 7) -> int:
    return int(WholePlaces(seed).of(np.array([number]))[0])


def by_place(rows: list[Any], seed: int = 7) -> list[int]:
    return sorted(ids(rows), key=lambda one: place(one, seed))


METHODS: dict[str, dict[str, Any]] = {
    "filtered": {"where": "kind = 'a' AND amount > 20"},
    "newest": {"method": "newest", "by": ("at",)},
    "window": {"method": "window", "by": ("at",), "start": "2026-01-03", "end": "2026-02-01"},
    "in proportion": {"method": "stratified", "by": ("kind",)},
    "equal": {"method": "stratified", "by": ("kind", "city"), "allocation": "equal"},
    "top": {"method": "top", "by": ("city",), "order": "amount", "per": 4},
    "top of several": {"method": "top", "by": ("city", "kind"), "order": "at", "per": 2, "where": "id > 100"},
    "keys": {"method": "keys", "keys": tuple((str(i),) for i in range(2990, 3400))},
}


@pytest.mark.parametrize("name", METHODS)
def test_the_same_rows_come_again_and_a_larger_sample_holds_a_smaller_one(
    draw: Drawing, everything: list[Any], name: str
) -> None:
    more = METHODS[name]
    few = 9 if name == "keys" else 130
    small = taken(draw, rows=few, **more)
    assert len(small) == len(set(ids(small))) == few
    assert ids(small) == sorted(ids(small))
    assert taken(draw, rows=few, **more) == small
    large = taken(draw, rows=11 if name == "keys" else 150, **more)
    assert set(ids(small)) < set(ids(large))


def test_rows_come_again_in_another_physical_order(
    draw: Drawing, everything: list[Any], admin: psycopg.Connection[Any]
) -> None:
    before = {name: taken(draw, rows=9 if name == "keys" else 130, **more) for name, more in METHODS.items()}
    admin.execute("UPDATE events SET note = 'x' || note WHERE id % 3 = 0")
    admin.execute("VACUUM FULL events")
    for name, more in METHODS.items():
        after = taken(draw, rows=9 if name == "keys" else 130, **more)
        assert ids(after) == ids(before[name]), name


def test_a_filter_takes_the_smallest_places_of_what_it_keeps(draw: Drawing, everything: list[Any]) -> None:
    kept = [row for row in everything if row["kind"] == "a" and row["amount"] > 20]
    assert ids(taken(draw, rows=50, **METHODS["filtered"])) == sorted(by_place(kept)[:50])
    assert len(taken(draw, rows=5000, **METHODS["filtered"])) == len(kept)


def test_newest(draw: Drawing, everything: list[Any]) -> None:
    dated = [row for row in everything if row["at"] is not None]
    order = sorted(dated, key=lambda row: (-row["at"].timestamp(), place(row["id"])))
    assert ids(taken(draw, rows=100, method="newest", by=("at",))) == sorted(ids(order[:100]))
    found = taken(draw, rows=10, method="newest", by=("at",), where="kind = 'rare'")
    assert ids(found) == sorted(ids([row for row in order if row["kind"] == "rare"]))


def test_a_window_has_its_start_and_not_its_end(draw: Drawing, everything: list[Any]) -> None:
    more = METHODS["window"]
    within = [row for row in everything if row["at"] and "2026-01-03" <= row["at"].isoformat() < "2026-02-01"]
    assert any(row["at"].isoformat().startswith("2026-01-03T00:00:00") for row in within)
    assert ids(taken(draw, rows=5000, **more)) == ids(within)
    assert ids(taken(draw, rows=40, **more)) == sorted(by_place(within)[:40])
    # Infinite times come as null: they are in no window, open or not.
    late = taken(draw, rows=5000, method="window", by=("at",), start="2026-02-01")
    assert ids(late) == ids([row for row in everything if row["at"] and row["at"].isoformat() >= "2026-02-01"])
    numbers = taken(draw, rows=5000, method="window", by=("city",), start="3", end="5")
    assert {row["city"] for row in numbers} == {3, 4}


def test_strata_in_proportion_keep_the_rare_ones(draw: Drawing, everything: list[Any]) -> None:
    found = taken(draw, rows=100, method="stratified", by=("kind",))
    counts = {kind: sum(row["kind"] == kind for row in found) for kind in ("a", "b", "rare", None)}
    assert counts["rare"] == 1
    total = {kind: sum(row["kind"] == kind for row in everything) for kind in counts}
    assert all(abs(counts[kind] - total[kind] / 30) < 1.5 for kind in counts)
    for kind, rows in counts.items():
        stratum = by_place([row for row in everything if row["kind"] == kind])
        assert sorted(ids([row for row in found if row["kind"] == kind])) == sorted(stratum[:rows])


def test_equal_strata(draw: Drawing, everything: list[Any]) -> None:
    found = taken(draw, rows=43, method="stratified", by=("kind",), allocation="equal")
    counts = sorted(sum(row["kind"] == kind for row in found) for kind in ("a", "b", "rare", None))
    assert counts == [3, 13, 13, 14]


def test_rows_of_strata_that_lie_above_their_ceilings_are_found_too(
    draw: Drawing, everything: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from headwater.sources.sql import drawing

    expected = taken(draw, rows=60, method="stratified", by=("kind",))
    filtered = taken(draw, rows=60, where="city < 20")
    monkeypatch.setattr(drawing, "ceiling", lambda *_: (1 << 60) // 100)
    found = taken(draw, rows=60, method="stratified", by=("kind",))
    assert sorted(ids(found)) == ids(expected)
    assert sorted(ids(taken(draw, rows=60, where="city < 20"))) == ids(filtered)


def test_top(draw: Drawing, everything: list[Any]) -> None:
    found = taken(draw, rows=40, method="top", by=("city",), order="amount", per=4)
    cities = sorted(range(40), key=lambda city: place(city))[:10]
    expected = []
    for city in cities:
        members = [row for row in everything if row["city"] == city]
        members.sort(key=lambda row: (-row["amount"], place(row["id"])))
        expected += ids(members[:4])
    assert ids(found) == sorted(expected)


def test_keys(draw: Drawing, everything: list[Any]) -> None:
    assert ids(taken(draw, method="keys", keys=(("5",), ("7",), ("5",), ("99999",)))) == [5, 7]
    pairs = taken(draw, "pairs", method="keys", keys=(("k3", "3"), ("k4", "9"), ("k4", "4")))
    assert [(row["b"], row["a"]) for row in pairs] == [("k3", 3), ("k4", 4)]


def test_all(draw: Drawing, everything: list[Any]) -> None:
    assert ids(taken(draw, rows=3000, method="all")) == ids(everything)


def test_blocks_come_whole(draw: Drawing, everything: list[Any]) -> None:
    found = taken(draw, "orders", rows=500, method="block")
    assert len(found) == 500
    assert found == taken(draw, "orders", rows=500, method="block")


@pytest.mark.parametrize("name", ["filtered", "newest", "window", "in proportion", "equal", "top", "top of several"])
def test_a_view_gives_the_same_rows_again(draw: Drawing, everything: list[Any], name: str) -> None:
    before = taken(draw, "seen_events", rows=120, **METHODS[name])
    assert len(before) == 120
    assert sorted(map(str, taken(draw, "seen_events", rows=120, **METHODS[name]))) == sorted(map(str, before))


@pytest.mark.parametrize("name", ["newest", "window", "in proportion", "equal"])
def test_a_table_without_a_key_gives_the_same_rows_in_any_order_of_them(
    draw: Drawing, everything: list[Any], admin: psycopg.Connection[Any], name: str
) -> None:
    before = taken(draw, "loose", rows=120, **METHODS[name])
    admin.execute("CREATE TABLE moved AS SELECT * FROM loose ORDER BY city DESC, at; TRUNCATE loose")
    admin.execute("INSERT INTO loose SELECT * FROM moved; DROP TABLE moved")
    assert len(before) == 120
    assert sorted(map(str, taken(draw, "loose", rows=120, **METHODS[name]))) == sorted(map(str, before))
