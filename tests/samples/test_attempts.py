"""Every attempt is in the audit log: refused, only planned, killed in the middle, or with numbers beyond JSON."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, Server, configured

from headwater.cli import run
from headwater.errors import DiskFull, SampleRefused, Unavailable, UsageError
from headwater.ledger.sqlite import SqliteDatabase
from headwater.models import AuditEntry
from headwater.processes import this_process
from headwater.services.audit import AuditService
from headwater.services.commits import CommitService


def _lines(draw: Drawing) -> list[AuditEntry]:
    return draw.headwater.audit.newest(50)


def test_a_draw_has_a_line_before_it_and_one_after_it(draw: Drawing) -> None:
    draw("orders", 20)
    ended, started = _lines(draw)
    assert (started.outcome, ended.outcome, ended.details["started"]) == ("started", "done", started.seq)
    assert (ended.details["drawn"], ended.details["of"]) == (20, 20_000)
    assert draw.headwater.audit.verify().broken is None


@pytest.mark.parametrize("asked", [{"rows": 2**60}, {"seed": -(2**70)}, {"seed": 10**5000}, {"table": "a\ud800\0"}])
def test_numbers_and_names_that_json_cannot_hold_are_written_as_text(draw: Drawing, asked: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"whole number|no table|source"):
        draw(**{"table": "orders", "rows": 1, **asked})
    assert _lines(draw)[0].outcome in ("refused", "failed")
    assert draw.headwater.audit.verify().broken is None


def test_the_command_line_refuses_a_seed_beyond_json(
    draw: Drawing, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(draw.headwater.home.path))
    assert run(["sample", "prod", "orders", "--seed", str(2**60), "--json"]) == 2
    assert '"usage"' in capfd.readouterr().out
    assert _lines(draw)[0].details["seed"] == str(2**60)


@pytest.mark.parametrize(
    ("table", "more", "reached"),
    [("restless", {}, True), ("orders", {"masks": {"email": "keep"}}, True), ("orders", {"rows": 2_000_000}, False)],
)
def test_a_refused_plan_is_in_the_log(draw: Drawing, table: str, more: dict[str, Any], reached: bool) -> None:
    with pytest.raises(SampleRefused):
        draw.plan(table, **more)
    assert [(line.action, line.outcome) for line in _lines(draw)] == [
        ("sample.plan", outcome) for outcome in (("refused", "started") if reached else ("refused",))
    ]


def test_a_plan_that_reads_production_is_in_the_log_once(draw: Drawing) -> None:
    draw.plan("orders")
    draw.plan("orders", masks={"email": "null"})
    assert draw.outcomes() == ["done", "started"]


def test_nothing_is_read_when_the_log_cannot_be_written(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise DiskFull("The disk is full.")

    monkeypatch.setattr(AuditService, "start", full)
    monkeypatch.setattr(type(draw.headwater.samples), "_open", lambda *_: pytest.fail("production was reached"))
    with pytest.raises(DiskFull):
        draw("orders")


def test_a_log_that_is_full_at_the_end_has_the_beginning(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(AuditService, "end", full)
    assert draw("orders", 10).rows == 10
    assert draw.outcomes() == ["started"]


def test_what_fails_unforeseen_is_in_the_log(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("ann@canary.example")

    monkeypatch.setattr(CommitService, "commit", broken)
    with pytest.raises(ValueError, match="canary"):
        draw("orders", 10)
    assert draw.outcomes() == ["failed", "started"]
    assert "canary" not in str(_lines(draw))


_KILLED = """
import sys
from headwater.assembly import open_headwater
from headwater.sample_models import SampleRequest
from headwater.services.jobs import JobContext
open_headwater(sys.argv[1]).samples.draw(SampleRequest("prod", "slow_keyed", 400), "bob", JobContext(lambda *_: None))
"""


def test_a_draw_whose_process_was_killed_is_settled_by_the_doctor(
    draw: Drawing, server: Server, admin: psycopg.Connection[Any]
) -> None:
    home = draw.headwater.home.path
    process = subprocess.Popen([sys.executable, "-c", _KILLED, str(home)], env={**os.environ})
    deadline = time.monotonic() + 30
    while not admin.execute(
        "SELECT FROM pg_stat_activity WHERE query LIKE '%slow_keyed%' AND state = 'active' AND pid <> pg_backend_pid()"
    ).fetchall():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert draw.outcomes() == ["started"]
    assert run(["doctor", "--home", str(home)]) == 0
    ended, started = _lines(draw)
    assert (ended.actor, ended.outcome, ended.details["error"]) == ("bob", "failed", "process_ended")
    assert ended.details["started"] == started.seq
    assert draw.headwater.audit.settle() == 0


def test_a_draw_that_is_under_way_is_not_settled(draw: Drawing) -> None:
    audit = draw.headwater.audit
    started = audit.start("ann", "sample", "prod orders", {})
    assert audit.settle() == 0
    database = draw.headwater.database
    assert isinstance(database, SqliteDatabase)
    gone = "999999999.1@" + this_process().partition("@")[2]
    with database.transaction() as tx:
        tx.execute("UPDATE audit_open SET worker = ? WHERE seq = ?", (gone, started))
    assert audit.settle() == 1
    audit.end(started, "ann", "sample", "prod orders", "done", {})
    assert draw.outcomes() == ["failed", "started"]


def test_a_new_host_settles_too(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from headwater.host.client import HostClient

    monkeypatch.setenv("TEST_DSN", server.dsn("reader"))
    headwater = configured(tmp_path / "home")
    started = headwater.audit.start("ann", "sample", "prod orders", {})
    gone = "999999999.1@" + this_process().partition("@")[2]
    with headwater.database.transaction() as tx:
        tx.execute("UPDATE audit_open SET worker = ? WHERE seq = ?", (gone, started))
    client = HostClient(headwater.home, attached=True)
    try:
        client.start()
        deadline = time.monotonic() + 20
        while len(headwater.audit.newest()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [line.outcome for line in headwater.audit.newest()] == ["failed", "started"]
        viewer = {"user": "vic", "source": "request", "role": "viewer"}
        for op in ("sample.plan", "sample.draw"):
            with pytest.raises(Exception, match="viewer may not"):
                client.call(op, {"request": {"source": "prod", "table": "orders"}, "actor": viewer})
        told = [(line.actor, line.action, line.resource, line.outcome) for line in headwater.audit.newest(2)]
        assert told == [
            ("vic", "sample.draw", "prod orders", "refused"),
            ("vic", "sample.plan", "prod orders", "refused"),
        ]
    finally:
        client.close()
        headwater.close()


def test_a_usage_error_reaches_nothing(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(draw.headwater.samples), "_open", lambda *_: pytest.fail("production was reached"))
    with pytest.raises(UsageError):
        draw.plan("orders", rows=0)
