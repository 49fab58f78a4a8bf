"""Hostile requests by the thousand: each is refused in plain words or gets exactly its rows, and no statement but ours
reaches production, by its own log.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from production_fixtures import READER, Drawing, Server

from headwater.errors import HeadwaterError
from headwater.sample_models import SampleRequest
from headwater.services.sample_requests import check_request, selection_of

TIMES = int(os.environ.get("HOSTILE_TIMES", "1"))
"""10 for all three thousand, which takes minutes: ``HOSTILE_TIMES=10 pytest tests/samples/test_hostile.py``."""

PLANS, READS, DRAWS = 220 * TIMES, 70 * TIMES, 10 * TIMES
"""Hostile requests that are planned, that are read from the source, and that become versions."""

MARK = "zqxjk"
"""In every hostile text. Outside of a value that is bound it must never be in a statement."""

LONG = ("ü" * 31 + "x")[:32]
STRANGE = [
    "ho'st\"ile; -- 2", 'a"b', "a'b", "a b", "SELECT", "a;drop table orders", "a--b", "/*a", "a\\b", "%s", "$1", "{0}",
    "ß→", LONG, "x" * 63, "\u202etxt", "a\nb", "a\tb", ":p", "a.b", "?", "\U0001f600",
]  # fmt: skip
_NASTY = [
    "'", '"', "''", '""', ";", "--", "/*", "*/", "\\", "\0", "%", "%s", "$1", "$$", "{", "}", "(", ")", ",", "\n", "\t",
    " ", ".", "::text", " OR 1=1", " UNION SELECT usename FROM pg_user", "; DROP TABLE orders; --", "pg_sleep(9)",
    "' OR ''='", "E'\\x27'", "\u202e", "\u0000", "ß", "\ud800", "😀", "id", "state", " = ", " AND ", "NULL", "1",
    "lo_import('/etc/passwd')", "COPY orders TO PROGRAM 'id'", "DO $$ BEGIN END $$", "SET ROLE postgres", "LIKE",
    "IN (",
]  # fmt: skip

hostile = st.builds(
    lambda parts, place: "".join([*parts[:place], MARK, *parts[place:]]),
    st.lists(st.one_of(st.sampled_from(_NASTY), st.text(max_size=6)), min_size=1, max_size=6),
    st.integers(0, 6),
)
many = {"deadline": None, "database": None, "derandomize": True, "phases": [Phase.generate]}
checks = {"suppress_health_check": list(HealthCheck)}


@dataclass
class Log:
    """The statements that the reader's sessions sent, as the server wrote them down; values that were bound apart."""

    path: Any
    start: int = 0

    def statements(self) -> list[str]:
        text = self.path.read_bytes()[self.start :].decode("utf-8", "replace")
        found = re.findall(
            rf"^{READER}\|\d+\|LOG:  (?:statement|execute [^:]*): (.*?)(?=^[\w-]*\|\d*\|)", text, re.M | re.S
        )
        return [one.rstrip("\n") for one in found]


@pytest.fixture(scope="module")
def log(server: Server) -> Iterator[Log]:
    with server.connect() as connection:
        for number, name in enumerate(STRANGE):
            quoted = '"' + name.replace('"', '""') + '"'
            connection.execute(f"CREATE TABLE {quoted} (id int PRIMARY KEY, {quoted} int)".encode())
            connection.execute(f"INSERT INTO {quoted} SELECT i, {number} FROM generate_series(1, 30) i".encode())
            connection.execute(f"GRANT SELECT ON {quoted} TO {READER}".encode())
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("ALTER SYSTEM SET log_line_prefix = '%u|%p|'")
        connection.execute("SELECT pg_reload_conf()")
        path = server.data.parent / "postgresql.log"
        if not path.exists():
            path = server.data / "postgresql.log"
        yield Log(path, path.stat().st_size)
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("ALTER SYSTEM RESET log_line_prefix")
        connection.execute("SELECT pg_reload_conf()")


def words(statement: str) -> set[str]:
    """What a statement does: all its words, but for quoted names, which are the catalog's."""
    bare = re.sub(r'"(?:[^"]|"")*"', " ", statement)
    return {word.lower() for word in re.findall(r"[A-Za-z_][A-Za-z0-9_.]*|;", bare)}


def ordinary(draw: Drawing) -> None:
    """Requests as people make them, of every kind: what they send is what may be sent."""
    by: list[dict[str, Any]] = [
        {}, {"method": "block"}, {"method": "stratified", "by": ("state",)},
        {"method": "stratified", "by": ("state", "city_id"), "allocation": "equal"},
        {"method": "newest", "by": ("id",)}, {"method": "window", "by": ("id",), "start": "1", "end": "900"},
        {"method": "window", "by": ("price",), "start": "1"}, {"method": "top", "by": ("state",), "order": "price"},
        {"method": "keys", "keys": tuple((str(n),) for n in range(40))}, {"method": "all"}, {"pace": "fast"},
        {"where": "id < 90 AND (state = 'new' OR state LIKE 'p%' OR state IN ('x', 'paid')) AND NOT price IS NULL"},
        {"where": "state IS NOT NULL OR price <> 1.5 OR id IN (1, 2) OR state NOT LIKE 'a_' OR id BETWEEN 1 AND 5"},
        {"where": "id <= 60 AND state >= 'a' AND state < 'z' AND price <= 90 AND price > 0 AND id <> city_id"},
    ]  # fmt: skip
    for more in by:
        draw.plan("orders", 500, **more)
        draw("orders", 500, **more)
    for table in ("pairs", "recent", "keyless"):
        draw.plan(table, 30)
        draw(table, 30)
    draw.plan(f"public.{STRANGE[0]}", 10)


def refused(ask: Callable[[], Any]) -> Any:
    """What was answered, or None for a plain refusal; anything else fails the test."""
    try:
        return ask()
    except HeadwaterError as error:
        assert 400 <= error.status < 500, error
        assert error.message
        return None


def request_from(data: st.DataObject) -> tuple[str, dict[str, Any]]:
    text, kind = data.draw(hostile), data.draw(st.integers(0, 12))
    more: dict[str, Any] = {
        0: {}, 1: {"where": text}, 2: {"where": f"state = '{text}'"}, 3: {"where": f'"{text}" = 1'},
        4: {"method": "stratified", "by": (text,)}, 5: {"method": "top", "by": ("state",), "order": text},
        6: {"method": "keys", "keys": ((text,), *((str(n),) for n in range(30)))},
        7: {"method": "window", "by": ("id",), "start": text}, 8: {"masks": {text: "keep", "email": text}},
        9: {"dataset": text}, 10: {"method": text}, 11: {"allocation": text, "pace": text},
        12: {"method": "window", "by": (text,), "end": text, "where": text},
    }[kind]  # fmt: skip
    table = data.draw(st.sampled_from([text, f"public.{text}", f'"{text}"'])) if kind == 0 else "orders"
    return table, more


def test_hostile_requests(draw: Drawing, server: Server, log: Log, admin: psycopg.Connection[Any]) -> None:
    ordinary(draw)
    # What a filter comes to when it is always or never met.
    known = {"true", "false"}.union(*map(words, log.statements()))
    assert {"select", "begin"} <= known
    assert MARK not in str(log.statements())
    before = admin.execute("SELECT count(*), sum(id) FROM orders").fetchone()
    asked = {"plan": 0, "read": 0, "draw": 0}
    took = {"rows": 0}

    @settings(max_examples=PLANS, **many, **checks)
    @given(st.data())
    def plan(data: st.DataObject) -> None:
        table, more = request_from(data)
        asked["plan"] += 1
        refused(lambda: draw.plan(table, data.draw(st.sampled_from([40, 0, -1, 2**63, 10**30])), **more))

    source, config = draw.headwater.samples._open("prod"), draw.headwater.config.sources["prod"]

    @settings(max_examples=READS, **many, **checks)
    @given(hostile, st.integers(0, 3))
    def read(text: str, kind: int) -> None:
        """Texts that are values: bound, so that exactly the rows come that they leave."""
        asked["read"] += 1
        said = text.replace("'", "''")

        def rows() -> list[int]:
            with source.snapshot() as snapshot:
                table = snapshot.table("public.orders")
                where = {
                    0: f"id <= 40 AND state <> '{said}'",
                    1: f"id <= 40 AND NOT state IN ('{said}', 'x')",
                    2: f"id <= 40 AND (state = '{said}' OR id > 0)",
                    3: "id <= 40",
                }[kind]
                more = {"method": "keys", "keys": ((text,), *((str(n),) for n in range(1, 41)))} if kind == 3 else {}
                request = SampleRequest("prod", "orders", 50, where=where, **more)
                check_request(request, config)
                selection = selection_of(request, config, table.table, table.schema)
                return [one for batch in table.rows(selection) for one in batch.column("id").to_pylist()]

        found = refused(rows)
        if found is not None:
            took["rows"] += 1
            assert sorted(found) == list(range(1, 41))

    @settings(max_examples=DRAWS, **many, **checks)
    @given(st.sampled_from(STRANGE), hostile, st.integers(0, 2))
    def version(name: str, text: str, kind: int) -> None:
        """Names that are there: their rows come, however they are called."""
        asked["draw"] += 1
        said = text.replace("'", "''")
        more = {0: {}, 1: {"where": "id <> 7 OR id IN (7)"}, 2: {"method": "newest", "by": (name,)}}[kind]
        request = SampleRequest("prod", f"public.{name}", 40, dataset="hostile.t", **more)
        made = refused(
            lambda: draw.headwater.samples.draw(
                request, said.encode("ascii", "ignore").decode()[:40] or "ann", draw.context()
            )
        )
        assert made is not None
        assert draw.rows("hostile.t")["id"].to_pylist() == list(range(1, 31)) or made.rows == 30

    plan()
    read()
    version()
    assert sum(asked.values()) >= PLANS + READS + DRAWS, asked
    assert took["rows"] > READS / 3
    sent = log.statements()
    assert len(sent) > 100
    assert [one for one in sent if MARK in one] == []
    strange = {word for one in sent for word in words(one) - known}
    assert strange == set()
    assert admin.execute("SELECT count(*), sum(id) FROM orders").fetchone() == before
    assert draw.headwater.audit.verify().broken is None
    assert MARK not in str([line.details for line in draw.headwater.audit.newest(10_000)])
