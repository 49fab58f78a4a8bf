"""Quotas: what is used up is refused plainly, says when it frees, and is in the audit log."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from production_fixtures import READER, Drawing, Server, configured

from headwater.clock import as_text
from headwater.config import parse_config
from headwater.errors import HeadwaterError, SampleRefused, UsageError
from headwater.sample_models import SampleRequest


@pytest.fixture
def home(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    return tmp_path / "home"


def opened(home: Path, quotas: str) -> Drawing:
    configured(home).close()
    with open(home / "headwater.toml", "a", encoding="utf-8") as file:
        file.write(f"\n{quotas}\n")
    from headwater.assembly import open_headwater

    return Drawing(open_headwater(home))


def by(draw: Drawing, user: str) -> None:
    draw.headwater.samples.draw(SampleRequest("prod", "orders", 30), user, draw.context())


def test_draws_of_a_day(home: Path) -> None:
    draw = opened(home, "[quotas]\ndraws_per_day = 2\n[quotas.users.bob]\ndraws_per_day = 1")
    by(draw, "ann")
    by(draw, "ann")
    with pytest.raises(SampleRefused, match="ann has used 2 of 2 draws of the last 24 hours") as raised:
        by(draw, "ann")
    assert raised.value.details["frees"] > as_text(datetime.now(UTC) + timedelta(hours=23))
    assert "free at" in raised.value.hint
    line = draw.headwater.audit.newest(1)[0]
    assert (line.actor, line.outcome, line.details["quota"]) == ("ann", "refused", "draws_per_day")
    by(draw, "bob")
    with pytest.raises(SampleRefused, match="1 of 1"):
        by(draw, "bob")
    with draw.headwater.database.transaction() as tx:
        tx.execute("UPDATE audit SET at = ?", (as_text(datetime.now(UTC) - timedelta(hours=25)),))
    by(draw, "ann")
    draw.headwater.close()


def test_bytes_of_a_day_and_samples_that_are_kept(home: Path) -> None:
    draw = opened(home, "[quotas.users.ann]\nbytes_per_day = 1\n[quotas.users.bob]\nstored_samples = 1")
    by(draw, "ann")
    with pytest.raises(SampleRefused, match="bytes of the last 24 hours"):
        by(draw, "ann")
    by(draw, "bob")
    with pytest.raises(SampleRefused, match="1 of 1 samples that are kept") as raised:
        by(draw, "bob")
    assert raised.value.details["frees"] == draw.headwater.catalog.resolve("prod.orders").expires
    draw.headwater.erasure.erase("prod.orders@v2", "no longer used", "bob")
    by(draw, "bob")
    draw.headwater.close()


def test_a_group_shares_its_quota(home: Path) -> None:
    draw = opened(home, '[quotas.groups.team]\nusers = ["ann", "bob"]\ndraws_per_day = 2')
    by(draw, "ann")
    by(draw, "bob")
    with pytest.raises(SampleRefused, match="The group team has used 2 of 2"):
        by(draw, "ann")
    by(draw, "eve")
    draw.headwater.close()


def test_of_two_at_once_one_passes(home: Path) -> None:
    draw = opened(home, "[quotas]\ndraws_per_day = 1")
    told: list[str] = []

    def announce() -> None:
        try:
            draw.headwater.samples.announce(SampleRequest("prod", "orders", 30), "ann")
            told.append("begun")
        except HeadwaterError as error:
            told.append(error.code)

    threads = [threading.Thread(target=announce) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["begun", *["sample_refused"] * 5]
    draw.headwater.close()


@pytest.mark.parametrize(
    "text",
    [
        "[quotas]\ndraws = 1",
        "[quotas]\ndraws_per_day = -1",
        '[quotas]\nbytes_per_day = "1"',
        "[quotas.groups.x]\ndraws_per_day = 1",
    ],
)
def test_a_quota_that_is_none(text: str) -> None:
    with pytest.raises(UsageError):
        parse_config(text)
