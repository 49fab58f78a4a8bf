"""Which rows a draw takes, and that they are the same ones another day."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing

from headwater.sampling.keyed import BITS, WholePlaces


def test_a_draw_is_a_masked_version_of_kind_sample(draw: Drawing) -> None:
    result = draw("public.orders", 1000)
    version = result.versions[0]
    assert (version.dataset, version.kind, version.rows) == ("prod.orders", "sample", 1000)
    assert version.rests_on == ("sample",)
    assert version.message == "1,000 of 20,000 rows of public.orders, seed 7, masked"
    assert result.masks["public.orders.email"] == "email"
    assert result.orphans == 0
    assert version.recipe == result.recipe


def test_the_rows_are_those_with_the_smallest_places(draw: Drawing) -> None:
    draw("orders", 500)
    expected = WholePlaces(7).keys(-1, 1 << BITS, 1, 20_000)[:500].tolist()
    assert draw.rows("prod.orders")["id"].to_pylist() == sorted(expected)


def test_a_larger_sample_contains_the_smaller(draw: Drawing) -> None:
    draw("orders", 100)
    draw("orders", 400)
    small = set(draw.rows("prod.orders@v1")["id"].to_pylist())
    assert small < set(draw.rows("prod.orders@v2")["id"].to_pylist())


def test_the_same_rows_come_after_updates_and_a_full_vacuum(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    first = draw("orders", 300).versions[0]
    admin.execute("UPDATE orders SET price = price WHERE id % 2 = 0")
    admin.execute("VACUUM FULL orders")
    again = draw("orders", 300).versions[0]
    assert again.digest == first.digest
    assert again.version == "v2"


def test_another_seed_gives_other_rows(draw: Drawing) -> None:
    draw("orders", 300)
    draw("orders", 300, seed=8)
    one, other = (set(draw.rows(f"prod.orders@{v}")["id"].to_pylist()) for v in ("v1", "v2"))
    assert len(one & other) < 30


def test_a_table_smaller_than_asked_comes_whole(draw: Drawing) -> None:
    assert draw("pairs", 100_000).versions[0].message.startswith("500 of 500 rows")


def test_a_key_of_several_columns(draw: Drawing) -> None:
    draw("pairs", 50)
    plan = draw.plan("pairs")
    assert set(plan.key) == {"a", "b"}
    assert draw.rows("prod.pairs").num_rows == 50


def test_hostile_names_are_only_names(draw: Drawing) -> None:
    result = draw("public.ho'st\"ile; --")
    assert result.rows == 1
    assert result.versions[0].dataset == "prod.ho_st_ile"


def test_progress_is_told(draw: Drawing) -> None:
    draw("orders", 2000)
    assert draw.told[-1][:2] == (2000, 2000)


@pytest.mark.parametrize("columns", [{"email": "drop"}, {"email": "null"}, {"city_id": "null"}])
def test_a_stricter_mask_may_be_asked_for(draw: Drawing, columns: dict[str, str]) -> None:
    draw("orders", 10, masks=columns)
    (column, mask), rows = next(iter(columns.items())), draw.rows("prod.orders")
    assert (column not in rows.column_names) if mask == "drop" else rows[column].null_count == 10
