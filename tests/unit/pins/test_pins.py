"""One truth of a notebook's pins: the file while nothing holds it, the record while something does."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headwater.errors import (
    BadName,
    DatasetNotFound,
    InvalidNotebook,
    NotebookNotFound,
    PinConflict,
    UsageError,
    VersionNotFound,
)
from headwater.ledger.leases import Leases
from headwater.models import PinOperation


def test_a_pin_is_written_to_a_file_that_nothing_holds(desk: Any) -> None:
    path = desk.notebook()
    pinned = desk.set(path, "sales.orders", reason="year end")
    entry = desk.section(path)["pins"]["sales.orders"]
    assert entry["version"] == "v3"
    assert (entry["pinnedBy"], entry["reason"], entry["kind"]) == ("ada", "year end", "real")
    assert desk.section(path)["id"] == pinned.notebook


def test_writing_a_pin_changes_nothing_else_of_the_file(desk: Any) -> None:
    path = desk.folder / "a.ipynb"
    content = {
        "cells": [
            {
                "cell_type": "code",
                "id": "x",
                "source": ["größe = 1\n", "'☃'"],
                "outputs": [],
                "metadata": {},
                "execution_count": None,
            }
        ],
        "metadata": {"zone": {"b": 1, "a": [1.5, None]}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    desk.write(path, content)
    os.chmod(path, 0o640)
    before = path.read_text(encoding="utf-8")
    desk.set(path, "sales.orders")
    desk.remove(path, "sales.orders")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["metadata"].pop("headwater")["pins"] == {}
    after = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert after == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in desk.folder.iterdir()] == ["a.ipynb"]


def test_a_tag_and_a_digest_prefix_name_the_version_to_pin(desk: Any) -> None:
    path = desk.notebook()
    desk.headwater.catalog.tag("sales.orders@v2", "golden", "ada")
    desk.set(path, "sales.orders", "golden")
    assert desk.versions(path) == {"sales.orders": "v2"}
    desk.set(path, "sales.orders", f"{0:064x}")
    assert desk.versions(path) == {"sales.orders": "v1"}


def test_states_say_how_far_a_pin_is_behind(desk: Any) -> None:
    path = desk.notebook()
    desk.set(path, "sales.orders", "v1")
    desk.set(path, "sales.customers")
    states = {s.dataset: (s.state, s.behind) for s in desk.pins.get(path).pins}
    assert states == {"sales.orders": ("behind", 2), "sales.customers": ("current", 0)}
    desk.version("sales.customers")
    assert {s.dataset: s.behind for s in desk.pins.get(path).pins}["sales.customers"] == 1


@pytest.mark.parametrize(
    ("dataset", "entry", "newest"),
    [
        ("sales.orders", {"version": "v9", "digest": ""}, "v3"),
        ("sales.gone", {"version": "v1", "digest": ""}, None),
        ("sales.orders", {"version": "v2", "digest": "e" * 64}, "v3"),
    ],
)
def test_a_version_that_this_home_does_not_have_is_missing(
    desk: Any, dataset: str, entry: dict[str, str], newest: str | None
) -> None:
    path = desk.notebook(section={"pins": {dataset: entry}})
    status = desk.pins.get(path).pins[0]
    assert (status.state, status.pinned) == ("missing", None)
    assert (status.newest.version if status.newest else None) == newest


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (PinOperation("set", "sales.nothing"), DatasetNotFound),
        (PinOperation("set", "sales.orders", "v99"), VersionNotFound),
        (PinOperation("set", "sales.orders", "no version"), BadName),
        (PinOperation("set", "orders"), BadName),
        (PinOperation("remove", "orders"), BadName),
        (PinOperation("set", "sales.orders", None, "x" * 5_000), UsageError),
    ],
)
def test_what_cannot_be_pinned_changes_nothing(desk: Any, operation: PinOperation, error: type[Exception]) -> None:
    path = desk.notebook()
    before = path.read_bytes()
    with pytest.raises(error):
        desk.pins.apply(path, None, [PinOperation("set", "sales.customers"), operation], "ada")
    assert path.read_bytes() == before
    assert desk.versions(path) == {}


@pytest.mark.parametrize(
    "entry",
    [
        {"version": "v9", "digest": "d" * 64, "kind": "sample", "pinnedBy": "eve", "pinnedAt": "2026", "reason": "why"},
        {"version": "v2", "digest": "e" * 64, "kind": "real", "pinnedBy": "eve", "pinnedAt": "2026", "reason": ""},
    ],
)
def test_the_pin_of_a_missing_version_can_be_put_back(desk: Any, entry: dict[str, str]) -> None:
    path = desk.notebook(section={"pins": {"sales.orders": entry}})
    before = desk.pins.get(path).pins[0].pin
    desk.remove(path, "sales.orders")
    restored = desk.pins.apply(path, None, [PinOperation("set", "sales.orders", pin=before)], "ada").pins[0]
    assert restored.state == "missing"
    again = desk.section(path)["pins"]["sales.orders"]
    assert {**again, "pinnedAt": "2026"} == {**entry, "pinnedBy": "ada"}
    assert again["pinnedAt"] > "2026"


def test_a_pin_that_is_put_back_has_the_kind_that_its_version_has(desk: Any) -> None:
    desk.version("prod.bookings", kind="sample")
    path = desk.notebook()
    pin = desk.set(path, "prod.bookings").pins[0].pin
    desk.remove(path, "prod.bookings")
    forged = PinOperation("set", "prod.bookings", pin=replace(pin, kind="real"))
    assert desk.pins.apply(path, None, [forged], "ada").pins[0].pin.kind == "sample"


@pytest.mark.parametrize(
    "change",
    [{"dataset": "sales.customers"}, {"version": "golden"}, {"version": ""}, {"reason": "x" * 5_000}, {"kind": "best"}],
)
def test_what_is_no_pin_is_not_put_back(desk: Any, change: dict[str, str]) -> None:
    path = desk.notebook()
    pin = desk.set(path, "sales.orders", "v1").pins[0].pin
    with pytest.raises(UsageError, match="no pin of"):
        desk.pins.apply(path, None, [PinOperation("set", "sales.orders", pin=replace(pin, **change))], "ada")
    assert desk.file_pins(path) == {"sales.orders": "v1"}


def test_two_operations_on_one_dataset_are_refused(desk: Any) -> None:
    with pytest.raises(UsageError, match="same dataset"):
        desk.pins.apply(
            desk.notebook(),
            None,
            [PinOperation("set", "sales.orders"), PinOperation("remove", "sales.orders")],
            "ada",
        )


@pytest.mark.parametrize("text", ["", "{", "[]", "not json", "\xff"])
def test_a_file_that_is_no_notebook_is_refused_and_left_alone(desk: Any, text: str) -> None:
    path = desk.folder / "a.ipynb"
    path.write_bytes(text.encode("latin-1"))
    for call in (
        lambda: desk.pins.get(path),
        lambda: desk.set(path, "sales.orders"),
        lambda: desk.pins.open(path, "tab"),
    ):
        with pytest.raises(InvalidNotebook):
            call()
    assert path.read_bytes() == text.encode("latin-1")


@pytest.mark.parametrize(
    "pins",
    [
        [],
        {"sales.orders": "v1"},
        {"sales.orders": {"version": "12"}},
        {"sales.orders": {"version": "latest"}},
        {"x": {"version": "v1"}},
    ],
)
def test_a_malformed_pin_is_said_and_not_passed_over(desk: Any, pins: Any) -> None:
    path = desk.notebook(section={"id": "n", "pins": pins})
    with pytest.raises(InvalidNotebook, match="metadata is damaged"):
        desk.pins.get(path)


def test_a_notebook_that_is_not_there(desk: Any) -> None:
    with pytest.raises(NotebookNotFound):
        desk.pins.get(desk.folder / "none.ipynb")


def test_an_edit_of_a_file_that_nothing_holds_is_the_truth(desk: Any) -> None:
    path = desk.notebook()
    pinned = desk.set(path, "sales.orders")
    desk.notebook(section={"id": pinned.notebook, "pins": {"sales.orders": {"version": "v1"}}})
    found = desk.pins.get(path)
    assert desk.versions(path) == {"sales.orders": "v1"}
    assert found.revision > pinned.revision


def test_while_an_editor_is_open_the_record_is_the_truth(desk: Any) -> None:
    path = desk.notebook()
    desk.pins.open(path, "tab")
    before = path.read_bytes()
    opened = desk.set(path, "sales.orders", "v2")
    assert path.read_bytes() == before
    desk.notebook(section={"id": opened.notebook, "pins": {"sales.orders": {"version": "v1"}}})
    assert desk.versions(path) == {"sales.orders": "v2"}
    desk.save(path)
    assert desk.file_pins(path) == {"sales.orders": "v2"}


def test_a_save_writes_the_record_whatever_old_copy_the_front_end_holds(desk: Any) -> None:
    path = desk.notebook()
    content = json.loads(path.read_text())
    desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    desk.save(path, content)
    desk.set(path, "sales.customers")
    desk.save(path, content)
    assert desk.file_pins(path) == {"sales.orders": "v2", "sales.customers": "v2"}


def test_a_save_after_the_editor_was_not_heard_of_keeps_its_pins(desk: Any) -> None:
    path = desk.notebook()
    content = json.loads(path.read_text())
    desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    desk.pins.close(path, "tab")
    desk.save(path, content)
    assert desk.file_pins(path) == {"sales.orders": "v2"}


def test_what_was_not_saved_holds_again_when_the_notebook_is_opened_again(desk: Any) -> None:
    path = desk.notebook()
    desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    desk.pins.close(path, "tab")
    assert desk.versions(path) == {}
    desk.set(path, "sales.customers")
    assert desk.file_pins(path) == {"sales.customers": "v2"}
    opened = desk.pins.open(path, "tab 2")
    assert {s.dataset for s in opened.pins} == {"sales.orders", "sales.customers"}


def test_what_was_not_saved_gives_way_to_a_later_edit_of_the_file(desk: Any) -> None:
    path = desk.notebook()
    opened = desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    desk.pins.close(path, "tab")
    desk.notebook(section={"id": opened.notebook, "pins": {"sales.orders": {"version": "v1"}}})
    desk.pins.open(path, "tab")
    assert desk.versions(path) == {"sales.orders": "v1"}


def test_a_saved_pin_that_a_checkout_took_back_stays_back(desk: Any) -> None:
    path = desk.notebook()
    before = path.read_bytes()
    desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    desk.save(path)
    desk.pins.close(path, "tab")
    path.write_bytes(before)
    desk.pins.open(path, "tab")
    assert desk.versions(path) == {}


def test_a_save_that_failed_loses_no_pin(desk: Any) -> None:
    path = desk.notebook()
    desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    desk.pins.file_section(path, json.loads(path.read_text())["metadata"])
    desk.pins.close(path, "tab")
    desk.pins.open(path, "tab")
    assert desk.versions(path) == {"sales.orders": "v2"}


def test_a_second_tab_sees_what_the_first_one_pinned(desk: Any) -> None:
    path = desk.notebook()
    desk.pins.open(path, "one")
    desk.set(path, "sales.orders", "v2")
    assert [s.dataset for s in desk.pins.open(path, "two").pins] == ["sales.orders"]
    desk.pins.close(path, "one")
    assert desk.pins.is_held(path)
    assert desk.versions(path) == {"sales.orders": "v2"}


def test_two_people_who_pin_different_datasets_at_once_keep_both(desk: Any) -> None:
    path = desk.notebook()
    base = desk.pins.open(path, "ada").revision
    desk.pins.open(path, "bob")
    desk.set(path, "sales.orders", base=base, actor="ada")
    both = desk.set(path, "sales.customers", base=base, actor="bob")
    assert [s.pin.pinned_by for s in both.pins if s.pin] == ["bob", "ada"]


@pytest.mark.parametrize("held", [True, False])
def test_the_pin_of_one_dataset_is_not_overwritten_unseen(desk: Any, held: bool) -> None:
    path = desk.notebook()
    base = desk.pins.open(path, "tab").revision
    if not held:
        desk.pins.close(path, "tab")
    desk.set(path, "sales.orders", "v1", base=base, actor="ada")
    with pytest.raises(PinConflict, match="pinned to v1 by ada") as caught:
        desk.set(path, "sales.orders", "v2", base=base, actor="bob")
    assert caught.value.details["dataset"] == "sales.orders"
    assert desk.versions(path) == {"sales.orders": "v1"}
    desk.set(path, "sales.orders", "v2", base=desk.pins.get(path).revision, actor="bob")
    assert desk.versions(path) == {"sales.orders": "v2"}


def test_a_pin_that_was_taken_away_meanwhile_is_a_conflict_too(desk: Any) -> None:
    path = desk.notebook()
    desk.set(path, "sales.orders", "v1")
    base = desk.pins.get(path).revision
    desk.remove(path, "sales.orders", base=base)
    with pytest.raises(PinConflict, match="not pinned any more"):
        desk.set(path, "sales.orders", "v2", base=base)


def test_asking_for_what_there_is_already_is_no_conflict(desk: Any) -> None:
    path = desk.notebook()
    base = desk.pins.get(path).revision
    first = desk.set(path, "sales.orders", "v1", base=base)
    assert desk.set(path, "sales.orders", "v1", base=base).revision == first.revision


def test_an_edit_of_the_file_counts_as_a_change_of_its_datasets(desk: Any) -> None:
    path = desk.notebook()
    base = desk.set(path, "sales.orders", "v1").revision
    desk.notebook(section={**desk.section(path), "pins": {"sales.orders": {"version": "v2"}}})
    with pytest.raises(PinConflict):
        desk.set(path, "sales.orders", "v3", base=base)


def test_pins_are_leases(desk: Any) -> None:
    path = desk.notebook()
    leases = Leases(desk.headwater.database)
    desk.set(path, "sales.orders", "v2")
    assert leases.unprotected() == [("sales.orders", "v2")]
    with desk.headwater.database.transaction() as tx:
        leases.note_protected(tx, ("sales.orders", "v2"))
    desk.set(path, "sales.orders", "v3")
    assert leases.unprotected() == [("sales.orders", "v3")]
    assert leases.released() == [("sales.orders", "v2")]


def test_a_lease_stays_while_any_notebook_has_the_pin(desk: Any) -> None:
    one, two = desk.notebook("one.ipynb"), desk.notebook("two.ipynb")
    desk.set(one, "sales.orders", "v2")
    desk.set(two, "sales.orders", "v2")
    leases = Leases(desk.headwater.database)
    with desk.headwater.database.transaction() as tx:
        leases.note_protected(tx, ("sales.orders", "v2"))
    desk.remove(one, "sales.orders")
    assert leases.released() == []
    desk.remove(two, "sales.orders")
    assert leases.released() == [("sales.orders", "v2")]


def test_each_change_is_an_event(desk: Any) -> None:
    from headwater.ledger.events import Events

    path = desk.notebook()
    events = Events(desk.headwater.database)
    before = events.last_seq()
    pinned = desk.set(path, "sales.orders")
    found = [event for event in events.since(before) if event.topic == "pins"]
    assert [(event.subject, event.payload["datasets"]) for event in found] == [(pinned.notebook, ["sales.orders"])]


def test_a_full_disk_leaves_file_and_record_as_they_were(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.notebook()
    before = path.read_bytes()
    real = os.write

    def no_room(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(Exception, match="could not be written"):
        desk.set(path, "sales.orders")
    monkeypatch.undo()
    assert real is os.write
    assert path.read_bytes() == before
    assert desk.versions(path) == {}
    assert [entry.name for entry in Path(desk.folder).iterdir()] == ["a.ipynb"]
