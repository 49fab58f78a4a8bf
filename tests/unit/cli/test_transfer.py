"""``headwater import`` and ``export`` as commands: every format, and a disk that is full."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headwater.cli import run

_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
from headwater.cli import run
sys.exit(run(sys.argv[1:]))
"""


Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def headwater(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line on a home below `tmp_path`; returns exit code and JSON document."""
    monkeypatch.setenv("HEADWATER_HOME", str(tmp_path / "home"))

    def call(*arguments: str) -> tuple[int, dict[str, Any]]:
        code = run((*arguments, "--json"))
        return code, json.loads(capfd.readouterr().out)

    return call


def limited(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The same in a process that may not write files of more than 300 kB."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, *arguments, "--json"], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "arrow", "feather"])
def test_a_version_goes_out_and_comes_back(headwater: Run, tmp_path: Path, ending: str) -> None:
    (tmp_path / "in.csv").write_text("n,t\n1,x\n,é\n3,\n")
    _, first = headwater("import", str(tmp_path / "in.csv"), "--as", "a.b")
    target = tmp_path / f"out.{ending}"
    code, told = headwater("export", "a.b@v1", "--to", str(target))
    assert (code, told["rows"], told["bytes"]) == (0, 3, target.stat().st_size)
    code, again = headwater("import", str(target), "--as", "a.again")
    assert (code, again["digest"], again["kind"]) == (0, first["digest"], "real")
    code, refused = headwater("export", "a.b", "--to", str(target))
    assert code == 2 and "--force" in str(refused["error"])


def test_a_full_disk_ends_with_4_and_leaves_nothing(headwater: Run, tmp_path: Path) -> None:
    home, large = tmp_path / "home", tmp_path / "large.csv"
    # Products of a large prime: 16 digits that do not compress to a size that would fit.
    large.write_text("n\n" + "".join(f"{n * 982_451_653 % 9_007_199_254_740_881}\n" for n in range(100_000)))
    (tmp_path / "small.csv").write_text("n\n1\n")
    assert headwater("import", str(tmp_path / "small.csv"), "--as", "a.b")[0] == 0
    before = sorted(home.rglob("*.parquet"))

    code, told = limited("import", str(large), "--as", "a.b")
    assert code == 4 and "disk_full" in str(told["error"])
    assert sorted(home.rglob("*.parquet")) == before
    assert headwater("versions", "a.b")[1]["versions"][0]["version"] == "v1"

    assert headwater("import", str(large), "--as", "a.b")[1]["version"] == "v2"
    for ending in ("csv", "parquet"):
        code, told = limited("export", "a.b", "--to", str(tmp_path / f"out.{ending}"))
        assert code == 4 and "disk_full" in str(told["error"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "large.csv", "small.csv"]
