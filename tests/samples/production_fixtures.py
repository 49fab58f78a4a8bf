"""A real PostgreSQL as production, with tables that are hard to read, and a home that samples it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.demo.postgres import ADMIN as ADMIN
from headwater.demo.postgres import Server
from headwater.sample_models import SamplePlan, SampleRequest, SampleResult
from headwater.services.jobs import JobContext

READER = "reader"

_SETUP = """
CREATE TABLE orders AS SELECT i AS id, 'person' || i || '@canary.example' AS email, i % 7 AS city_id,
  (ARRAY['new','paid','sent'])[1 + i % 3] AS state, (i % 100)::numeric(8,2) AS price FROM generate_series(1, 20000) i;
ALTER TABLE orders ADD PRIMARY KEY (id);
CREATE TABLE pairs (a int NOT NULL, b text NOT NULL, v int, UNIQUE (b, a));
INSERT INTO pairs SELECT i % 50, 'k' || i, i FROM generate_series(1, 500) i;
CREATE TABLE keyless (a text);
CREATE TABLE nobody_may (id int PRIMARY KEY);
CREATE VIEW recent AS SELECT * FROM orders WHERE id > 10;
CREATE TABLE "ho'st""ile; --" ("se""lect" int PRIMARY KEY, "na%%me" text, "x;--" text);
INSERT INTO "ho'st""ile; --" VALUES (1, '%%s', 'b');
CREATE SCHEMA hidden; CREATE TABLE hidden.secret (id int PRIMARY KEY);
CREATE FUNCTION slowly(n int) RETURNS int LANGUAGE plpgsql STABLE COST 100000 AS
  $$ BEGIN PERFORM pg_sleep(0.05); RETURN n; END $$;
CREATE TABLE slow_rows (id int PRIMARY KEY); INSERT INTO slow_rows SELECT generate_series(1, 2000);
CREATE VIEW slow AS SELECT id, slowly(id) AS n FROM slow_rows;
CREATE TABLE slow_keyed (id int PRIMARY KEY); INSERT INTO slow_keyed SELECT generate_series(1, 400);
ALTER TABLE slow_keyed ENABLE ROW LEVEL SECURITY;
CREATE VIEW restless AS SELECT id, random() AS r FROM orders;
CREATE VIEW restless_too AS SELECT * FROM restless;
CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE far_away (id int) SERVER elsewhere;
CREATE ROLE reader LOGIN PASSWORD {password};
GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
CREATE POLICY slow ON slow_keyed FOR SELECT TO reader USING (slowly(id) > 0);
REVOKE SELECT ON nobody_may FROM reader;
ANALYZE;
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("postgresql"))
    with server:
        with server.connect() as connection:
            connection.execute(_SETUP.replace("{password}", f"'{server.password(READER)}'").replace("%%", "%"))
        yield server
    shutil.rmtree(server.data.parent, ignore_errors=True)


@pytest.fixture
def admin(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with server.connect() as connection:
        yield connection


class Drawing:
    """Draws samples from production into a home of its own."""

    def __init__(self, headwater: Headwater) -> None:
        self.headwater = headwater
        self.told: list[tuple[int, int | None, str]] = []

    def context(self) -> JobContext:
        return JobContext(lambda done, total, message: self.told.append((done, total, message)))

    def __call__(self, table: str, rows: int = 1000, context: JobContext | None = None, **more: Any) -> SampleResult:
        request = SampleRequest("prod", table, rows, **more)
        return self.headwater.samples.draw(request, "ann", context or self.context())

    def plan(self, table: str, rows: int = 1000, context: JobContext | None = None, **more: Any) -> SamplePlan:
        request = SampleRequest("prod", table, rows, **more)
        return self.headwater.samples.plan(request, "ann", context or self.context())

    def rows(self, ref: str) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = self.headwater.catalog.files(self.headwater.catalog.resolve(ref))
        return pa.concat_tables([pq.read_table(file.path) for file in files])

    def outcomes(self) -> list[str]:
        return [entry.outcome for entry in self.headwater.audit.newest(50)]


def configured(home: Path, **settings: Any) -> Headwater:
    lines = ["[sources.prod]", 'kind = "postgresql"', 'dsn_env = "TEST_DSN"']
    masks, policy = settings.pop("masks", {}), settings.pop("policy", {})
    lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    if masks:
        lines += ["[sources.prod.masks]", *(f'"{column}" = "{mask}"' for column, mask in masks.items())]
    if policy:
        lines += ["[sources.prod.policy]", *(f"{name} = {json.dumps(value)}" for name, value in policy.items())]
    home.mkdir(parents=True, exist_ok=True)
    (home / "headwater.toml").write_text("\n".join(lines), encoding="utf-8")
    return open_headwater(home)


@pytest.fixture
def draw(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawing]:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    headwater = configured(tmp_path / "home")
    yield Drawing(headwater)
    headwater.close()
