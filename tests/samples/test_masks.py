"""Masks of a draw: their keys, and who decides them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, configured

from headwater.cli import run
from headwater.errors import ColumnNotFound, Conflict, SampleRefused, UsageError
from headwater.ledger.recipes import Recipes
from headwater.sample_models import MaskDecision


def document(draw: Drawing, version: str) -> dict[str, object]:
    drawn = Recipes(draw.headwater.database).of("prod.orders", version)
    assert drawn is not None
    return dict(drawn.document)


def test_a_rotation_gives_other_values_and_stands_in_the_recipe(draw: Drawing) -> None:
    first, again = draw("orders", 50), draw("orders", 50)
    assert first.recipe == again.recipe
    entries = draw.headwater.masks.rotate("default", "ann")
    assert [(entry.id, entry.retired is None) for entry in entries] == [(1, False), (2, True)]
    rotated = draw("orders", 50)
    assert rotated.recipe != first.recipe
    assert document(draw, "v1")["mask_keys"] == {"email": "default/1"}
    assert document(draw, "v3")["mask_keys"] == {"email": "default/2"}
    before, same, after = (set(draw.rows(f"prod.orders@v{n}")["email"].to_pylist()) for n in (1, 2, 3))
    assert before == same
    assert not before & after
    assert [(one.action, one.outcome) for one in draw.headwater.audit.newest(20) if one.action == "masks.rotate"] == [
        ("masks.rotate", "done"),
        ("masks.rotate", "started"),
    ]


def test_a_domain_that_is_not_configured_cannot_be_rotated(draw: Drawing) -> None:
    with pytest.raises(UsageError, match="no mask domain"):
        draw.headwater.masks.rotate("person", "ann")


def test_the_command_rotates(draw: Drawing, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(draw.headwater.home.path))
    assert run(["masks", "rotate", "default", "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert [key["id"] for key in said["keys"]] == [1, 2]
    assert run(["masks", "rotate", "default"]) == 0
    assert "default/3" in capfd.readouterr().out
    assert run(["masks", "rotate", "nobody", "--json"]) == 2


def masked(draw: Drawing, column: str, **more: object) -> tuple[str, str, bool]:
    (found,) = (one for one in draw.plan("orders", 50, **more).masks if one.column == column)
    return found.mask, found.reason, found.locked


def test_a_decision_holds_for_every_later_draw_and_its_history_stays(draw: Drawing) -> None:
    service = draw.headwater.masks
    first = service.decide("prod", "orders", MaskDecision({"email": "pseudonym", "price": "noise"}, "agreed"), "ann")
    assert first.table == "public.orders"
    assert masked(draw, "email") == ("pseudonym", "decided by ann: agreed", True)
    with pytest.raises(SampleRefused, match="decided"):
        draw.plan("orders", masks={"email": "null"})
    draw("orders", 200)
    assert document(draw, "v1")["masks"] == {
        "id": "keep", "email": "pseudonym", "city_id": "keep", "state": "keep", "price": "noise"
    }  # fmt: skip
    again = service.decide("prod", "public.orders", MaskDecision({"email": None, "price": "keep"}, "no need"), "bob")
    assert masked(draw, "email")[0] == "email"
    assert [(one.revision, one.actor, one.why, one.masks) for one in again.history] == [
        (2, "bob", "no need", {"email": None, "price": "keep"}),
        (1, "ann", "agreed", {"email": "pseudonym", "price": "noise"}),
    ]
    assert [one.outcome for one in draw.headwater.audit.newest(50) if one.action == "masks.decide"] == [
        "done", "started", "done", "started"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "error"),
    [
        (MaskDecision({}, "why"), UsageError),
        (MaskDecision({"email": "keep"}, "  "), UsageError),
        (MaskDecision({"email": "keep"}, "x" * 501), UsageError),
        (MaskDecision({"email": "bin:x"}, "why"), UsageError),
        (MaskDecision({"nothing": "keep"}, "why"), ColumnNotFound),
        (MaskDecision({"email": "keep"}, "why", revision=3), Conflict),
    ],
)
def test_a_wrong_decision_is_refused_and_changes_nothing(
    draw: Drawing, decision: MaskDecision, error: type[Exception]
) -> None:
    draw.headwater.masks.decide("prod", "orders", MaskDecision({"email": "null"}, "first"), "ann")
    with pytest.raises(error):
        draw.headwater.masks.decide("prod", "orders", decision, "ann")
    assert draw.headwater.masks.table("prod", "orders").revision == 1


def test_columns_that_are_new_or_retyped_are_masked_until_decided_again(
    draw: Drawing, admin: psycopg.Connection[Any]
) -> None:
    admin.execute("CREATE TABLE evolving (id int PRIMARY KEY, size int, kind text)")
    try:
        admin.execute("INSERT INTO evolving SELECT i, i % 9, 'new' FROM generate_series(1, 100) i")
        admin.execute("GRANT SELECT ON evolving TO reader")
        service = draw.headwater.masks
        service.decide("prod", "evolving", MaskDecision({"kind": "keep"}, "codes"), "ann")
        admin.execute("ALTER TABLE evolving ALTER size TYPE text, ALTER kind TYPE varchar(9), ADD fresh int DEFAULT 4")
        found = {one.column: (one.mask, one.by, one.open) for one in service.table("prod", "evolving").columns}
        assert found["kind"] == found["size"] == found["fresh"] == (None, "nobody", True)
        draw("evolving")
        rows = draw.rows("prod.evolving").to_pydict()
        assert set(rows["fresh"]) != {4}
        assert not set(rows["kind"]) & {"new"}
        assert not set(rows["size"]) & set("012345678")
        with pytest.raises(SampleRefused, match="new since"):
            draw.plan("evolving", masks={"fresh": "keep"})
        service.decide("prod", "evolving", MaskDecision({"fresh": "keep", "kind": "keep"}, "seen"), "ann")
        draw("evolving")
        rows = draw.rows("prod.evolving@v2").to_pydict()
        assert (set(rows["fresh"]), set(rows["kind"])) == ({4}, {"new"})
    finally:
        admin.execute("DROP TABLE evolving")


def test_what_headwater_toml_says_stands_above_a_decision(draw: Drawing, tmp_path: Path) -> None:
    configured_here = configured(tmp_path / "home2", masks={"public.orders.email": "null"})
    service = configured_here.masks
    service.decide("prod", "orders", MaskDecision({"email": "keep"}, "open data"), "ann")
    plan = Drawing(configured_here).plan("orders", 50)
    (email,) = (one for one in plan.masks if one.column == "email")
    assert (email.mask, email.reason) == ("null", "set by an administrator")
    (shown,) = (one for one in service.table("prod", "orders").columns if one.column == "email")
    assert (shown.mask, shown.by) == ("null", "administrator")
    configured_here.close()


def test_the_command_shows_and_decides(
    draw: Drawing, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(draw.headwater.home.path))
    assert run(["masks", "prod", "orders", "--set", "email=null", "--why", "never needed", "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["columns"][1] == {
        "column": "email", "type": "text", "mask": "null", "by": "steward", "open": False,
        "reason": f"decided by {draw.headwater.user}: never needed",
    }  # fmt: skip
    assert run(["masks", "prod", "orders"]) == 0
    assert "never needed" in capfd.readouterr().out
    assert run(["masks", "prod", "orders", "--unset", "email", "--why", "needed"]) == 0
    assert "email=undecided" in capfd.readouterr().out
    assert run(["masks", "prod", "orders", "--set", "email=keep"]) == 2
