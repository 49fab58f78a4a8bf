"""The server's arithmetic gives each key the place that ours gives it."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.sampling.keyed import BITS, BLOCK, WholePlaces, place
from headwater.sources.postgresql.dialect import PostgresqlDialect
from headwater.sources.sql.dialect import KeyColumn

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_EDGES = [0, 1, -1, BLOCK, BLOCK - 1, -BLOCK, 1 - BLOCK, -BLOCK - 1, _LOWEST, _LOWEST + 1, _HIGHEST, _HIGHEST - 1]
_SQL = PostgresqlDialect()
_ONE_CONNECTION = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _places(
    admin: psycopg.Connection[Any], seed: int, kind: str, keys: list[Any], base: str | None = None
) -> list[int]:
    sql = _SQL.place(seed, [KeyColumn("k", kind)])
    query = f"SELECT {sql} FROM unnest(%s::{base or kind}[]) WITH ORDINALITY AS t(k, n) ORDER BY n"
    return [row[0] for row in admin.execute(query.encode(), [keys]).fetchall()]


@_ONE_CONNECTION
@given(st.integers(-(2**53), 2**53), st.lists(st.integers(_LOWEST, _HIGHEST), max_size=100))
def test_whole_numbers(admin: psycopg.Connection[Any], seed: int, keys: list[int]) -> None:
    keys += _EDGES
    assert _places(admin, seed, "bigint", keys) == WholePlaces(seed).of(np.array(keys)).tolist()


@pytest.mark.parametrize(("kind", "bound"), [("smallint", 2**15), ("integer", 2**31)])
def test_shorter_numbers_do_not_overflow(admin: psycopg.Connection[Any], kind: str, bound: int) -> None:
    keys = [0, 1, -1, 77, -bound, bound - 1]
    assert _places(admin, 7, kind, keys) == WholePlaces(7).of(np.array(keys)).tolist()


@_ONE_CONNECTION
@given(st.integers(-(2**53), 2**53), st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"))))
def test_texts(admin: psycopg.Connection[Any], seed: int, keys: list[str]) -> None:
    assert _places(admin, seed, "text", keys) == [place(seed, [key]) for key in keys]


@_ONE_CONNECTION
@given(st.integers(-(2**53), 2**53), st.lists(st.uuids()))
def test_uuids(admin: psycopg.Connection[Any], seed: int, keys: list[Any]) -> None:
    assert _places(admin, seed, "uuid", [str(key) for key in keys]) == [place(seed, [str(key)]) for key in keys]


@pytest.mark.parametrize("utf8", [True, False])
@pytest.mark.parametrize("kind", ["text", "bigint"])
def test_bounds_of_places_are_compared_as_numbers_are(admin: psycopg.Connection[Any], utf8: bool, kind: str) -> None:
    sql, key = PostgresqlDialect(utf8), [KeyColumn("k", kind)]
    keys = [str(number) for number in range(300)]
    place = sql.place(7, key)
    found = f"FROM unnest(%s::{kind}[]) k"
    places = sorted(row[0] for row in admin.execute(f"SELECT {place} {found}".encode(), [keys]).fetchall())
    edges = [-1, 0, places[0], places[0] - 1, places[150], places[150] - 1, places[-1], (1 << BITS) - 1, 1 << BITS]
    for above in edges:
        for upto in edges:
            asked = f"SELECT {place} {found} WHERE {sql.within(7, key, above, upto)} ORDER BY 1"
            within = [row[0] for row in admin.execute(asked.encode(), [keys]).fetchall()]
            assert within == [one for one in places if above < one <= upto], (above, upto)
