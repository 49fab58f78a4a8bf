"""Twenty planted columns of personal data: after one-click samples none of their values is anywhere in the home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from production_fixtures import Drawing, configured

from headwater.demo.planted import PLANTED
from headwater.demo.production import Production

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
