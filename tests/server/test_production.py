"""Production over HTTP, with a real PostgreSQL behind it: its tables, and that a draw or a plan stops there too."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from served import TOKEN, Served

from headwater.assembly import open_headwater
from headwater.demo.planted import PLANTED
from headwater.demo.postgres import Server
from headwater.demo.production import Production
from headwater.policy import allows

_SETUP = """
CREATE TABLE orders AS SELECT i AS id, 'person' || i || '@canary.example' AS email FROM generate_series(1, 20000) i;
ALTER TABLE orders ADD PRIMARY KEY (id);
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE VIEW seen AS SELECT * FROM orders;
CREATE FUNCTION slowly(n int) RETURNS int LANGUAGE plpgsql STABLE COST 100000 AS
  $$ BEGIN PERFORM pg_sleep(0.05); RETURN n; END $$;
CREATE TABLE slow (id int PRIMARY KEY); INSERT INTO slow SELECT generate_series(1, 2000);
ALTER TABLE slow ENABLE ROW LEVEL SECURITY;
CREATE ROLE reader LOGIN PASSWORD {password};
CREATE POLICY slow ON slow FOR SELECT TO reader USING (slowly(id) > 0);
GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
ANALYZE;
"""


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("postgresql"))
    with server:
        with server.connect() as connection:
            connection.execute(_SETUP.replace("{password}", f"'{server.password('reader')}'"))
        yield server
    shutil.rmtree(server.data.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def producing(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = _served(tmp_path_factory.mktemp("producing"), postgresql.dsn("reader"))
    yield server
    server.close()


@pytest.fixture
def admin(postgresql: Server) -> Iterator[psycopg.Connection[Any]]:
    with postgresql.connect() as connection:
        yield connection


def _served(folder: Path, dsn: str) -> Served:
    headwater = open_headwater(folder / "home")
    headwater.home.config_path.write_text('[sources.prod]\nkind = "postgresql"\ndsn_env = "SERVED_DSN"\n')
    headwater.close()
    return Served(folder, environ={"SERVED_DSN": dsn})


def _lines(server: Served) -> list[tuple[str, str, str]]:
    headwater = open_headwater(server.home)
    lines = [(line.action, line.resource, line.outcome) for line in headwater.audit.newest(50)]
    headwater.close()
    return lines


def _eventually(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _active(admin: psycopg.Connection[Any]) -> bool:
    return bool(
        admin.execute(
            "SELECT FROM pg_stat_activity WHERE application_name = 'headwater' AND state = 'active'"
            " AND query LIKE '%\"slow\"%'"
        ).fetchall()
    )


def _ended(server: Served, id: str) -> dict[str, Any]:
    job: dict[str, Any] = {}

    def over() -> bool:
        job.update(server.api("GET", f"/jobs/{id}").body)
        return job["state"] not in ("queued", "running")

    assert _eventually(over)
    return job


def test_tables_come_in_pages_with_estimates(producing: Served) -> None:
    (source,) = producing.api("GET", "/sources").body["sources"]
    assert (source["name"], source["available"]) == ("prod", True)
    found, cursor = [], None
    while True:
        query = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = producing.api("GET", "/sources/prod/tables", query=query).body
        found += page["tables"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [(one["name"], one["rows"], one["key"]) for one in found] == [
        ("public.orders", 20_000, ["id"]),
        ("public.pairs", 0, ["a", "b"]),
        ("public.seen", None, []),
        ("public.slow", 2_000, ["id"]),
    ]
    page = producing.api("GET", "/sources/prod/tables", query={"query": "email"}).body
    assert [one["name"] for one in page["tables"]] == ["public.orders", "public.seen"]
    assert producing.api("GET", "/sources/prod/tables", query={"cursor": "AAAA"}).status == 400


def test_numbers_beyond_json_are_refused_and_written_down(producing: Served) -> None:
    for asked in ({"rows": 2**60}, {"seed": 2**60}):
        answer = producing.api("POST", "/samples/plan", {"source": "prod", "table": "orders", **asked})
        assert (answer.status, answer.body["error"]["code"]) == (400, "usage")
        assert _lines(producing)[0] == ("sample.plan", "prod orders", "refused")


def test_a_delete_stops_the_draw_while_postgresql_works(producing: Served, admin: psycopg.Connection[Any]) -> None:
    job = producing.api("POST", "/samples", {"source": "prod", "table": "slow"}).body
    assert _eventually(lambda: _active(admin))
    assert producing.api("DELETE", f"/jobs/{job['id']}").status == 200
    assert _ended(producing, job["id"])["state"] == "cancelled"
    assert _eventually(lambda: not _active(admin))
    assert producing.api("GET", "/datasets/prod.slow").status == 404
    assert _lines(producing)[:2] == [("sample", "prod slow", "cancelled"), ("sample", "prod slow", "started")]


def test_a_plan_that_the_browser_gave_up_stops_in_postgresql(producing: Served, admin: psycopg.Connection[Any]) -> None:
    body = json.dumps({"source": "prod", "table": "slow"}).encode()
    with socket.create_connection(("127.0.0.1", producing.port)) as browser:
        browser.sendall(
            b"POST /headwater/v1/samples/plan HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + f"Authorization: token {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        assert _eventually(lambda: _active(admin))
    # The whole table would take a hundred seconds.
    assert _eventually(lambda: not _active(admin))
    assert _eventually(lambda: _lines(producing)[0] == ("sample.plan", "prod slow", "cancelled"))


def test_changing_a_mask_does_not_read_production_again(producing: Served) -> None:
    before = len(_lines(producing))
    for mask in ("email", "null", "drop"):
        plan = producing.api("POST", "/samples/plan", {"source": "prod", "table": "orders", "masks": {"email": mask}})
        assert next(one["mask"] for one in plan.body["masks"] if one["column"] == "email") == mask
    assert _lines(producing)[: len(_lines(producing)) - before] == [
        ("sample.plan", "prod orders", "done"),
        ("sample.plan", "prod orders", "started"),
    ]


def test_who_may_not_sample_is_written_down(as_role: tuple[str, Served]) -> None:
    role, server = as_role
    for path in ("/samples/plan", "/samples"):
        answer = server.api("POST", path, {"source": "prod", "table": f"asked_by_{role}"})
        if not allows(role, "sample"):  # type: ignore[arg-type]
            assert answer.status == 403
            assert _lines(server)[0][1:] == (f"prod asked_by_{role}", "refused")
    if not allows(role, "sample"):  # type: ignore[arg-type]
        server.api("POST", "/samples", raw=b"\xff{")
        assert _lines(server)[0] == ("samples.start", "", "refused")


@pytest.fixture(scope="module")
def airline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    production = Production(tmp_path_factory.mktemp("airline"))
    with production:
        yield production
    shutil.rmtree(production.server.data.parent, ignore_errors=True)


def test_no_planted_value_reaches_browser_log_or_event(
    airline: Production, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Everything that is answered, logged or told while the three tables with people are planned, drawn and looked at.

    The masked rows themselves are shown too: a masked value is none of production's.
    """
    tables = ("customers", "bookings", "payments")
    server = _served(tmp_path_factory.mktemp("airline-served"), airline.dsn)
    texts: list[str] = []

    def ask(method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = server.api(method, path, body, **more)
        assert answer.status < 300, answer.text
        texts.append(answer.text)
        return answer.body

    try:
        for table in tables:
            asked = {"source": "prod", "table": f"public.{table}", "rows": 5_000}
            ask("GET", "/sources/prod/tables", query={"query": table})
            ask("POST", "/samples/plan", asked)
            job = _ended(server, ask("POST", "/samples", asked)["id"])
            assert job["state"] == "done"
            texts.append(json.dumps(job))
            ask("GET", f"/datasets/prod.{table}/versions/v1/profile")
            ask("GET", f"/datasets/prod.{table}/versions/v1/rows", query={"limit": 100})
            # What cannot be done is answered and logged as well.
            server.api("POST", "/samples/plan", {**asked, "masks": {"no such": "keep"}})
            server.api("GET", f"/datasets/prod.{table}/versions/v1/rows", query={"where": "nope = 1"})
        headwater = open_headwater(server.home)
        texts += [json.dumps(dict(row), default=str) for row in headwater.database.query("SELECT * FROM event")]
        texts += [str(line) for line in headwater.audit.newest(100)]
        headwater.close()
    finally:
        server.close()
    texts += [path.read_text(encoding="utf-8") for path in (server.home / "run" / "host.log", server.log)]
    seen = "\n".join(texts)
    words = set(seen.replace('"', "\n").replace("\\n", "\n").replace(",", "\n").split("\n"))
    with airline.connect() as connection:
        for planted in PLANTED:
            if planted.anywhere:
                values = connection.execute(f"SELECT DISTINCT {planted.value} FROM {planted.table}".encode()).fetchall()
                told = [str(value) for (value,) in values if value]
                assert [value for value in told if value in words] == [], planted
                # Anywhere in a text, too; all of a million would take minutes.
                assert [value for value in told[:: max(1, len(told) // 100)] if value in seen] == [], planted
