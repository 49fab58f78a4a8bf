"""What runs in production ends when the process that asked for it is killed, whatever the server sees of its client."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, Server

from headwater.sources.guard import Guard

_BLIND = """
import sys
from headwater.sources.postgresql import snapshot
# As on a server that does not look after its clients.
snapshot.settings = lambda s, all_=snapshot.settings: tuple(x for x in all_(s) if "client_connection_check" not in x)
from headwater.assembly import open_headwater
from headwater.sample_models import SampleRequest
from headwater.services.jobs import JobContext
open_headwater(sys.argv[1]).samples.draw(SampleRequest("prod", "sleepy", 1), "bob", JobContext(lambda *_: None))
"""


def _running(admin: psycopg.Connection[Any]) -> int:
    found = admin.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleepy%' AND state = 'active'"
        " AND pid <> pg_backend_pid()"
    ).fetchone()
    return int(found[0]) if found else 0


def _until(met: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not met() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(met())


@pytest.fixture
def sleepy(admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "DROP TABLE IF EXISTS sleepy; CREATE TABLE sleepy (id int PRIMARY KEY); INSERT INTO sleepy VALUES (1);"
        "CREATE OR REPLACE FUNCTION sleep_long(n int) RETURNS boolean LANGUAGE plpgsql STABLE AS"
        " $$ BEGIN PERFORM pg_sleep(50); RETURN true; END $$;"
        "ALTER TABLE sleepy ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY slow ON sleepy FOR SELECT TO reader USING (sleep_long(id)); GRANT SELECT ON sleepy TO reader"
    )


def _killed(draw: Drawing, admin: psycopg.Connection[Any], ends: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", _BLIND, str(draw.headwater.home.path)], env={**os.environ})
    try:
        assert _until(lambda: _running(admin) or process.poll() is not None, 30)
        assert _running(admin) == 1
        process.send_signal(ends)
        process.wait()
        assert _until(lambda: not _running(admin), 3)
    finally:
        process.kill()
        process.wait()


@pytest.mark.usefixtures("sleepy")
@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGTERM])
def test_a_statement_ends_with_its_process(draw: Drawing, admin: psycopg.Connection[Any], ends: signal.Signals) -> None:
    _killed(draw, admin, ends)


def test_a_watchdog_that_was_ended_is_started_again(
    server: Server,
) -> None:
    guard = Guard()
    dsn = server.dsn("reader")
    with psycopg.connect(dsn, autocommit=True) as one, psycopg.connect(dsn, autocommit=True) as other:
        sessions = [
            dict(zip(("pid", "started"), row, strict=True))
            for each in (one, other)
            for row in each.execute(
                "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()"
            ).fetchall()
        ]
        guard.watch("postgresql", dsn, sessions[0])
        first = guard._process
        assert first is not None
        first.kill()
        first.wait()
        forgotten = guard.watch("postgresql", dsn, sessions[1])
        second = guard._process
        assert second is not None and second.pid != first.pid and second.stdin is not None
        guard.forget(forgotten)
        second.stdin.close()
        assert second.wait(20) == 0
        with pytest.raises(psycopg.OperationalError):
            one.execute("SELECT 1")
        assert other.execute("SELECT 1").fetchone() == (1,)
