"""Twenty planted columns of personal data: after one-click samples none of their values is anywhere in the home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, configured

from headwater.demo.planted import PLANTED
from headwater.demo.production import Production
from headwater.sample_models import SampleRequest

TABLES = ("customers", "bookings", "payments")


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    production = Production(tmp_path_factory.mktemp("production"))
    with production:
        yield production
    shutil.rmtree(production.server.data.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def drawn(production: Production, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawing]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_DSN", production.dsn)
        headwater = configured(tmp_path_factory.mktemp("canaries") / "home")
        drawing = Drawing(headwater)
        for table in TABLES:
            drawing(f"public.{table}", 20_000)
            headwater.profiles.profile(f"prod.{table}@v1")
        yield drawing
        headwater.close()


def test_there_are_twenty() -> None:
    assert len(PLANTED) == len({(one.table, one.column) for one in PLANTED}) == 20


@pytest.mark.parametrize("table", TABLES)
def test_no_row_keeps_its_own_value(drawn: Drawing, production: Production, table: str) -> None:
    rows = drawn.rows(f"prod.{table}")
    key = f"{table.removesuffix('s')}_id"
    keys = rows[key].to_pylist()
    kept = {name: dict(zip(keys, rows[name].to_pylist(), strict=True)) for name in rows.column_names}
    with production.connect() as connection:
        for planted in PLANTED:
            if planted.table != table:
                continue
            for id, value in connection.execute(f"SELECT {key}, {planted.value} FROM {table}".encode()):
                if value is not None and id in kept[planted.column]:
                    masked = kept[planted.column][id]
                    assert masked is None or str(value) not in str(masked), planted


@pytest.mark.parametrize("table", TABLES)
def test_no_value_is_in_any_file_of_the_home(drawn: Drawing, production: Production, table: str) -> None:
    rows = drawn.rows(f"prod.{table}")
    texts = "\n".join(str(value) for column in rows.columns for value in column.unique().to_pylist())
    home = drawn.headwater.home.path
    texts += "\n".join(
        path.read_bytes().decode("utf-8", "replace")
        for path in home.rglob("*")
        if path.is_file() and path.suffix not in (".parquet", ".key")
    )
    words = set(texts.replace('"', "\n").replace(",", "\n").split("\n"))
    with production.connect() as connection:
        for planted in PLANTED:
            if planted.table != table or not planted.anywhere:
                continue
            values = connection.execute(f"SELECT DISTINCT {planted.value} FROM {table} LIMIT 150".encode()).fetchall()
            found = [value for (value,) in values if value and (value in words or str(value) in texts)]
            assert found == [], planted


_HIDING = """
CREATE TABLE hiding AS SELECT i AS id, 300000000 + i * 7 AS member,
  CASE WHEN i % 100 = 0 THEN 'velth' || i || '@hidden.example' ELSE 'n/a' END AS state,
  (ARRAY['Okwuosabrock','Brandvoldigmore','Quispeldine','Ferreyraorvath'])[1 + i % 4] AS handler,
  (ARRAY['Tolvabrock','Zarneldine','Draviffany'])[1 + i % 3] AS attr_7,
  2000000 + i * 31 AS contact_no, CASE WHEN i = 4999 THEN 4155550100 END AS rarely,
  timestamp '1951-02-03 04:05:06' + i * interval '97 minutes' AS dob, date '20000-01-01' + i AS until,
  jsonb_build_object('velthabrock ' || i, i, 'n', 1e400::numeric, 'reach', 44207946000000 + i) AS doc
  FROM generate_series(1, 5000) i;
ALTER TABLE hiding ADD PRIMARY KEY (id); GRANT SELECT ON hiding TO reader; ANALYZE hiding;
"""


@pytest.fixture
def hiding(admin: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    admin.execute(_HIDING)
    yield admin
    admin.execute("DROP TABLE hiding")


def test_what_hides_among_codes_in_numbers_and_in_the_keys_of_documents(
    draw: Drawing, hiding: psycopg.Connection[Any]
) -> None:
    draw("hiding", 5000, masks={"until": "null"})
    rows = draw.rows("prod.hiding").sort_by("id")
    for column in ("member", "state", "handler", "attr_7", "contact_no", "rarely", "dob"):
        values = [value for (value,) in hiding.execute(f"SELECT {column}::text FROM hiding ORDER BY id".encode())]
        masked = rows[column].cast("string").to_pylist()
        assert [one for one, other in zip(values, masked, strict=True) if one == other not in (None, "n/a")] == []
    texts = "\n".join(str(value) for name in ("state", "handler", "attr_7", "doc") for value in rows[name].to_pylist())
    for hidden in ("velth", "Okwuosabrock", "Tolvabrock", "4420794600"):
        assert hidden not in texts


def test_a_plan_shows_the_shape_of_a_day_beyond_the_calendar_of_python(
    draw: Drawing, hiding: psycopg.Connection[Any]
) -> None:
    plan = draw.headwater.samples.plan(SampleRequest("prod", "hiding", 100), "ann", draw.context())
    shapes = {mask.column: (mask.before_shape, mask.after_shape) for mask in plan.masks}
    assert shapes["until"] == ("99999-99-99", "99999-99-99")
