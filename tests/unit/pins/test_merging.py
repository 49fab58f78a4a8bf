"""Any order of opening, pinning, saving, failing saves, closing and editing: never a pin lost, never one made
up.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.assembly import open_headwater
from headwater.errors import PinConflict
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, PinOperation

DATASETS = ("a.a", "b.b", "c.c")
VERSIONS = ("v1", "v2", "v3")

operations = st.tuples(st.sampled_from(("set", "remove")), st.sampled_from(DATASETS), st.sampled_from(VERSIONS)).map(
    lambda made: PinOperation(made[0], made[1], made[2] if made[0] == "set" else None)
)  # type: ignore[arg-type]
steps = st.one_of(
    st.tuples(st.just("pin"), operations),
    st.tuples(st.sampled_from(("open", "close", "save", "failing save", "stale save")), st.none()),
    st.tuples(st.just("edit"), st.dictionaries(st.sampled_from(DATASETS), st.sampled_from(VERSIONS))),
)


@pytest.fixture(scope="module")
def home() -> Any:
    """One home for all examples: each has a notebook of its own."""
    place = Path(tempfile.mkdtemp())
    headwater = open_headwater(place / "home")
    versions = Versions(headwater.database)
    with headwater.database.transaction() as tx:
        for dataset in DATASETS:
            for number in VERSIONS:
                new = NewVersion(
                    dataset,
                    number[1:] * 64,
                    "f" * 64,
                    1,
                    8,
                    "real",
                    ("real",),
                    "",
                    "ada",
                    (Column("id", "int64"),),
                )
                versions.add(tx, new, [])
    yield headwater, place
    headwater.close()
    shutil.rmtree(place)


class Model:
    """The truth rule, said again in the simplest words. `unsaved` has what no save was seen to write."""

    def __init__(self) -> None:
        self.file: dict[str, str] = {}
        self.record: dict[str, str] = {}
        self.unsaved: set[str] = set()
        self.open = False

    @property
    def truth(self) -> dict[str, str]:
        return self.record if self.open else self.file


@settings(max_examples=120, deadline=None)
@given(script=st.lists(steps, max_size=14))
def test_the_truth_is_the_record_while_open_and_the_file_otherwise(home: Any, script: list[Any]) -> None:
    headwater, place = home
    path = Path(tempfile.mkdtemp(dir=place)) / "a.ipynb"
    pins = headwater.pins
    model = Model()
    stale = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(stale))

    def on_disk() -> dict[str, Any]:
        document: dict[str, Any] = json.loads(path.read_text())
        return document

    for step, given_ in script:
        if step == "open":
            if not model.open:
                kept = {name: model.record.get(name) for name in model.unsaved}
                model.record = dict(model.file)
                for name, version in kept.items():
                    if version is None:
                        model.record.pop(name, None)
                    else:
                        model.record[name] = version
            model.open = True
            pins.open(path, "tab")
        elif step == "close":
            model.open = False
            pins.close(path, "tab")
        elif step == "pin":
            pins.apply(path, None, [given_], "ada")
            for target in (model.record, model.file) if not model.open else (model.record,):
                if given_.op == "set":
                    target[given_.dataset] = given_.version
                else:
                    target.pop(given_.dataset, None)
            model.unsaved.discard(given_.dataset)
            if model.open and model.record.get(given_.dataset) != model.file.get(given_.dataset):
                model.unsaved.add(given_.dataset)
        elif step == "edit" and not model.open:
            document = on_disk()
            section = document["metadata"].get("headwater", {})
            had = section.get("pins", {})
            section["pins"] = {
                name: had[name] if name in had and had[name]["version"] == version else {"version": version}
                for name, version in given_.items()
            }
            document["metadata"]["headwater"] = section
            path.write_text(json.dumps(document))
            model.unsaved -= {name for name in DATASETS if given_.get(name) != model.file.get(name)}
            model.file = dict(given_)
        elif step in ("save", "stale save", "failing save") and model.open:
            content = on_disk() if step == "save" else json.loads(json.dumps(stale))
            section = pins.file_section(path, content["metadata"])
            if step == "failing save":
                continue
            content["metadata"]["headwater"] = section
            path.write_text(json.dumps(content))
            model.file = dict(model.record)
            model.unsaved.clear()
        shown = {status.dataset: status.pin.version for status in pins.get(path).pins}
        assert shown == model.truth
        entries = on_disk()["metadata"].get("headwater", {}).get("pins", {})
        assert {name: entry["version"] for name, entry in entries.items()} == model.file


@settings(max_examples=60, deadline=None)
@given(
    held=st.booleans(),
    mine=st.lists(operations, max_size=3, unique_by=lambda op: op.dataset),
    theirs=st.lists(operations, max_size=3, unique_by=lambda op: op.dataset),
)
def test_two_people_conflict_exactly_when_they_disagree_on_a_dataset(
    home: Any, held: bool, mine: list[PinOperation], theirs: list[PinOperation]
) -> None:
    headwater, place = home
    path = Path(tempfile.mkdtemp(dir=place)) / "a.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    pins = headwater.pins
    if held:
        pins.open(path, "tab")
    base = pins.get(path).revision
    pins.apply(path, base, theirs, "bob")
    wanted = {op.dataset: op.version for op in theirs}
    effective = {name for name, version in wanted.items() if version is not None}
    disagree = any(op.dataset in effective and op.version != wanted[op.dataset] for op in mine)
    try:
        pins.apply(path, base, mine, "ada")
    except PinConflict:
        assert disagree
        after = {name: version for name, version in wanted.items() if version is not None}
    else:
        assert not disagree
        merged = {**wanted, **{op.dataset: op.version for op in mine}}
        after = {name: version for name, version in merged.items() if version is not None}
    assert {status.dataset: status.pin.version for status in pins.get(path).pins} == after
