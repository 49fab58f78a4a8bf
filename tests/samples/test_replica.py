"""A real read replica as the source: its rows are drawn, its lag is shown, and a primary in its place is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import READER, Drawing, Server, configured

from headwater.errors import SourceUnavailable


@pytest.fixture(scope="module")
def replica(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("replica")
    server.password(READER)
    shutil.copy(server._directory / "passwords.json", directory)
    replica = Server(directory)
    subprocess.run(
        [server._programs() / "pg_basebackup", "-d", server.dsn(), "-D", replica.data, "-R", "-c", "fast"],
        check=True,
        capture_output=True,
    )
    if replica._account:
        for path in [replica.data, *replica.data.rglob("*")]:
            os.chown(path, replica._account.pw_uid, replica._account.pw_gid)
    with replica:
        yield replica
    shutil.rmtree(replica.data.parent, ignore_errors=True)


@pytest.fixture
def behind(replica: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawing]:
    monkeypatch.setenv("TEST_DSN", replica.dsn(READER))
    headwater = configured(tmp_path / "replica-home", replica=True)
    yield Drawing(headwater)
    headwater.close()


def test_the_same_rows_come_from_it(
    server: Server, behind: Drawing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert behind("orders", 500).rows == 500
    assert any("replica" in warning for warning in behind.plan("orders").warnings)
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    headwater = configured(tmp_path / "home")
    primary = Drawing(headwater)
    primary("orders", 500)
    assert primary.rows("prod.orders")["id"].equals(behind.rows("prod.orders")["id"])
    assert not any("replica" in warning for warning in primary.plan("orders").warnings)
    headwater.close()


def test_its_lag_is_shown(behind: Drawing, replica: Server, admin: psycopg.Connection[Any]) -> None:
    with replica.connect() as standby:
        deadline = time.monotonic() + 20
        while not standby.execute("SELECT status FROM pg_stat_wal_receiver WHERE status = 'streaming'").fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        standby.execute("SELECT pg_wal_replay_pause()")
        try:
            admin.execute("CREATE TABLE IF NOT EXISTS later (a int); INSERT INTO later VALUES (1)")
            time.sleep(1.2)
            (source,) = behind.headwater.samples.sources().sources
            assert source.available and source.lag_s is not None and source.lag_s >= 1
            assert any("s behind" in warning for warning in behind.plan("orders").warnings)
        finally:
            standby.execute("SELECT pg_wal_replay_resume()")


def test_a_primary_in_its_place_is_refused(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    headwater = configured(tmp_path / "home", replica=True)
    draw = Drawing(headwater)
    with pytest.raises(SourceUnavailable, match="is a primary"):
        draw("orders", 10)
    (source,) = headwater.samples.sources().sources
    assert not source.available and "primary" in source.message
    headwater.close()
