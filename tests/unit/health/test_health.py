"""``doctor``: what is wrong is found, said, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.assembly import open_headwater
from headwater.home import Home
from headwater.services.health import Finding, HealthService


@pytest.fixture
def home(tmp_path: Path) -> Home:
    parts = open_headwater(tmp_path / "home")
    assert parts.database.dialect == "sqlite"
    parts.close()
    return parts.home


def troubles(home: Home) -> list[Finding]:
    return [finding for finding in HealthService(home).examine() if finding.state != "ok"]


def test_a_good_home_has_no_trouble(home: Home) -> None:
    assert troubles(home) == []


def test_no_home_is_made_by_looking(tmp_path: Path) -> None:
    (found,) = troubles(Home(tmp_path / "none"))
    assert (found.state, found.hint) == ("problem", "Make one with: headwater init")
    assert list(tmp_path.iterdir()) == []


def test_an_open_home_is_found(home: Home) -> None:
    home.path.chmod(0o755)
    (found,) = troubles(home)
    assert (found.check, found.state) == ("permissions", "warning")


def test_a_source_without_credentials_is_found_and_no_secret_told(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = "postgresql://u:hunter2@127.0.0.1:1/d"
    secret = tmp_path / "dsn"
    secret.write_text(nobody)
    secret.chmod(0o644)
    home.config_path.write_text(
        '[sources.a]\nkind = "postgresql"\ndsn_env = "A_DSN"\n'
        f'[sources.b]\nkind = "postgresql"\ndsn_file = "{secret}"\n[typo]\n'
    )
    found = {(f.check, f.state): f for f in troubles(home)}
    assert set(found) == {("source a", "problem"), ("source b", "warning"), ("configuration", "warning")}
    assert "A_DSN is not set" in found["source a", "problem"].detail
    monkeypatch.setenv("A_DSN", nobody)
    everything = HealthService(home).examine()
    assert not any("hunter2" in f.detail + f.hint for f in everything)
    told = [(f.state, f.detail) for f in everything if f.check == "source a"]
    assert told[0] == ("ok", "postgresql, credentials are there")
    assert told[1][0] == "warning" and "cannot be reached" in told[1][1]


def test_a_broken_configuration_hides_no_other_trouble(home: Home) -> None:
    home.config_path.write_text("[sources.a")
    home.path.chmod(0o755)
    assert {f.check for f in troubles(home)} >= {"configuration", "permissions"}


def test_a_lost_and_a_damaged_ledger_are_found(home: Home) -> None:
    content = bytearray(home.ledger_path.read_bytes())
    content[4096:8192] = b"\x99" * 4096
    home.ledger_path.write_bytes(bytes(content))
    assert any("damaged" in f.detail for f in troubles(home))
    home.ledger_path.unlink()
    (found,) = troubles(home)
    assert "missing" in found.detail
    assert "--rebuild" in found.hint
    assert not home.ledger_path.exists()


def test_a_commit_that_did_not_end_is_found(home: Home) -> None:
    parts = open_headwater(home)
    with parts.database.transaction() as tx:
        tx.execute(
            "INSERT INTO intent (dataset, document, started) VALUES (?, ?, ?)",
            ("sales.orders", "{}", "2026-01-01T00:00:00.000Z"),
        )
    parts.close()
    (found,) = troubles(home)
    assert "sales.orders" in found.detail
