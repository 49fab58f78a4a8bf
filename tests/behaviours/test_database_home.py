"""A home whose catalog and ledger are in a real PostgreSQL, used by a kernel that has no credentials for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import headwater as hw
from headwater import client as kernel_client
from headwater.assembly import Headwater, open_headwater
from headwater.capture import kernel, session
from headwater.errors import DatasetNotFound, StoreUnavailable, VersionNotFound
from headwater.host.client import HostClient
from headwater.models import PinOperation

KERNEL = "0b5f5d34-6d4f-4b8b-9a54-3a5f1e2c7d10"


@pytest.fixture
def headwater(tmp_path: Path, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Headwater]:
    """The server's side: it has the address, and so has its host; this process's environment has not."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "headwater.toml").write_text('[store]\ncatalog_env = "STORE_ADDRESS"\n')
    environ = {**os.environ, "STORE_ADDRESS": new_database()}
    parts = open_headwater(home, environ)
    host = HostClient(parts.home, environ=environ, attached=True)
    host.start()
    for name in ("HEADWATER_NOTEBOOK", "HEADWATER_AUTOPIN", "JPY_SESSION_NAME", "JPY_PARENT_PID", "STORE_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEADWATER_HOME", str(home))
    monkeypatch.setattr(kernel_client, "_warned", True)
    yield parts
    kernel_client._clients.clear()
    for open_session in session._sessions.values():
        open_session.close()
    session._sessions.clear()
    host.close()
    parts.close()


def commit(headwater: Headwater, *rows: int) -> None:
    table = pa.table({"id": list(rows)})
    headwater.commits.commit("a.b", table.to_reader(), kind="real", message="m", author="ada")


def ids(ref: str) -> list[int]:
    return hw.load(ref, as_="arrow").column("id").to_pylist()


def test_a_kernel_reads_pins_and_saves_by_the_host(
    headwater: Headwater, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(headwater, 1)
    notebook = tmp_path / "n.ipynb"
    notebook.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    monkeypatch.setenv("HEADWATER_NOTEBOOK", str(notebook))
    assert not headwater.home.ledger_path.exists()
    assert ids("a.b") == [1]
    commit(headwater, 2, 3)
    headwater.catalog.tag("a.b@v2", "gold", "ada")
    assert ids("a.b") == [1]
    assert ids("a.b@gold") == [2, 3]
    assert hw.scan("a.b@v2").collect()["id"].to_list() == [2, 3]
    assert [(version.version, version.tags) for version in hw.versions("a.b")] == [("v2", ("gold",)), ("v1", ())]
    assert hw.versions("a.b")[0].digest == headwater.catalog.resolve("a.b").digest
    assert (hw.describe("a.b").version_count, hw.describe("a.b").newest.rows) == (2, 2)
    assert hw.pins()[0]["state"] == "behind"
    assert hw.save(hw.load("a.b@v2", as_="arrow"), "a.c").version == "v1"
    assert [dataset.name for dataset in hw.search("a")] == ["a.b", "a.c"]
    with pytest.raises(DatasetNotFound, match="Did you mean a.b"):
        hw.load("x.b")
    with pytest.raises(VersionNotFound, match="has no version v9"):
        hw.load("a.b@v9")


def test_a_bound_kernel_has_the_pins_of_the_database(
    headwater: Headwater, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(headwater, 1)
    commit(headwater, 2)
    notebook = tmp_path / "n.ipynb"
    notebook.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    monkeypatch.setattr(session, "kernel_id", lambda: KERNEL)
    assert kernel.is_server_kernel(KERNEL)
    headwater.pins.bind_kernel(KERNEL, notebook, "grace")
    headwater.pins.apply(notebook, None, (PinOperation("set", "a.b", "v1"),), "ada")
    assert ids("a.b") == [1]
    hw.pin("a.b", "v2", reason="newer")
    (status,) = headwater.pins.get(notebook).pins
    assert status.pin is not None
    assert (status.pin.version, status.pin.pinned_by, status.pin.reason) == ("v2", "grace", "newer")
    assert ids("a.b") == [2]


def test_without_the_address_it_is_said_what_is_missing(headwater: Headwater, tmp_path: Path) -> None:
    headwater.close()
    HostClient(headwater.home).stop()
    try:
        with pytest.raises(StoreUnavailable, match="STORE_ADDRESS is not set"):
            hw.load("a.b")
    finally:
        HostClient(headwater.home).stop()
