"""This process as a kernel, and what it recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from headwater import client as kernel_client
from headwater.assembly import Headwater
from headwater.capture import session


@pytest.fixture
def kernel(headwater: Headwater, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that uses the home as a kernel does, without a notebook, and has warned of that already."""
    monkeypatch.setenv("HEADWATER_HOME", str(headwater.home.path))
    for name in ("HEADWATER_NOTEBOOK", "HEADWATER_AUTOPIN", "JPY_SESSION_NAME", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(kernel_client, "_warned", True)
    yield
    kernel_client._clients.clear()
    for open_session in session._sessions.values():
        open_session.close()
    session._sessions.clear()


@pytest.fixture
def records(headwater: Headwater) -> Callable[[str], list[dict[str, Any]]]:
    """What this process recorded of one type: `read`, `write`, ..."""

    def of(kind: str) -> list[dict[str, Any]]:
        files = sorted(headwater.home.spool.glob("*.jsonl"))
        lines = (json.loads(line) for file in files for line in file.read_text().splitlines())
        return [record["data"] for record in lines if record["type"] == kind]

    return of
