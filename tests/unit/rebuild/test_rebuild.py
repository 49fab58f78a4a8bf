"""A lost ledger is made again from the tables; interrupted commits are settled by the doctor."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.cli import run
from headwater.models import Version


def _versions(headwater: Headwater) -> list[Version]:
    return [
        headwater.catalog.resolve(f"{name}@v{n}")
        for name, count in (("a.b", 3), ("c.d", 1))
        for n in range(1, count + 1)
    ]


def _rows(headwater: Headwater, ref: str) -> list[object]:
    files = headwater.catalog.files(headwater.catalog.resolve(ref))
    return pa.concat_tables([pq.read_table(file.path) for file in files]).to_pylist()


def test_a_lost_ledger_comes_back_with_every_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    headwater = open_headwater(home)
    for rows, append in (({"a": [1, 2]}, False), ({"a": [3]}, True), ({"a": [9], "b": ["x"]}, False)):
        headwater.commits.commit(
            "a.b", pa.table(rows).to_reader(), kind="real", author="ada", message=f"{rows}", append=append
        )
    headwater.commits.commit("c.d", pa.table({"z": [0.5]}).to_reader(), kind="sample", author="bob", recipe="r")
    before, rows_before = _versions(headwater), _rows(headwater, "a.b@v2")
    headwater.close()
    for path in home.glob("ledger.sqlite*"):
        path.unlink()
    assert run(["doctor", "--rebuild", "--home", str(home), "--json"]) == 0
    capsys.readouterr()
    again = open_headwater(home)
    assert _versions(again) == before
    assert _rows(again, "a.b@v2") == rows_before
    assert again.commits.commit("a.b", pa.table({"a": [1]}).to_reader(), kind="real", author="ada").version == "v4"
    again.close()


def test_the_doctor_takes_away_what_a_killed_commit_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    headwater = open_headwater(home)
    headwater.commits.commit("a.b", pa.table({"a": [1]}).to_reader(), kind="real", author="ada")
    area = headwater.store.area("a.b")
    assert area is not None
    intent = headwater.commits._intents.begin("a.b", "f" * 32)
    area.write(f"{intent.token}-00000.parquet", pa.table({"a": [2]}), 10)
    assert len(area.names()) == 2
    headwater.close()
    assert run(["doctor", "--home", str(home), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settled"] == 1
    assert len(area.names()) == 1
