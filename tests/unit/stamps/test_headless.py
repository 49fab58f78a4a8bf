"""``headwater run``, ``stamp`` and ``verify`` with real kernels, and papermill beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headwater.cli import run

ROOT = Path(__file__).parents[3]


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
def command(desk: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs one command line in the folder of the notebooks."""
    # Kernels import this source tree, wherever the tests are run.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("HEADWATER_HOME", str(desk.headwater.home.path))
    monkeypatch.chdir(desk.folder)

    def command(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return command


def sources(notebook: dict[str, Any], *texts: str) -> dict[str, Any]:
    for cell, text in zip(notebook["cells"], texts, strict=True):
        cell.update(source=text, outputs=[], execution_count=None)
    notebook["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


LOAD = 'df = hw.load("demo.flights", as_="arrow")\nprint(df.num_rows)'


def reading(desk: Any) -> dict[str, Any]:
    texts = ("import headwater as hw", "x = 1", LOAD, "print(x, 'done')")
    return sources(desk.notebook(*texts), *texts)


def texts_of(notebook: dict[str, Any]) -> list[str]:
    """What the notebook's streams show."""
    return [
        "".join(output["text"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]


def test_a_run_is_stamped_and_its_source_is_not_touched(desk: Any, command: Any) -> None:
    desk.flights(10)
    written = desk.write(reading(desk))
    done = command("run", "a.ipynb", "-o", "out.ipynb", "--json")
    assert (done.code, done.err.count("Traceback")) == (0, 0)
    assert done.document["reads"] == [{"cell": "c3", "dataset": "demo.flights", "version": "v1", "rows": 10}]
    assert done.document["notebook"] == "out.ipynb"
    assert desk.path().read_bytes() == written
    stamp = desk.stamp("out.ipynb")
    assert stamp["stampId"] == done.document["stamp"]
    assert stamp["run"]["linear"] is True
    assert stamp["run"]["order"] == ["c1", "c2", "c3", "c4"]
    assert stamp["pins"]["demo.flights"]["version"] == "v1"
    assert stamp["actor"]["source"] == "os-account"
    assert stamp["environment"]["python"].startswith("3.")
    assert command("verify", "out.ipynb").code == 0


def test_a_run_after_a_newer_version_loads_the_pinned_rows(desk: Any, command: Any) -> None:
    desk.flights(10)
    desk.write(reading(desk))
    command("run", "a.ipynb")
    desk.flights(20)
    done = command("run", "a.ipynb", "--json")
    assert done.document["reads"][0]["version"] == "v1"
    assert texts_of(desk.read())[0] == "10\n"
    subprocess.run([sys.executable, "-m", "papermill", "a.ipynb", "pm.ipynb"], check=True, capture_output=True)
    assert texts_of(desk.read("pm.ipynb"))[0] == "10\n"
    stamped = command("stamp", "pm.ipynb", "--json")
    assert stamped.document["reads"] == [{"cell": "c3", "dataset": "demo.flights", "version": "v1", "rows": 10}]
    assert command("verify", "pm.ipynb").code == 0
    written = desk.path("pm.ipynb").read_bytes()
    assert command("stamp", "pm.ipynb").code == 0
    assert desk.path("pm.ipynb").read_bytes() == written
    # The notebook that papermill took its pins from did not run again.
    assert desk.verdict() == "valid"


def test_a_failing_cell_ends_the_run_and_what_ran_is_kept(desk: Any, command: Any) -> None:
    texts = ("print('before')", "raise ValueError('no such thing')", "print('after')")
    desk.write(sources(desk.notebook(*texts), *texts))
    done = command("run", "a.ipynb", "-o", "out.ipynb", "--json")
    assert done.code == 1
    failed = done.document["failed"]
    assert failed == {"cell": "c2", "position": 2, "error": "ValueError", "message": "no such thing"}
    assert texts_of(desk.read("out.ipynb")) == ["before\n"]
    assert desk.verdict("out.ipynb") == "valid"
    shown = command("run", "a.ipynb", "-o", "out.ipynb")
    assert "Cell 2 (raise ValueError('no such thing')) failed: ValueError: no such thing" in shown.out


def test_one_digit_of_an_output_is_named_with_its_cell(desk: Any, command: Any) -> None:
    desk.flights(10)
    desk.write(reading(desk))
    command("run", "a.ipynb")
    content = desk.read()
    (output,) = [found for found in content["cells"][2]["outputs"] if found["output_type"] == "stream"]
    output["text"] = ["11\n"]
    desk.write(content)
    done = command("verify", "a.ipynb", "--json")
    assert done.code == 1
    (result,) = done.document["results"]
    assert result["verdict"] == "changed"
    assert [(change["what"], change["cell"]) for change in result["changes"]] == [("output", "c3")]
    shown = command("verify", "a.ipynb").out
    assert shown.startswith("a.ipynb: changed since it was stamped\n")
    assert 'output [c3]: cell 3 (df = hw.load("demo.flights", as_="arrow")): stream/stdout changed' in shown


def test_a_stranger_verifies_with_the_file_and_a_public_key(desk: Any, command: Any, tmp_path: Path) -> None:
    desk.save(desk.notebook("1"))
    (key,) = desk.headwater.home.keys.glob("*.pub.pem")
    nowhere = ("--home", tmp_path / "stranger")
    assert command("verify", "a.ipynb", "--key", key, *nowhere).code == 0
    done = command("verify", "a.ipynb", "--json", *nowhere)
    assert (done.code, done.document["results"][0]["verdict"]) == (1, "untrusted")
    assert not (tmp_path / "stranger").exists()


def test_several_notebooks_are_all_told(desk: Any, command: Any) -> None:
    desk.save(desk.notebook("1"))
    desk.write(desk.notebook("2"), "b.ipynb")
    done = command("verify", "a.ipynb", "b.ipynb", "--json")
    assert done.code == 1
    assert [result["verdict"] for result in done.document["results"]] == ["valid", "unsigned"]


@pytest.mark.parametrize("verb", ["run", "stamp", "verify"])
@pytest.mark.parametrize("content", [b"not json", b"[1, 2]", b'{"nbformat": 4, "cells": 5}', b"\xff\xfe"])
def test_what_is_no_notebook_is_refused_and_stays_as_it_is(desk: Any, command: Any, verb: str, content: bytes) -> None:
    desk.path().write_bytes(content)
    done = command(verb, "a.ipynb", "--json")
    assert done.code == 2
    assert done.document["error"]["code"] == "invalid_notebook"
    assert desk.path().read_bytes() == content


def test_a_notebook_that_an_editor_holds_is_not_written(desk: Any, command: Any) -> None:
    written = desk.write(desk.notebook("1"))
    desk.headwater.pins.open(desk.path(), "browser-tab")
    for verb in ("stamp", "run"):
        done = command(verb, "a.ipynb", "--json")
        assert (done.code, done.document["error"]["code"]) == (4, "conflict")
    assert desk.path().read_bytes() == written


def test_a_kernel_that_is_not_installed_is_said_to_be_so(desk: Any, command: Any) -> None:
    content = sources(desk.notebook("1"), "1")
    content["metadata"]["kernelspec"]["name"] = "no-such-kernel"
    desk.write(content)
    done = command("run", "a.ipynb", "-o", "out.ipynb", "--json")
    assert done.code == 2
    assert "no-such-kernel" in done.document["error"]["message"]
    assert not desk.path("out.ipynb").exists()


def test_the_cell_that_first_uses_headwater_knows_its_git_commit(desk: Any, command: Any) -> None:
    desk.flights(3)
    notebook = reading(desk)
    # The notebook is one cell: the one in whose middle Headwater is imported.
    notebook["cells"] = notebook["cells"][:1]
    # Git is asked in the background; the cell gives it the time.
    notebook["cells"][0]["source"] = "import time\nimport headwater as hw\nhw.load('demo.flights')\ntime.sleep(2)"
    desk.write(notebook)
    (desk.folder / "other.txt").write_text("1")
    committing = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]
    for arguments in (["init", "-q"], ["add", "."], committing):
        subprocess.run(["git", *arguments], cwd=desk.folder, check=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=desk.folder, check=True, capture_output=True, text=True)
    assert command("run", "a.ipynb", "-o", "clean.ipynb").code == 0
    assert desk.stamp("clean.ipynb")["git"] == {"commit": commit.stdout.strip(), "dirty": False, "attestedBy": "kernel"}
    (desk.folder / "other.txt").write_text("2")
    assert command("run", "a.ipynb", "-o", "dirty.ipynb").code == 0
    assert desk.stamp("dirty.ipynb")["git"]["dirty"] is True


def test_a_run_has_its_credentials_in_the_host_and_not_in_the_kernel(
    desk: Any, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUN_DSN", "postgresql://nobody:sesame@127.0.0.1:1/none")
    desk.headwater.home.config_path.write_text('[sources.prod]\nkind = "postgresql"\ndsn_env = "RUN_DSN"\n')
    text = "import os\nimport headwater as hw\nprint('RUN_DSN' in os.environ, 'sesame' in str(dict(os.environ)))"
    draw = "try:\n    hw.sample('prod', 'public.t')\nexcept Exception as error:\n    print(error.code, error.message)"
    desk.write(sources(desk.notebook(text, draw), text, draw))
    try:
        assert command("run", "a.ipynb").code == 0
    finally:
        command("host", "--stop")
    kernel, host = texts_of(desk.read())
    assert kernel.strip() == "False False"
    # The host looked for the database that the variable names, and did not miss the variable.
    assert host.startswith("source_unavailable")
    assert "RUN_DSN" not in host
    assert "sesame" not in host
