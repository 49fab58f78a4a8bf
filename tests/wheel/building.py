"""The wheel, built from this checkout, and environments that it is installed into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
BUILT = ROOT / "jupyterlab_headwater" / "labextension"


@dataclass(frozen=True)
class Environment:
    """A fresh virtual environment. Its commands find nothing but what is installed in it: above all no Node."""

    path: Path

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        own = {"PATH": str(self.path / "bin"), "HOME": str(self.path / "user"), **environ}
        return subprocess.run(
            [str(self.path / "bin" / command[0]), *command[1:]],
            cwd=self.path, env=own, capture_output=True, text=True, check=False,
        )  # fmt: skip


def uv(*arguments: str | Path) -> None:
    done = subprocess.run(["uv", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def environment(path: Path, *install: str | Path) -> Environment:
    """A new environment at `path`, with `install` as the arguments of an installation into it."""
    uv("venv", "--quiet", "--python", sys.executable, path)
    uv("pip", "install", "--quiet", "--python", path / "bin" / "python", *install)
    (path / "user").mkdir()
    return Environment(path)


def build_front_end() -> None:
    """What is built is packed as it is, be it old or for development: build it when it is not of this source."""
    sources = [path for folder in ("src", "style", "schema") for path in (ROOT / folder).rglob("*") if path.is_file()]
    sources += [ROOT / "package.json", ROOT / "tsconfig.json"]
    mark = BUILT / "package.json"
    fresh = mark.exists() and mark.stat().st_mtime >= max(path.stat().st_mtime for path in sources)
    if fresh and not any(BUILT.rglob("*.map")):
        return
    shutil.rmtree(BUILT, ignore_errors=True)
    done = subprocess.run(["jlpm", "build:prod"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    os.utime(mark)
