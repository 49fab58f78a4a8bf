"""``headwater pin``, ``unpin``, ``pins`` and ``upgrade``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from headwater.cli import run

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def headwater(desk: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with ``--json``; returns exit code, document and standard error."""
    monkeypatch.setenv("HEADWATER_HOME", str(desk.headwater.home.path))
    monkeypatch.chdir(desk.folder)

    def call(*arguments: str) -> tuple[int, Any, str]:
        code = run([*arguments, "--json"])
        captured = capfd.readouterr()
        return code, json.loads(captured.out), captured.err

    return call


def test_pin_lists_and_unpin(desk: Any, headwater: Run) -> None:
    path = desk.notebook()
    code, document, _ = headwater("pin", "a.ipynb", "sales.orders@v2", "--reason", "year end")
    entry = document["pins"]["sales.orders"]
    assert (code, document["notebook"]) == (0, "a.ipynb")
    assert (entry["version"], entry["state"], entry["behind"], entry["reason"]) == (
        "v2",
        "behind",
        1,
        "year end",
    )
    assert desk.file_pins(path) == {"sales.orders": "v2"}
    assert headwater("pins", "a.ipynb")[1]["pins"] == document["pins"]
    assert headwater("unpin", "a.ipynb", "sales.orders")[1]["pins"] == {}
    assert desk.file_pins(path) == {}


def test_upgrade_shows_what_it_would_do_and_does_it(desk: Any, headwater: Run) -> None:
    path = desk.notebook()
    desk.set(path, "sales.orders", "v1")
    before = path.read_bytes()
    code, dry, _ = headwater("upgrade", "a.ipynb", "sales.orders", "--dry-run")
    assert (code, dry["from"], dry["to"], dry["applied"]) == (0, "v1", "v3", False)
    assert [version["version"] for version in dry["versions"]] == ["v3", "v2"]
    assert path.read_bytes() == before
    assert headwater("upgrade", "a.ipynb", "sales.orders@v2")[1]["applied"] is True
    assert desk.file_pins(path) == {"sales.orders": "v2"}
    assert headwater("upgrade", "a.ipynb", "sales.orders@v2")[1]["applied"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("pins", "none.ipynb"), 2, "notebook_not_found"),
        (("pin", "a.ipynb", "sales.nothing"), 2, "dataset_not_found"),
        (("pin", "a.ipynb", "sales.orders@v99"), 2, "version_not_found"),
        (("pin", "a.ipynb", "orders"), 2, "bad_name"),
        (("unpin", "a.ipynb", "sales.orders"), 2, "usage"),
        (("upgrade", "a.ipynb", "sales.orders"), 2, "usage"),
        (("pins", "broken.ipynb"), 2, "invalid_notebook"),
    ],
)
def test_errors_are_one_document_and_an_exit_code(
    desk: Any, headwater: Run, arguments: tuple[str, ...], code: int, error: str
) -> None:
    desk.notebook()
    (desk.folder / "broken.ipynb").write_text("{")
    got, document, _ = headwater(*arguments)
    assert (got, document["error"]["code"]) == (code, error)
    assert document["error"]["hint"]


def test_an_open_notebook_is_changed_where_it_is_open(
    desk: Any, capfd: pytest.CaptureFixture[str], headwater: Run
) -> None:
    path = desk.notebook()
    desk.pins.open(path, "tab")
    before = path.read_bytes()
    assert run(["pin", str(path), "sales.orders"]) == 0
    assert "next save" in capfd.readouterr().err
    assert path.read_bytes() == before
    assert desk.versions(path) == {"sales.orders": "v3"}


def test_the_texts_for_people(desk: Any, headwater: Run, capfd: pytest.CaptureFixture[str]) -> None:
    path = desk.notebook()
    desk.set(path, "sales.orders", "v1", reason="year end")
    assert run(["pins", str(path)]) == 0
    shown = capfd.readouterr().out
    assert "2 behind" in shown and "year end" in shown and "by ada" in shown
    assert run(["upgrade", str(path), "sales.orders", "--dry-run"]) == 0
    assert capfd.readouterr().out.startswith("sales.orders v1 -> v3: 3 rows (as many as before), not applied\n")
