"""What the host does while nobody waits: leases become the store's protection, and old events go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headwater.assembly import Headwater
from headwater.clock import as_text
from headwater.errors import StoreUnavailable
from headwater.host.leases import LeaseKeeper
from headwater.host.pruning import Pruner
from headwater.ledger.events import Events
from headwater.ledger.leases import Leases
from headwater.models import Version

Commit = Callable[..., Version]


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def lease(headwater: Headwater, *versions: tuple[str, str]) -> None:
    with headwater.database.transaction() as tx:
        Leases(headwater.database).hold(tx, "notebook", versions)


def test_a_lease_is_kept_in_the_store_and_let_go(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    lease(headwater, ("a.b", "v1"))
    keeper = LeaseKeeper(headwater)
    keeper.keep()
    assert Leases(headwater.database).unprotected() == []
    lease(headwater)
    assert Leases(headwater.database).released() == [("a.b", "v1")]
    keeper.keep()
    assert Leases(headwater.database).released() == []


def test_a_version_that_fails_holds_up_no_other_and_is_tried_again(
    headwater: Headwater, commit: Commit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.a", "a.b", "a.c"):
        commit(name, {"id": [1]})
    lease(headwater, ("a.a", "v1"), ("a.b", "v1"), ("a.c", "v1"))
    protect, asked = headwater.commits.protect, list[str]()

    def failing(dataset: str, version: str) -> None:
        asked.append(dataset)
        if dataset == "a.a":
            raise StoreUnavailable("The warehouse is away.")
        protect(dataset, version)

    monkeypatch.setattr(headwater.commits, "protect", failing)
    clock = Clock()
    keeper = LeaseKeeper(headwater, clock)
    keeper.keep()
    keeper.keep()
    assert asked == ["a.a", "a.b", "a.c"]
    assert Leases(headwater.database).unprotected() == [("a.a", "v1")]
    clock.now = 61
    keeper.keep()
    assert asked[3:] == ["a.a"]
    assert caplog.text.count("a.a v1 is not kept in the store: The warehouse is away.") == 1
    monkeypatch.undo()
    clock.now = 122
    keeper.keep()
    assert Leases(headwater.database).unprotected() == []


def add_events(headwater: Headwater, count: int, at: datetime) -> None:
    with headwater.database.transaction() as tx:
        tx.execute_many(
            "INSERT INTO event (at, topic, subject, payload) VALUES (?, 'job', 'x', '{}')", [(as_text(at),)] * count
        )


def test_events_older_than_a_day_go_but_for_the_newest(headwater: Headwater) -> None:
    clock, database = Clock(), headwater.database
    add_events(headwater, 1_500, datetime.now(UTC) - timedelta(days=2))
    newest = Events(database).last_seq()
    pruner = Pruner(headwater, clock)
    pruner.prune()
    assert _kept(database) == 1_000
    add_events(headwater, 1_200, datetime.now(UTC) - timedelta(hours=2))
    pruner.prune()
    assert _kept(database) == 2_200
    clock.now = 3_601
    pruner.prune()
    # What is younger than a day stays, however much it is; and no number comes again.
    assert _kept(database) == 1_200
    assert Events(database).since(0)[0].seq == newest + 1


def _kept(database: Any) -> int:
    return int(database.one("SELECT count(*) AS n FROM event")["n"])
