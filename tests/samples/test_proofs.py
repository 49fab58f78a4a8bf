"""The proof sheet's distances, by what a real PostgreSQL knows of its columns."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing


@pytest.fixture
def sheet(draw: Drawing) -> Any:
    def make(table: str, rows: int, **more: Any) -> dict[str, Any]:
        version = draw(table, rows, **more).versions[0]
        proof = draw.headwater.proofs.proof(f"{version.dataset}@{version.version}")
        return {column["column"]: column for column in proof["columns"]}

    return make


def test_kept_columns_have_a_distance_and_masked_ones_none(sheet: Any) -> None:
    columns = sheet("orders", 5_000)
    for name in ("id", "city_id", "state", "price"):
        assert columns[name]["distance"] < 0.05, columns[name]
        assert columns[name]["distance_by"]
    assert columns["email"]["distance"] is None


def test_a_filtered_sample_is_far_from_its_table(sheet: Any) -> None:
    columns = sheet("orders", 5_000, where="id <= 5000")
    assert columns["id"]["distance"] == pytest.approx(0.75, abs=0.05)
    assert columns["city_id"]["distance"] < 0.05


def test_a_table_that_was_never_analyzed_has_none(sheet: Any, admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "DROP TABLE IF EXISTS unseen; CREATE TABLE unseen (id int PRIMARY KEY, d timestamptz);"
        "INSERT INTO unseen SELECT i, now() FROM generate_series(1, 100) i; GRANT SELECT ON unseen TO reader"
    )
    assert sheet("unseen", 50)["id"]["distance"] is None
    admin.execute("ANALYZE unseen; INSERT INTO unseen VALUES (101, 'infinity')")
    columns = sheet("unseen", 101)
    assert columns["id"]["distance"] < 0.05
    assert "1 " in columns["d"]["lost"]
