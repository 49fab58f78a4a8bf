"""Commits that are interrupted: by a kill at any point, by a full disk, by a second process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.assembly import open_headwater
from headwater.errors import DatasetNotFound, DiskFull

_COMMIT = """
import sys, os, signal
import pyarrow as pa
from headwater.assembly import open_headwater
home, name, first, count, point = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
headwater = open_headwater(home)

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

commits = headwater.commits
if point == "first file":
    from headwater.stores.files import FileArea
    FileArea.digest = die
elif point == "before the store":
    commits._finish = die
elif point == "between store and ledger":
    commits._record = die
for number in range(first, first + count):
    version = commits.commit(name, pa.table({"a": [number] * 1000}).to_reader(), kind="real", author="ada")
    print(version.version, flush=True)
"""


def run(home: Path, name: str = "x.t", first: int = 0, count: int = 1, point: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _COMMIT, str(home), name, str(first), str(count), point],
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("point", ["first file", "before the store", "between store and ledger"])
def test_a_kill_loses_nothing_and_leaves_nothing(tmp_path: Path, point: str) -> None:
    home = tmp_path / "home"
    assert run(home).wait() == 0
    killed = run(home, first=1, point=point)
    assert killed.wait() == -signal.SIGKILL
    headwater = open_headwater(home)
    headwater.commits.settle_all()
    newest = headwater.catalog.resolve("x.t")
    # What reached the store is recorded; what did not is gone, file and all.
    assert newest.version == ("v2" if point == "between store and ledger" else "v1")
    known = {file.path for n in range(1, 3) for file in _files(headwater, f"x.t@v{n}")}
    area = headwater.store.area("x.t")
    assert area is not None
    assert {f"{area.root}/{name}" for name in area.names()} == known
    assert headwater.commits.settle_all() == 0
    headwater.close()
    follows = run(home, first=5)
    assert follows.communicate()[0].strip() == f"v{int(newest.version[1:]) + 1}"


def test_two_processes_commit_to_one_dataset(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run(home).wait() == 0
    both = [run(home, first=100 * n, count=6) for n in (1, 2)]
    answered = [version for process in both for version in process.communicate()[0].split()]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(answered, key=lambda v: int(v[1:])) == [f"v{n}" for n in range(2, 14)]
    headwater = open_headwater(home)
    import pyarrow.parquet as pq

    values = {pq.read_table(_files(headwater, f"x.t@v{n}")[0].path)["a"][0].as_py() for n in range(2, 14)}
    assert values == {100 * n + i for n in (1, 2) for i in range(6)}
    headwater.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs limits on files")
def test_a_full_disk_commits_nothing(tmp_path: Path) -> None:
    code = """
import resource, sys, signal
import pyarrow as pa, numpy as np
from headwater.assembly import open_headwater
from headwater.errors import DiskFull
headwater = open_headwater(sys.argv[1])
headwater.commits.commit("x.t", pa.table({"a": [1]}).to_reader(), kind="real", author="ada")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
noise = pa.table({"a": np.random.default_rng(1).integers(0, 2**62, 1_000_000)})
try:
    headwater.commits.commit("x.t", noise.to_reader(), kind="real", author="ada")
except DiskFull as error:
    print(error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "home")], capture_output=True, text=True, check=False
    )
    assert "The disk is full" in done.stdout, done.stderr
    headwater = open_headwater(tmp_path / "home")
    headwater.commits.settle_all()
    assert headwater.catalog.resolve("x.t").version == "v1"
    area = headwater.store.area("x.t")
    assert area is not None and len(area.names()) == 1
    assert issubclass(DiskFull, Exception)
    headwater.close()


def _files(headwater: object, ref: str) -> list[object]:
    from headwater.errors import VersionNotFound

    try:
        return headwater.catalog.files(headwater.catalog.resolve(ref))  # type: ignore[attr-defined, no-any-return]
    except (VersionNotFound, DatasetNotFound):
        return []
