"""Masks of a draw: their keys, and who decides them."""

from __future__ import annotations

import json

import pytest
from production_fixtures import Drawing

from headwater.cli import run
from headwater.errors import UsageError
from headwater.ledger.recipes import Recipes


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
