"""Fixtures of the server tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from served import Served

from headwater.assembly import open_headwater


def _filled(folder: Path, *, mine: bool = False) -> None:
    headwater = open_headwater(folder / "home")
    if mine:
        table = pa.table({"id": [1]})
        headwater.commits.commit("walk.mine", table.to_reader(), kind="real", author=headwater.user, message="load 1")
    for number in (1, 2):
        table = pa.table({"id": list(range(100 * number)), "city": ["Oslo", "Rome"] * (50 * number)})
        headwater.commits.commit("sales.orders", table.to_reader(), kind="real", author="ada", message=f"load {number}")
    headwater.close()
    (folder / "home" / "headwater.toml").write_text(
        '[sources.prod]\nkind = "postgresql"\ndsn_env = "SERVED_DSN"\n', encoding="utf-8"
    )


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose caller may do everything, with two versions of ``sales.orders``."""
    folder = tmp_path_factory.mktemp("served")
    _filled(folder)
    server = Served(folder, environ={"SERVED_DSN": "postgresql://nobody:sesame@127.0.0.1:1/none"})
    yield server
    server.close()


@pytest.fixture(scope="session", params=["viewer", "analyst", "steward", "admin"])
def as_role(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Served]]:
    """A server for each role, with a dataset ``walk.mine`` that the caller owns beside ``sales.orders``."""
    folder = tmp_path_factory.mktemp(request.param)
    _filled(folder, mine=True)
    server = Served(folder, request.param)
    yield request.param, server
    server.close()
