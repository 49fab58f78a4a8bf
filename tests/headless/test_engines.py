"""One notebook under papermill, nbclient and nbconvert, with no server and no browser: the same rows, and a stamp."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.assembly import open_headwater

_NBCLIENT = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook).execute()
nbformat.write(notebook, sys.argv[2])
"""
ENGINES = {
    "papermill": ["-m", "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar"],
    "nbconvert": ["-m", "nbconvert", "--to", "notebook", "--execute", "in.ipynb", "--output", "out.ipynb"],
    "nbclient": ["-c", _NBCLIENT, "in.ipynb", "out.ipynb"],
}


def _notebook(source: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "load", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_loads_the_pinned_rows_and_its_file_can_be_stamped(tmp_path: Path, engine: str) -> None:
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    headwater = open_headwater(home)

    def commit(*rows: int) -> None:
        table = pa.table({"a": list(rows)})
        headwater.commits.commit("x.t", table.to_reader(), kind="real", author="ada")

    commit(1, 2, 3)
    source = 'import headwater as hw\nprint("sum", sum(hw.load("x.t", as_="arrow")["a"].to_pylist()))'
    (folder / "in.ipynb").write_text(json.dumps(_notebook(source)))
    environ = {**os.environ, "HEADWATER_HOME": str(home)}
    # nbclient runs in a process that says nothing of a notebook: this is what the variable is for.
    environ |= {"HEADWATER_NOTEBOOK": str(folder / "in.ipynb")} if engine == "nbclient" else {}

    def headwater_command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "headwater.cli", *arguments, "--json"],
            cwd=folder, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert headwater_command("pin", "in.ipynb", "x.t").returncode == 0
    commit(10, 20, 30)
    done = subprocess.run(
        [sys.executable, *ENGINES[engine]], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "sum 6" in (folder / "out.ipynb").read_text()
    stamped = headwater_command("stamp", "out.ipynb")
    assert stamped.returncode == 0, stamped.stdout
    assert [(read["dataset"], read["version"]) for read in json.loads(stamped.stdout)["reads"]] == [("x.t", "v1")]
    verified = headwater_command("verify", "out.ipynb")
    assert json.loads(verified.stdout)["results"][0]["verdict"] == "valid"
    headwater.close()
