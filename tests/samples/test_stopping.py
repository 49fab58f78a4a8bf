"""What stops a draw: its caller, one statement's timeout, the deadline of all of them. The source is told each time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import READER, Drawing, Server, configured

from headwater.errors import Cancelled, SourceUnavailable
from headwater.sources.postgresql import source as source_module
from headwater.sources.postgresql.snapshot import PostgresqlSnapshot
from headwater.sources.registry import open_source


@pytest.fixture
def impatient(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    opened: list[Drawing] = []

    def make(statement_timeout_s: float) -> Drawing:
        opened.append(Drawing(configured(tmp_path / "home", statement_timeout_s=statement_timeout_s)))
        return opened[-1]

    yield make
    for drawing in opened:
        drawing.headwater.close()


def _until_idle(admin: psycopg.Connection[Any]) -> list[Any]:
    """The statements of ours that still run after 20 seconds."""
    deadline = time.monotonic() + 20
    while (
        found := admin.execute(
            "SELECT query FROM pg_stat_activity WHERE application_name = 'headwater' AND state = 'active'"
        ).fetchall()
    ) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_draw_of_a_slow_table_trips_the_statements_timeout(impatient: Any, admin: psycopg.Connection[Any]) -> None:
    draw = impatient(0.4)
    with pytest.raises(SourceUnavailable, match="longer than 0.4 s for one statement") as raised:
        draw("slow_keyed", 400)
    assert "statement_timeout_s" in raised.value.hint
    assert _until_idle(admin) == []
    assert draw.outcomes() == ["failed", "started"]


def test_a_draw_that_takes_too_long_in_all_trips_the_deadline(
    impatient: Any, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_STATEMENTS", 0.01)
    draw = impatient(60)
    with pytest.raises(SourceUnavailable, match="longer than 0.6 s in all"):
        draw("slow_keyed", 400)
    assert _until_idle(admin) == []
    assert draw.outcomes() == ["failed", "started"]
    assert not list(Path(draw.headwater.home.warehouse).rglob("*.parquet"))


def test_a_cancel_that_comes_just_before_the_statement_is_not_lost(
    draw: Drawing, admin: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = 0
    check = PostgresqlSnapshot._check

    def checked(self: PostgresqlSnapshot) -> None:
        nonlocal checks
        checks += 1
        check(self)
        if checks == 1:
            # The first cancel finds a statement that the server has not heard of yet.
            self.cancel()
            time.sleep(0.3)

    monkeypatch.setattr(PostgresqlSnapshot, "_check", checked)
    ended: list[BaseException] = []

    def work() -> None:
        with open_source(draw.headwater.config.sources["prod"]).snapshot() as snapshot:
            assert isinstance(snapshot, PostgresqlSnapshot)
            try:
                list(snapshot.batches("SELECT pg_sleep(50)"))
            except BaseException as error:
                ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    # Without a second cancel it sleeps for 50 seconds.
    thread.join(20)
    still_running = thread.is_alive()
    if still_running:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE '%pg_sleep(50)%' AND pid <> pg_backend_pid()"
        )
        thread.join(20)
    assert not still_running
    assert [type(error) for error in ended] == [Cancelled]


def test_a_plan_whose_caller_has_left_stops_in_production(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    context = draw.context()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            draw.plan("slow_keyed", context=context)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 20
    while not admin.execute(
        "SELECT FROM pg_stat_activity WHERE application_name = 'headwater' AND query LIKE '%slow_keyed%'"
        " AND state = 'active'"
    ).fetchall():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    context.cancel()
    thread.join(15)
    assert not thread.is_alive()
    assert [type(error) for error in ended] == [Cancelled]
    assert _until_idle(admin) == []
    assert draw.outcomes() == ["cancelled", "started"]
