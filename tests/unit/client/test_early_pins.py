"""Pins that a kernel makes before its server has bound it to its notebook."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import headwater as hw
from headwater import client as kernel_client
from headwater.assembly import Headwater
from headwater.capture import session
from headwater.host.client import HostClient
from headwater.models import PinOperation, Version
from headwater.processes import this_process

KERNEL = "0b5f5d34-6d4f-4b8b-9a54-3a5f1e2c7d10"
Commit = Callable[..., Version]


@pytest.fixture
def notebook(headwater: Headwater, kernel: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The notebook that a server has started this process for, as a kernel, without binding it yet."""
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    monkeypatch.delenv("HEADWATER_SERVER", raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.setattr(session, "kernel_id", lambda: KERNEL)
    host = HostClient(headwater.home, attached=True)
    host.start()
    yield path
    host.close()


def ids(ref: str) -> list[int]:
    return hw.load(ref, as_="arrow").column("id").to_pylist()


def in_ledger(headwater: Headwater, notebook: Path) -> dict[str, str]:
    return {one.dataset: one.pin.version for one in headwater.pins.get(notebook).pins if one.pin is not None}


def test_they_are_handed_over_when_it_is_bound(headwater: Headwater, commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    commit("a.c", {"id": [1]})
    assert ids("a.b") == [1]
    hw.pin("a.c", "v1", reason="audit")
    assert in_ledger(headwater, notebook) == {}
    headwater.pins.bind_kernel(KERNEL, notebook, "grace")
    commit("a.b", {"id": [2]})
    assert ids("a.b") == [1]
    assert in_ledger(headwater, notebook) == {"a.b": "v1", "a.c": "v1"}
    # Once: what is changed afterwards is not undone.
    headwater.pins.apply(notebook, None, (PinOperation("remove", "a.c"),), "ada")
    assert [pin["dataset"] for pin in hw.pins()] == ["a.b"]


def test_a_pin_that_somebody_else_set_meanwhile_stays(headwater: Headwater, commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    commit("a.c", {"id": [1]})
    assert ids("a.b") == [1]
    assert ids("a.c") == [1]
    commit("a.b", {"id": [2]})
    headwater.pins.bind_kernel(KERNEL, notebook, "grace")
    headwater.pins.apply(notebook, None, (PinOperation("set", "a.b", "v2"),), "ada")
    assert ids("a.b") == [2]
    assert in_ledger(headwater, notebook) == {"a.b": "v2", "a.c": "v1"}


def test_a_kernel_of_a_living_server_waits_to_be_bound(
    headwater: Headwater, commit: Commit, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit("a.b", {"id": [1]})
    monkeypatch.setenv("HEADWATER_SERVER", this_process())

    def bind() -> None:
        time.sleep(0.3)
        headwater.pins.bind_kernel(KERNEL, notebook, "grace")

    binding = threading.Thread(target=bind)
    binding.start()
    hw.pin("a.b", "v1")
    binding.join()
    assert in_ledger(headwater, notebook) == {"a.b": "v1"}


def test_a_kernel_whose_server_never_binds_it_waits_once(
    headwater: Headwater, commit: Commit, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit("a.b", {"id": [1]})
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, monotonic=lambda: float(len(slept)))
    monkeypatch.setattr(session, "time", clock)
    ids("a.b")
    assert slept == []  # No server says that it will.
    session._sessions.clear()
    kernel_client._clients.clear()
    monkeypatch.setenv("HEADWATER_SERVER", this_process())
    ids("a.b")
    waited = len(slept)
    assert waited > 0
    ids("a.b")
    assert len(slept) == waited
