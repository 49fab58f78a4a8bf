"""A production of 20 million rows of rich types, for the benches: made once, some minutes and 12 GB of temporary files.

`events` has a whole number as key, `texts` a text and `sessions` a uuid; their rows are the same otherwise.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from headwater.config import SourceConfig
from headwater.demo.postgres import Server
from headwater.sources.base import Source
from headwater.sources.registry import open_source

_REST = "customer_id, order_id, ts, kind, amount, session, score, payload"
_SQL = f"""
SET max_parallel_workers_per_gather = 0; SET maintenance_work_mem = '1GB';
DROP TABLE IF EXISTS events, texts, sessions;
CREATE TABLE events AS SELECT g::bigint AS id,
  CASE WHEN g % 20 <> 0 THEN 1 + floor(500000 * power(random(), 1.5))::bigint END AS customer_id,
  CASE WHEN g % 3 = 0 THEN 1 + (hashint8extended(g, 19) & 9223372036854775807) % 2500000 END AS order_id,
  timestamptz '2023-01-01' + g * interval '4 sec' AS ts,
  CASE WHEN g % 10000 = 0 THEN 'fraud' WHEN g % 100 < 2 THEN 'refund' WHEN g % 10 < 3 THEN 'purchase'
       ELSE 'view' END AS kind,
  round((g / 20000.0 * random())::numeric, 4)::numeric(12,4) AS amount, md5(g::text)::uuid AS session,
  g / 20000000.0 + random() * 0.2 AS score,
  jsonb_build_object('ip', '10.' || g % 256 || '.' || g / 256 % 256 || '.1', 'p', g % 977) AS payload
  FROM generate_series(1, %d) g;
CREATE TABLE texts AS SELECT 'EV-' || id AS ref, {_REST} FROM events;
CREATE TABLE sessions AS SELECT * FROM events;
ALTER TABLE events ADD PRIMARY KEY (id);
ALTER TABLE texts ADD PRIMARY KEY (ref);
ALTER TABLE sessions ADD PRIMARY KEY (session);
"""


class Events:
    """The running server; `source` reads it as its administrator."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._server = Server(Path(tempfile.gettempdir()) / f"headwater-bench-events-{os.geteuid()}")

    def __enter__(self) -> Events:
        self._server.start()
        with self.connect() as connection:
            made = connection.execute(
                "SELECT count(*) FROM pg_class WHERE relname IN ('events', 'texts', 'sessions') AND reltuples > %s",
                [0.99 * self.rows],
            ).fetchone()
            if made != (3,):
                print(f"making {self.rows:,} rows", flush=True)
                connection.execute((_SQL % self.rows).encode())
                connection.execute("VACUUM ANALYZE events, texts, sessions")
        os.environ["BENCH_DSN"] = self.dsn
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def dsn(self) -> str:
        return self._server.dsn()

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return self._server.connect()

    def source(self) -> Source:
        """It, as Headwater is told of it."""
        return open_source(SourceConfig("prod", "postgresql", dsn_env="BENCH_DSN", statement_timeout_s=600))

    def program(
        self, name: str, *arguments: str, text: str = "", output: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """A program of PostgreSQL, begun."""
        environment = {**os.environ, "PGDATABASE": "postgres", "PGPASSWORD": self._server.password("headwater_admin")}
        place = ["-h", "127.0.0.1", "-p", str(self._server.port), "-U", "headwater_admin"]
        started = subprocess.Popen(
            [self._server._programs() / name, *place, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert started.stdin is not None
        started.stdin.write(text)
        started.stdin.close()
        return started
