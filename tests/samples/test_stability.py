"""A sample changes as the table does and no further: rows that stay in the table stay in the sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from production_fixtures import Drawing

from headwater.sampling.keyed import WholePlaces, place
from headwater.sampling.selection import Selection
from headwater.sources.postgresql import draw as draw_module
from headwater.sources.registry import open_source

_ROWS, _DRAWN = 20_000, 1_000
_KEYS = {
    "whole": ("id bigint", "i"),
    "text": ("id text", "'k' || i"),
    "composite": ("a int, id text", "i %% 90, 'k' || i"),
}

Key = tuple[Any, ...]


def _place(key: Key) -> tuple[int, Key]:
    if len(key) == 1 and isinstance(key[0], int):
        return int(WholePlaces(7).of(np.array(key))[0]), key
    return place(7, [str(part) for part in key]), key


@pytest.mark.parametrize("way", ["enumerating", "probing", "scanning"])
@pytest.mark.parametrize("kind", _KEYS)
def test_surviving_rows_stay_and_new_ones_come_by_the_rule(
    draw: Drawing, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, kind: str, way: str
) -> None:
    monkeypatch.setattr(draw_module, "enumerating_pays", lambda *_: way == "enumerating")
    monkeypatch.setattr(draw_module, "probing_pays", lambda *_: way == "probing")
    columns, values = _KEYS[kind]
    names = ", ".join(column.split()[0] for column in columns.split(", "))
    insert = f"INSERT INTO moving SELECT {values}, i, 'v' || i FROM generate_series(%s::int, %s::int) i".encode()
    admin.execute("DROP TABLE IF EXISTS moving")
    admin.execute(f"CREATE TABLE moving ({columns}, n int, v text, PRIMARY KEY ({names}))".encode())
    admin.execute(insert, [1, _ROWS])
    admin.execute("GRANT SELECT ON moving TO reader")
    admin.execute("VACUUM ANALYZE moving")

    def drawn(rows: int) -> set[Key]:
        with open_source(draw.headwater.config.sources["prod"]).snapshot() as snapshot:
            batches = list(snapshot.table("moving").rows(Selection(rows, pace="fast")))
            return {tuple(row[name] for name in names.split(", ")) for batch in batches for row in batch.to_pylist()}

    def held() -> set[Key]:
        return set(admin.execute(f"SELECT {names} FROM moving".encode()).fetchall())

    before, first = drawn(_DRAWN), held()
    # Rows move in the table, which statistics do not see yet; then it is written anew.
    admin.execute("UPDATE moving SET v = v || '!' WHERE n % 10 = 3")
    admin.execute(insert, [_ROWS + 1, _ROWS + _ROWS // 20])
    admin.execute("DELETE FROM moving WHERE n % 10 = 7")
    assert drawn(_DRAWN) == set(sorted(held(), key=_place)[:_DRAWN])
    admin.execute("VACUUM FULL moving")
    now = held()
    limit = max(map(_place, before))
    admitted = {key for key in now - first if _place(key) <= limit}
    surviving = before & now
    assert len(surviving) < _DRAWN
    assert admitted
    # As many rows as that: exactly those, with a Jaccard index of 1 on the survivors.
    assert drawn(len(surviving) + len(admitted)) == surviving | admitted
    assert surviving | admitted <= drawn(_DRAWN)
