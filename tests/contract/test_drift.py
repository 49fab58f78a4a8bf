"""The contract is made from the models and the routes, and the front end's types from the contract."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_headwater import openapi
from jupyterlab_headwater.routes import ROUTES

ROOT = Path(__file__).parents[2]
REPAIR = "Repair it with: make contract"


def test_the_contract_is_what_models_and_routes_make() -> None:
    assert (ROOT / "api" / "openapi.json").read_text(encoding="utf-8") == openapi.text(), REPAIR


def test_a_full_disk_is_an_answer_of_routes_that_write() -> None:
    for route in ROUTES:
        # An editor that opens or closes a notebook is written down, though reading is all it needs to be allowed.
        writes = route.action != "read" or route.handler in ("notebooks.open", "notebooks.close")
        assert (507 in route.errors) == writes, f"{route.method} {route.path}"


@pytest.mark.skipif(shutil.which("npx") is None, reason="needs Node")
def test_the_types_of_the_front_end_are_what_the_contract_makes() -> None:
    made = _output("npx", "openapi-typescript", "api/openapi.json")
    assert made == (ROOT / "src" / "api" / "schema.ts").read_text(encoding="utf-8"), REPAIR


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_the_kernel_api_is_what_is_written_down() -> None:
    code = "import sys; sys.path.insert(0, 'tools'); import public_api; print(public_api.text(), end='')"
    made = _output(sys.executable, "-c", code)
    assert made == (ROOT / "api" / "public-api.md").read_text(encoding="utf-8"), REPAIR
