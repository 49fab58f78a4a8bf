"""What the configured user could do beyond reading is said, and nothing is said of one that could do nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import ADMIN, Drawing, Server, configured

from headwater.services.health import HealthService
from headwater.sources.registry import open_source


def _powers(draw: Drawing) -> tuple[str, ...]:
    return open_source(draw.headwater.config.sources["prod"]).powers()


@pytest.mark.parametrize(
    ("grant", "revoke", "said"),
    [
        ("GRANT INSERT (a) ON keyless TO reader", "REVOKE INSERT (a) ON keyless FROM reader", "change rows of"),
        ("GRANT CREATE ON SCHEMA public TO reader", "REVOKE CREATE ON SCHEMA public FROM reader", "create objects"),
        ("GRANT pg_signal_backend TO reader", "REVOKE pg_signal_backend FROM reader", "pg_signal_backend"),
        ("ALTER ROLE reader CREATEDB", "ALTER ROLE reader NOCREATEDB", "create databases"),
        (
            "CREATE FUNCTION owned() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "DROP FUNCTION owned",
            "owners' rights public.owned",
        ),
    ],
)
def test_each_power_is_named(draw: Drawing, admin: psycopg.Connection[Any], grant: str, revoke: str, said: str) -> None:
    admin.execute("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    admin.execute("ALTER ROLE reader CONNECTION LIMIT 20")
    assert _powers(draw) == ()
    admin.execute(grant.encode())
    try:
        (power,) = _powers(draw)
        assert said in power
    finally:
        admin.execute(revoke.encode())


def test_the_doctor_says_so_of_a_superuser(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn(ADMIN))
    headwater = configured(tmp_path / "home")
    headwater.close()
    told = [found for found in HealthService(headwater.home).examine() if found.check == "source prod"]
    assert [found.state for found in told] == ["ok", "warning"]
    assert "superuser" in told[1].detail and "SELECT" in told[1].hint
