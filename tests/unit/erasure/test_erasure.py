"""An erased version: what is removed, what stays, who is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.cli import run
from headwater.clock import as_text
from headwater.errors import UsageError, VersionErased, VersionNotFound
from headwater.models import PinOperation, Version

Commit = Callable[..., Version]
WHY = "Ada asked us to."


def rows(headwater: Headwater, ref: str) -> pa.Table:
    files = headwater.catalog.files(headwater.catalog.resolve(ref))
    return pa.concat_tables([pq.read_table(file.path) for file in files])


def under(home: Path) -> set[Path]:
    return {path for path in (home / "warehouse").rglob("*") if path.is_file()}


def age(headwater: Headwater, days: int) -> None:
    """Have every version committed that many days ago."""
    with headwater.database.transaction() as tx:
        tx.execute("UPDATE version SET created = ?", (as_text(datetime.now(UTC) - timedelta(days=days)),))


def big(canary: str, changed: int | None = None) -> pa.Table:
    """Rows in several files, of which a change of one row touches one."""
    ids = pa.array(range(1_200_000))
    text = pa.array([f"{canary}-{n % 10}" for n in range(1_200_000)])
    values = pc.multiply(ids, 7919)
    if changed is not None:
        values = pc.if_else(pc.equal(ids, changed), -1, values)
    return pa.table({"id": ids, "v": values, "who": text})


def test_nothing_of_its_rows_is_left_in_any_byte_of_the_home(headwater: Headwater, commit: Commit) -> None:
    commit("x.people", {"who": ["keepsake@canary.example"]})
    commit("x.people", {"who": ["secret-person@canary.example", "zz-secret-person@canary.example"]})
    commit("x.people", {"who": ["other@canary.example"]})
    headwater.profiles.profile("x.people@v2")
    headwater.commits.protect("x.people", "v2")
    assert any(b"secret-person" in path.read_bytes() for path in headwater.home.path.rglob("*") if path.is_file())
    done = headwater.erasure.erase("x.people@v2", WHY, "ann")
    assert (done.files, done.version.erased and done.version.erased.reason) == (1, WHY)
    headwater.database.query("PRAGMA wal_checkpoint(TRUNCATE)")
    holding = [path for path in headwater.home.path.rglob("*") if path.is_file() and b"secret-person" in _plain(path)]
    assert holding == []
    assert headwater.database.query("SELECT * FROM profile") == []
    assert rows(headwater, "x.people@v1")["who"].to_pylist() == ["keepsake@canary.example"]
    assert rows(headwater, "x.people@v3")["who"].to_pylist() == ["other@canary.example"]


def _plain(path: Path) -> bytes:
    """What a file says: of an Avro file, whose blocks are compressed, its records as text."""
    if path.suffix != ".avro":
        return path.read_bytes()
    from pyiceberg.avro.file import AvroFile
    from pyiceberg.io.pyarrow import PyArrowFileIO

    file = PyArrowFileIO().new_input(f"file://{path}")
    with AvroFile(file) as reader:
        return "".join(repr(record) for record in reader).encode()


def test_files_that_other_versions_have_stay(headwater: Headwater, commit: Commit) -> None:
    commit("x.big", big("a"))
    commit("x.big", big("a", changed=1_000))
    commit("x.big", big("a", changed=1_000_000))
    files = {
        v: {f.path for f in headwater.catalog.files(headwater.catalog.resolve(f"x.big@{v}"))}
        for v in ("v1", "v2", "v3")
    }
    whole = {v: rows(headwater, f"x.big@{v}") for v in ("v1", "v3")}
    assert files["v2"] & files["v1"] and files["v2"] - files["v1"] - files["v3"]
    before = under(headwater.home.path)
    done = headwater.erasure.erase("x.big@v2", WHY, "ann")
    gone = {str(path) for path in before - under(headwater.home.path) if path.suffix == ".parquet"}
    assert gone == files["v2"] - files["v1"] - files["v3"]
    assert done.files == len(gone)
    for version, table in whole.items():
        assert rows(headwater, f"x.big@{version}").equals(table)
    again = headwater.store.table("x.big")  # type: ignore[attr-defined]
    for snapshot in again.snapshots():
        assert again.scan(snapshot_id=snapshot.snapshot_id).count() == 1_200_000
    assert len(again.snapshots()) == 2


def test_the_newest_version_leaves_an_empty_table_and_its_number(headwater: Headwater, commit: Commit) -> None:
    commit("x.t", {"a": [1, 2]})
    commit("x.t", {"a": [3]})
    headwater.erasure.erase("x.t@v2", WHY, "ann")
    assert headwater.store.table("x.t").scan().to_arrow().num_rows == 0  # type: ignore[attr-defined]
    with pytest.raises(VersionErased, match="nothing|erased"):
        commit("x.t", {"a": [4]}, append=True)
    again = commit("x.t", {"a": [3]})
    assert again.version == "v3"
    assert rows(headwater, "x.t")["a"].to_pylist() == [3]
    assert rows(headwater, "x.t@v1")["a"].to_pylist() == [1, 2]


def test_whoever_asks_for_its_rows_is_told_why(headwater: Headwater, commit: Commit) -> None:
    first = commit("x.t", {"a": [1]}, kind="sample")
    headwater.erasure.erase("x.t@v1", WHY, "ann")
    for ask in (
        lambda: headwater.preview.rows("x.t@v1"),
        lambda: headwater.profiles.profile("x.t@v1"),
        lambda: rows(headwater, f"x.t@{first.digest[:8]}"),
        lambda: headwater.diffs.diff("x.t@v1", "x.t@v1"),
    ):
        with pytest.raises(VersionErased, match="erased on .* by ann: Ada asked us to") as told:
            ask()
        assert told.value.status == 404
        assert told.value.details["reason"] == WHY
    (change,) = headwater.catalog.versions("x.t").versions
    assert change.version.erased is not None
    assert (change.version.digest, change.version.expires) == (first.digest, None)


def test_an_erasure_needs_a_version_and_a_reason(headwater: Headwater, commit: Commit) -> None:
    commit("x.t", {"a": [1]})
    with pytest.raises(UsageError, match="one version"):
        headwater.erasure.erase("x.t", WHY, "ann")
    with pytest.raises(UsageError, match="reason"):
        headwater.erasure.erase("x.t@v1", " \n ", "ann")
    with pytest.raises(VersionNotFound):
        headwater.erasure.erase("x.t@v9", WHY, "ann")
    assert rows(headwater, "x.t@v1").num_rows == 1


def test_twice_changes_nothing(headwater: Headwater, commit: Commit) -> None:
    commit("x.t", {"a": [1]})
    first = headwater.erasure.erase("x.t@v1", WHY, "ann")
    again = headwater.erasure.erase("x.t@v1", "another reason", "bob")
    assert again.version == first.version
    assert again.files == 0


def test_the_audit_log_tells_it(headwater: Headwater, commit: Commit) -> None:
    commit("x.t", {"a": [1]})
    headwater.erasure.erase("x.t@v1", WHY, "ann")
    done, started = headwater.audit.newest(2)
    assert (started.action, started.outcome, done.outcome) == ("erase", "started", "done")
    assert (done.actor, done.resource, done.details["reason"]) == ("ann", "x.t@v1", WHY)


def test_what_was_made_from_it_is_named(headwater: Headwater, commit: Commit) -> None:
    commit("x_y.t", {"a": [1]})
    commit("m.one", {"a": [1]}, kind="derived", inputs=("x_y.t@v1",))
    commit("m.two", {"a": [1]}, kind="derived", inputs=("x_y.t@v11", "xay.t@v1"))
    assert headwater.erasure.erase("x_y.t@v1", WHY, "ann").derived == ("m.one@v1",)


def test_a_pin_says_it_and_is_not_made_again(headwater: Headwater, commit: Commit, tmp_path: Path) -> None:
    commit("x.t", {"a": [1]})
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    headwater.pins.apply(notebook, None, [PinOperation("set", "x.t", "v1")], "ann")
    headwater.erasure.erase("x.t@v1", WHY, "ann")
    (status,) = headwater.pins.get(notebook).pins
    assert (status.state, status.pinned and status.pinned.erased and status.pinned.erased.reason) == ("erased", WHY)
    with pytest.raises(VersionErased):
        headwater.pins.apply(notebook, None, [PinOperation("set", "x.t", "v1", "again")], "ann")
    commit("x.t", {"a": [2]})
    (status,) = headwater.pins.get(notebook).pins
    assert (status.state, status.behind) == ("erased", 1)


_ERASE = """
import os, signal, sys
from headwater.assembly import open_headwater
from headwater.stores.files import FileArea
from headwater.ledger.erasures import Erasures
headwater = open_headwater(sys.argv[1])
point = sys.argv[2]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def dies_after(owner, name):
    whole = getattr(owner, name)
    def method(*args, **more):
        whole(*args, **more)
        die()
    setattr(owner, name, method)

if point == "tombstone":
    headwater.erasure._remove = die
elif point == "vacated":
    dies_after(type(headwater.store), "vacate")
elif point == "forgotten":
    dies_after(type(headwater.store), "forget")
elif point == "own files":
    dies_after(type(headwater.store), "discard")
elif point == "data files":
    dies_after(FileArea, "remove")
headwater.erasure.erase("x.t@v2", "Ada asked us to.", "ann")
"""


@pytest.mark.parametrize("point", ["tombstone", "vacated", "forgotten", "own files", "data files"])
@pytest.mark.parametrize("finish", ["erase", "gc", "commit first"])
def test_a_kill_leaves_what_the_next_run_finishes(tmp_path: Path, point: str, finish: str) -> None:
    home = tmp_path / "home"
    headwater = open_headwater(home)
    for number in range(3):
        table = pa.table({"a": [number] * 1000})
        headwater.commits.commit("x.t", table.to_reader(), kind="real", author="ada")
    doomed = headwater.catalog.files(headwater.catalog.resolve("x.t@v2"))
    headwater.close()
    killed = subprocess.run([sys.executable, "-c", _ERASE, str(home), point], check=False)
    assert killed.returncode == -signal.SIGKILL
    headwater = open_headwater(home)
    with pytest.raises(VersionErased):
        rows(headwater, "x.t@v2")
    if finish == "commit first":
        headwater.commits.commit("x.t", pa.table({"a": [7]}).to_reader(), kind="real", author="ada")
        assert rows(headwater, "x.t")["a"].to_pylist() == [7]
    if finish == "erase":
        headwater.erasure.erase("x.t@v2", "again", "bob")
    else:
        assert headwater.erasure.sweep("bob").finished == 1
    assert not any(os.path.exists(file.path) for file in doomed)
    assert headwater.database.query("SELECT * FROM erasing") == []
    assert headwater.erasure.finish_interrupted() == 0
    for number in (0, 2):
        assert set(rows(headwater, f"x.t@v{number + 1}")["a"].to_pylist()) == {number}
    table = headwater.store.table("x.t")  # type: ignore[attr-defined]
    needed = {s.manifest_list for s in table.snapshots()} | {
        m.manifest_path for s in table.snapshots() for m in s.manifests(table.io)
    }
    there = {f"file://{path}" for path in under(home) if path.suffix == ".avro"}
    assert there == needed
    headwater.close()


def test_a_rebuilt_ledger_knows_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    headwater = open_headwater(home)

    def add(table: dict[str, Any], **more: Any) -> Version:
        return headwater.commits.commit("a.b", pa.table(table).to_reader(), kind="sample", author="ada", **more)

    add({"a": [1, 2]})
    add({"a": [3]}, append=True)
    add({"a": [4]}, append=True)
    add({"a": [9]})
    headwater.erasure.erase("a.b@v2", WHY, "ann")
    headwater.erasure.erase("a.b@v4", WHY, "ann")
    before = [headwater.catalog.resolve(f"a.b@v{n}") for n in (1, 2, 3, 4)]
    headwater.close()
    for path in home.glob("ledger.sqlite*"):
        path.unlink()
    assert run(["doctor", "--rebuild", "--home", str(home), "--json"]) == 0
    capsys.readouterr()
    headwater = open_headwater(home)
    assert [headwater.catalog.resolve(f"a.b@v{n}") for n in (1, 2, 3, 4)] == before
    assert rows(headwater, "a.b@v3")["a"].to_pylist() == [1, 2, 3, 4]
    with pytest.raises(VersionErased, match="Ada asked"):
        rows(headwater, "a.b@v2")
    assert add({"a": [1]}).version == "v5"
    headwater.close()


def test_a_sample_expires_and_nothing_else_does(headwater: Headwater, commit: Commit) -> None:
    commit("x.sample", {"a": [1]}, kind="sample")
    commit("x.real", {"a": [2]})
    drawn = headwater.catalog.resolve("x.sample")
    assert drawn.expires is not None and drawn.expires > as_text(datetime.now(UTC) + timedelta(days=89))
    assert headwater.catalog.resolve("x.real").expires is None
    age(headwater, 89)
    assert headwater.erasure.sweep("ann").expired == ()
    age(headwater, 91)
    due = headwater.erasure.sweep("ann", dry_run=True)
    assert [one.dataset for one in due.expired] == ["x.sample"]
    assert rows(headwater, "x.sample").num_rows == 1
    assert len(headwater.erasure.sweep("ann").expired) == 1
    with pytest.raises(VersionErased, match="kept for 90 days"):
        rows(headwater, "x.sample")
    assert rows(headwater, "x.real").num_rows == 1
    assert headwater.erasure.sweep("ann").expired == ()


@pytest.mark.parametrize(("days", "left"), [(0, 1), (30, 0)])
def test_the_time_is_configured(tmp_path: Path, days: int, left: int) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "headwater.toml").write_text(f"[retention]\nsample_days = {days}\n")
    headwater = open_headwater(home)
    headwater.commits.commit("x.t", pa.table({"a": [1]}).to_reader(), kind="sample", author="ada")
    age(headwater, 31)
    headwater.erasure.sweep("ann")
    assert (headwater.catalog.resolve("x.t").erased is None) == bool(left)
    headwater.close()


def test_by_command(headwater: Headwater, commit: Commit, capsys: pytest.CaptureFixture[str]) -> None:
    commit("x.t", {"a": [1]}, kind="sample")
    home = ["--home", str(headwater.home.path)]
    assert run(["gc", "--dry-run", "--json", *home]) == 0
    assert json.loads(capsys.readouterr().out)["expired"] == []
    assert run(["erase", "x.t@v1", "--json", *home]) == 2
    capsys.readouterr()
    assert run(["erase", "x.t@v1", "--why", WHY, "--json", *home]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"]["erased"]["reason"] == WHY
    assert run(["versions", "x.t", *home]) == 0
    assert "erased: Ada asked us to." in capsys.readouterr().out
    assert run(["export", "x.t@v1", "--to", str(headwater.home.path / "x.csv"), "--json", *home]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "version_erased"
