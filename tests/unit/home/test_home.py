"""The home and its assembly."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headwater.assembly import Headwater, open_headwater, part
from headwater.errors import LedgerIncompatible, Unavailable
from headwater.home import Home


def test_where_a_home_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(tmp_path / "from-env"))
    assert Home.locate().path == tmp_path / "from-env"
    assert Home.locate(tmp_path / "given").path == tmp_path / "given"
    monkeypatch.delenv("HEADWATER_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home.locate().path == tmp_path / ".headwater"
    assert list(tmp_path.iterdir()) == []


def test_a_home_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home").create()
    first = home.facts()
    assert first["interpreter"] == sys.executable
    assert home.create().facts() == first
    for directory in (home.path, home.keys, home.run, home.spool, home.warehouse):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.marker.stat().st_mode) == 0o600
    assert [path.name for path in home.path.iterdir() if path.name.startswith(".")] == []


def test_two_at_once_make_one_home(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def make(_: int) -> str:
        start.wait()
        return str(Home(tmp_path / "home").create().facts()["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(make, range(8)))
    assert len(ids) == 1


def test_a_home_of_a_newer_headwater_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    home.marker.write_text(json.dumps({**home.facts(), "format": 99}))
    with pytest.raises(LedgerIncompatible, match="format 99"):
        open_headwater(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x"}', "\xff"])
def test_a_damaged_marker_is_said_so(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path).create()
    home.marker.write_bytes(text.encode("latin-1"))
    with pytest.raises(Unavailable, match=r"home\.json cannot be read"):
        home.facts()


def test_a_vanished_interpreter_is_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    before = home.facts()
    home.marker.write_text(json.dumps({**before, "interpreter": "/gone/python"}))
    assert home.create().facts() == before


def test_a_home_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        open_headwater(tmp_path / "file" / "home")


def test_parts_are_built_once_for_all_threads(tmp_path: Path) -> None:
    built: list[int] = []

    class Slow(Headwater):
        @part
        def thing(self) -> object:
            built.append(1)
            threading.Event().wait(0.02)
            return object()

    headwater = Slow(Home(tmp_path))
    with ThreadPoolExecutor(6) as pool:
        found = {id(thing) for thing in pool.map(lambda _: headwater.thing, range(6))}
    assert len(built) == len(found) == 1


def test_the_kernels_part_imports_nothing_heavy() -> None:
    code = (
        "import sys; import headwater.home, headwater.naming, headwater.errors, headwater.ledger.sqlite;"
        "print(*sorted(set(sys.modules) & {'pyarrow','pandas','numpy','polars','duckdb','pyiceberg','pydantic',"
        "'tornado','sqlalchemy','psycopg','click','asyncio'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
