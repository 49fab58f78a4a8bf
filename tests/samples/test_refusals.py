"""What is refused, what goes wrong, and that nothing is left of it, here or in production."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, Server, configured

from headwater.errors import (
    Cancelled,
    DatasetNotFound,
    HeadwaterError,
    SampleRefused,
    SourceNotFound,
    SourceUnavailable,
    TableNotFound,
    UsageError,
)
from headwater.sample_models import SampleRequest


def _nothing_kept(draw: Drawing, dataset: str) -> None:
    with pytest.raises(DatasetNotFound):
        draw.headwater.catalog.resolve(dataset)
    area = draw.headwater.store.area(dataset)
    assert area is None or not list(Path(draw.headwater.home.warehouse).rglob("*.parquet"))


@pytest.mark.parametrize(
    ("table", "more", "error", "word"),
    [
        ("restless", {}, SampleRefused, "calls pg_catalog.random"),
        ("far_away", {}, SampleRefused, "is a foreign table"),
        ("keyless", {"method": "keys", "keys": (("1",),)}, SampleRefused, "no key"),
        ("orders", {"rows": 2_000_000}, SampleRefused, "at most 1,000,000"),
        ("orders", {"rows": 0}, UsageError, "at least one row"),
        ("orders", {"rows": 2**53}, UsageError, "rows of a sample must be"),
        ("orders", {"seed": 2**53}, UsageError, "seed of a sample must be"),
        ("orders", {"seed": -(10**5000)}, UsageError, "seed of a sample must be"),
        ("ord\ud800ers", {}, HeadwaterError, "no table"),
        ("orders", {"masks": {"email": "keep"}}, SampleRefused, "cannot be kept"),
        ("orders", {"masks": {"email": "sparkle"}}, UsageError, "does not fit"),
        ("orders", {"masks": {"emial": "null"}}, HeadwaterError, "no column emial"),
        ("ordres", {}, TableNotFound, "no table ordres"),
        ("hidden.secret", {}, TableNotFound, "no table hidden.secret"),
        ("nobody_may", {}, TableNotFound, "no table nobody_may"),
        ("orders", {"dataset": "no good name"}, UsageError, "name"),
    ],
)
def test_a_refusal_says_why_and_is_in_the_audit_log(
    draw: Drawing, table: str, more: dict[str, Any], error: type[HeadwaterError], word: str
) -> None:
    with pytest.raises(error, match=word) as raised:
        draw(table, **{"rows": 100, **more})
    assert raised.value.hint
    assert draw.outcomes() == ["refused", "started"]
    _nothing_kept(draw, "prod.orders")


def test_a_near_name_is_suggested(draw: Drawing) -> None:
    with pytest.raises(TableNotFound) as raised:
        draw("ordres")
    assert "public.orders" in raised.value.hint


def test_an_unknown_source_names_the_known(draw: Drawing) -> None:
    with pytest.raises(SourceNotFound) as raised:
        draw.headwater.samples.tables("prdo")
    assert "prod" in raised.value.hint


def test_only_an_administrator_lets_a_personal_column_through(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn("reader"))
    headwater = configured(tmp_path / "home", masks={"public.orders.email": "keep"})
    loose = Drawing(headwater)
    loose("orders", 5)
    assert all("@canary.example" in text for text in loose.rows("prod.orders")["email"].to_pylist())
    with pytest.raises(SampleRefused, match="email is decided: keep"):
        loose("orders", 5, masks={"email": "null"})
    headwater.close()


def test_a_cancel_ends_the_query_in_production(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "CREATE TABLE IF NOT EXISTS large AS SELECT i AS id, repeat('x', 200) AS t FROM generate_series(1, 400000) i"
    )
    admin.execute("ALTER TABLE large DROP CONSTRAINT IF EXISTS large_pkey; ALTER TABLE large ADD PRIMARY KEY (id)")
    admin.execute("GRANT SELECT ON large TO reader")
    context = draw.context()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            draw("large", 400_000, context)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 20
    while not _active(admin) and time.monotonic() < deadline:
        time.sleep(0.01)
    context.cancel()
    thread.join(20)
    assert not thread.is_alive()
    assert isinstance(ended[0], Cancelled)
    # PostgreSQL tells the client first and then ends the statement's parallel workers.
    deadline = time.monotonic() + 2
    while _active(admin) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _active(admin) == []
    assert draw.outcomes() == ["cancelled", "started"]
    _nothing_kept(draw, "prod.large")


def test_production_that_drops_in_the_middle_leaves_nothing(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    ended = threading.Event()

    def drop() -> None:
        while not ended.is_set():
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'headwater' AND query LIKE '%slow_rows%'"
            )
            time.sleep(0.02)

    thread = threading.Thread(target=drop)
    thread.start()
    try:
        with pytest.raises(SourceUnavailable) as raised:
            for _ in range(50):
                draw("slow_rows", 2000)
    finally:
        ended.set()
        thread.join()
    assert "nothing was kept" in raised.value.message
    assert draw.outcomes()[0] == "failed"


def test_production_that_is_down(draw: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("TEST_DSN", f"postgresql://reader:sesame@127.0.0.1:{port}/postgres")
    with pytest.raises(SourceUnavailable, match="cannot be reached") as raised:
        draw("orders")
    assert "sesame" not in str(raised.value) + repr(raised.value.__context__)
    listed = draw.headwater.samples.sources().sources[0]
    assert (listed.available, "cannot be reached" in listed.message) == (False, True)
    assert draw.outcomes() == ["failed", "started"]


def test_a_wrong_password_is_not_told(draw: Drawing, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", f"postgresql://reader:sesame@127.0.0.1:{server.port}/postgres")
    with pytest.raises(SourceUnavailable, match="did not let Headwater in") as raised:
        draw("orders")
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize("dsn", ["", "nonsense without equals", "postgresql://reader:ses%zzame@["])
def test_a_connection_string_that_cannot_be_read(draw: Drawing, monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setenv("TEST_DSN", dsn)
    with pytest.raises(SourceUnavailable) as raised:
        draw("orders")
    assert dsn not in str(raised.value) or not dsn


def test_production_that_is_slow_is_stopped(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, admin: psycopg.Connection[Any]
) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn("reader"))
    headwater = configured(tmp_path / "home", statement_timeout_s=0.3)
    with server.connect() as holder, holder.transaction():
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceUnavailable, match="locked|longer than"):
            headwater.samples.plan(SampleRequest("prod", "orders", 10), "ann", Drawing(headwater).context())
    headwater.close()


def test_the_session_can_write_nothing(draw: Drawing) -> None:
    from headwater.sources.registry import open_source

    source = open_source(draw.headwater.config.sources["prod"])
    with source.snapshot() as snapshot, pytest.raises(SourceUnavailable):
        list(snapshot.batches("CREATE TEMP TABLE t (a int)"))  # type: ignore[attr-defined]


def _active(admin: psycopg.Connection[Any]) -> list[Any]:
    return admin.execute(
        "SELECT query FROM pg_stat_activity WHERE application_name = 'headwater' AND state = 'active'"
    ).fetchall()
