"""Large notebooks, faults in every part of a save, and text that was written to do harm."""

from __future__ import annotations

import copy
import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.cli import run
from headwater.errors import Unavailable
from headwater.stamping.verify import check

_PARTS = (
    "_pins.file_section",
    "_records.find",
    "_records.keep",
    "_records.retire",
    "_stamps.newest",
    "_stamps.issue",
    "_originals.differs",
    "_signatures",
    "_known",
    "_earlier",
)


def test_two_hundred_cells_are_stamped_each_by_itself(desk: Any) -> None:
    version = desk.version()
    content = desk.notebook(*(f"step({n})" for n in range(200)))
    desk.write(content)
    kernel = desk.kernel()
    desk.pin(version)
    for place, cell in enumerate(content["cells"]):
        kernel.run(cell, *([version] if place % 10 == 0 else []))
    desk.save(content, "a.ipynb", kernel.id)
    stamp = desk.stamp()
    assert stamp["run"]["order"] == [f"c{n}" for n in range(1, 201)]
    assert stamp["run"]["linear"] is True
    assert [read["cell"] for read in stamp["reads"]] == [f"c{n}" for n in range(1, 201, 10)]
    assert desk.verdict() == "valid"
    assert len(desk.headwater.stamps.passport(desk.path()).cells) == 200
    written = desk.path().read_bytes()
    desk.save(content, "a.ipynb", kernel.id)
    assert desk.path().read_bytes() == written
    content["cells"][123]["outputs"][0]["text"] = "125\n"
    desk.write({**content, "metadata": desk.read()["metadata"]})
    (change,) = desk.headwater.stamps.verify(desk.path()).changes
    assert (change.what, change.cell) == ("output", "c124")


@pytest.mark.parametrize("part", _PARTS)
@pytest.mark.parametrize("fault", [RuntimeError("a fault of ours"), Unavailable("The disk is gone."), MemoryError()])
def test_a_fault_anywhere_costs_neither_the_save_nor_the_old_stamp(
    desk: Any, monkeypatch: pytest.MonkeyPatch, part: str, fault: Exception
) -> None:
    version = desk.version()
    content = desk.notebook("1", "2")
    desk.write(content)
    desk.pin(version)
    kernel = desk.kernel()
    kernel.run(content["cells"][0], version)
    desk.save(content, "a.ipynb", kernel.id)
    before = desk.read()["metadata"]["headwater"]
    assert {"pins", "stamp"} <= set(before)

    kernel.run(content["cells"][1])
    edited = copy.deepcopy(content)
    edited["cells"][1]["outputs"] = []

    def fails(*_: Any, **__: Any) -> Any:
        raise fault

    with monkeypatch.context() as patched:
        owner, _, name = part.rpartition(".")
        patched.setattr(getattr(desk.headwater.stamps, owner) if owner else desk.headwater.stamps, name, fails)
        # The front end posts what it opened: it never saw the stamp that the last save put into the file.
        desk.save(edited, "a.ipynb", kernel.id)
        kept = desk.read()
        assert kept["cells"][1]["outputs"] == []
        assert set(before) <= set(kept["metadata"]["headwater"])
        assert kept["metadata"]["headwater"]["pins"] == before["pins"]
        if desk.headwater.stamps.passport(desk.path()).badge == "unsigned":
            assert kept["metadata"]["headwater"] == before
    desk.save(edited, "a.ipynb", kernel.id)
    assert desk.verdict() == "valid"
    assert desk.stamp()["run"]["order"] == ["c1", "c2"]


def test_a_fault_leaves_a_notebook_without_ours_as_it_is(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    content = desk.notebook("1")
    posted = copy.deepcopy(content)

    def fails(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(desk.headwater.stamps, "_earlier", fails)
    desk.headwater.stamps.embed(posted, desk.path(), actor=desk.Saver())
    assert posted == content


_HARM = st.one_of(
    st.sampled_from(
        ["<script>alert(1)</script>", "\x1b[2J\x1b]0;owned\x07", "\u202egpj.exe", "\ud800", "a\nb", "\x00", "'; DROP--"]
    ),
    st.text(st.characters(), min_size=1, max_size=20),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_HARM)
def test_text_of_any_kind_is_stamped_verified_and_told(desk: Any, text: str) -> None:
    content = desk.notebook(text, "2")
    content["cells"][1]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": text},
        {"output_type": "display_data", "data": {"text/html": text}, "metadata": {}},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
    ]
    content["metadata"] = {"title": text, "authors": [{"name": text}], "headwater": {text: text}}
    desk.headwater.stamps.embed(content, desk.path(), actor=desk.Saver(text))
    assert content["cells"][0]["source"] == text
    stamp = content["metadata"]["headwater"].get("stamp")
    assert isinstance(stamp, dict)
    assert stamp["actor"]["user"] == text
    assert desk.headwater.stamps.verify(content).verdict == "valid"
    content["cells"][1]["outputs"][0]["text"] = text + "x"
    changed = desk.headwater.stamps.verify(content)
    assert [(change.what, change.cell) for change in changed.changes] == [("output", "c2")]


def test_no_control_character_of_a_strangers_stamp_reaches_the_terminal(
    desk: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(desk.notebook("1"))
    content = desk.read()
    own = content["metadata"]["headwater"]
    own["stamp"]["cells"].append({"id": "\x1b[31mgone", "type": "markdown", "source": "\x1b"})
    own["pins"] = {"\x1b]0;owned\x07": {"version": "\x1b[2J"}}
    own["\x1b[1mfield"] = "\x9b"
    desk.write(content)
    monkeypatch.chdir(desk.folder)
    assert run(["--home", str(desk.headwater.home.path), "verify", "a.ipynb"]) == 1
    out = capfd.readouterr().out
    assert "gone" in out or "owned" in out
    allowed = set(string.printable) - set("\r\t\x0b\x0c")
    assert [mark for mark in out if mark not in allowed and not mark.isprintable()] == []
    _, changes = check(json.loads(desk.path().read_bytes()), {})
    assert any("\x1b" in change.detail or "\x1b" in (change.cell or "") for change in changes)
