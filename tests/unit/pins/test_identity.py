"""Which notebook is which: through renames, moves behind the server's back, copies and replaced files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from headwater.processes import this_process


def test_a_rename_keeps_id_and_pins(desk: Any) -> None:
    path = desk.notebook()
    before = desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    moved = path.with_name("b.ipynb")
    path.rename(moved)
    desk.pins.renamed(path, moved)
    after = desk.pins.get(moved)
    assert after.notebook == before.notebook
    assert desk.versions(moved) == {"sales.orders": "v2"}
    assert desk.pins.is_held(moved)


def test_a_renamed_directory_takes_its_notebooks_along(desk: Any) -> None:
    inside, beside = desk.notebook("old/deep/a.ipynb"), desk.notebook("old.ipynb")
    ids = desk.pins.get(inside).notebook, desk.pins.get(beside).notebook
    (desk.folder / "old").rename(desk.folder / "new 100%_x")
    desk.pins.renamed(desk.folder / "old", desk.folder / "new 100%_x")
    moved = desk.folder / "new 100%_x" / "deep" / "a.ipynb"
    assert (desk.pins.get(moved).notebook, desk.pins.get(beside).notebook) == ids


def test_a_notebook_moved_by_another_tool_is_the_same_notebook(desk: Any) -> None:
    path = desk.notebook()
    pinned = desk.set(path, "sales.orders", "v1")
    moved = desk.folder / "sub" / "b.ipynb"
    moved.parent.mkdir()
    path.rename(moved)
    assert desk.pins.get(moved).notebook == pinned.notebook
    assert desk.versions(moved) == {"sales.orders": "v1"}


def test_a_duplicate_gets_an_id_of_its_own_and_keeps_the_pins(desk: Any) -> None:
    path = desk.notebook()
    original = desk.set(path, "sales.orders", "v1")
    copy = desk.folder / "a-Copy1.ipynb"
    desk.save(path, to=copy)
    section = desk.section(copy)
    assert section["id"] != original.notebook
    assert section["copiedFrom"] == original.notebook
    assert desk.file_pins(copy) == {"sales.orders": "v1"}
    desk.set(copy, "sales.orders", "v2")
    assert (desk.file_pins(path), desk.file_pins(copy)) == ({"sales.orders": "v1"}, {"sales.orders": "v2"})


def test_a_file_copied_by_another_tool_is_a_copy_before_and_after_its_first_save(desk: Any) -> None:
    path = desk.notebook()
    original = desk.set(path, "sales.orders", "v1")
    copy = desk.folder / "b.ipynb"
    shutil.copy(path, copy)
    seen = desk.pins.get(copy)
    assert seen.notebook != original.notebook
    assert desk.pins.get(copy).notebook == seen.notebook
    desk.save(copy)
    assert desk.section(copy)["id"] == seen.notebook
    assert desk.pins.get(copy).notebook == seen.notebook
    assert desk.pins.get(path).notebook == original.notebook


def test_a_copy_of_an_open_notebook_takes_the_pins_that_hold_there(desk: Any) -> None:
    path = desk.notebook()
    desk.set(path, "sales.orders", "v1")
    content = json.loads(path.read_text())
    desk.pins.open(path, "tab")
    desk.set(path, "sales.orders", "v2")
    other = desk.folder / "saved as.ipynb"
    desk.save(path, content, to=other)
    assert desk.file_pins(other) == {"sales.orders": "v2"}
    assert desk.section(other)["copiedFrom"] == desk.section(path)["id"]


def test_a_notebook_saved_elsewhere_before_its_first_save_is_a_copy_with_its_pins(desk: Any) -> None:
    path = desk.notebook()
    original = desk.pins.open(path, "tab").notebook
    desk.set(path, "sales.orders", "v2")
    other = desk.folder / "saved as.ipynb"
    content = json.loads(path.read_text())
    desk.save(path, {**content, "metadata": {"headwater": {"id": original}}}, to=other)
    assert desk.file_pins(other) == {"sales.orders": "v2"}
    assert desk.section(other)["copiedFrom"] == original != desk.section(other)["id"]
    assert desk.pins.get(path).notebook == original


def test_a_notebook_from_another_home_brings_id_and_pins(desk: Any) -> None:
    section = {
        "id": "11111111-aaaa",
        "copiedFrom": "0000",
        "pins": {
            "sales.orders": {
                "version": "v1",
                "digest": "",
                "kind": "real",
                "pinnedBy": "eve",
                "pinnedAt": "",
                "reason": "",
            }
        },
    }
    path = desk.notebook(section=section)
    assert desk.pins.get(path).notebook == "11111111-aaaa"
    desk.save(path)
    assert desk.section(path) == section


def test_a_new_notebook_in_the_place_of_a_deleted_one_is_another(desk: Any) -> None:
    path = desk.notebook()
    pinned = desk.set(path, "sales.orders", "v1")
    path.unlink()
    desk.notebook()
    found = desk.pins.get(path)
    assert found.notebook != pinned.notebook
    assert found.pins == ()


def test_a_notebook_copied_over_another_is_a_copy(desk: Any) -> None:
    one, two = desk.notebook("one.ipynb"), desk.notebook("two.ipynb")
    first = desk.set(one, "sales.orders", "v1").notebook
    second = desk.set(two, "sales.customers", "v1").notebook
    shutil.copy(one, two)
    found = desk.pins.get(two)
    assert found.notebook not in (first, second)
    assert desk.versions(two) == {"sales.orders": "v1"}
    assert desk.pins.get(one).notebook == first


def test_an_original_that_is_damaged_is_still_there(desk: Any) -> None:
    path = desk.notebook()
    original = desk.set(path, "sales.orders").notebook
    copy = desk.folder / "b.ipynb"
    shutil.copy(path, copy)
    path.write_text("{ half")
    assert desk.pins.get(copy).notebook != original


def test_saving_a_notebook_twice_writes_the_same_section(desk: Any) -> None:
    path = desk.notebook()
    desk.save(path)
    first = desk.section(path)
    desk.save(path)
    assert desk.section(path) == first


@pytest.mark.parametrize("id", [7, "", "x" * 65, None])
def test_an_id_that_is_none_is_replaced(desk: Any, id: Any) -> None:
    path = desk.notebook(section={"id": id})
    desk.save(path)
    assert len(desk.section(path)["id"]) == 36


def test_a_kernel_finds_its_notebook_by_the_binding_also_after_a_rename(desk: Any) -> None:
    from headwater.capture.ledger import kernel_ledger

    path = desk.notebook()
    ledger = kernel_ledger(desk.headwater.home)
    assert ledger.binding("kernel-1") is None
    notebook = desk.pins.bind_kernel("kernel-1", path, "ada")
    assert ledger.binding("kernel-1") == (notebook, str(path), "ada")
    moved = path.with_name("b.ipynb")
    path.rename(moved)
    desk.pins.renamed(path, moved)
    assert ledger.binding("kernel-1") == (notebook, str(moved), "ada")
    desk.pins.unbind_kernel("kernel-1")
    assert ledger.binding("kernel-1") is None
    ledger.close()


def test_a_kernel_that_runs_holds_the_record(desk: Any) -> None:
    from headwater.capture.ledger import kernel_ledger

    path = desk.notebook()
    notebook = desk.pins.bind_kernel("kernel-1", path, "ada")
    before = path.read_bytes()
    changed = desk.set(path, "sales.orders", "v2")
    ledger = kernel_ledger(desk.headwater.home)
    revision, pins = ledger.pins(notebook)
    assert (revision, pins["sales.orders"].version) == (changed.revision, "v2")
    assert path.read_bytes() == before
    desk.save(path)
    desk.pins.unbind_kernel("kernel-1")
    assert desk.versions(path) == {"sales.orders": "v2"}
    ledger.close()


def test_the_kernels_of_a_server_that_died_hold_nothing(desk: Any) -> None:
    path = desk.notebook()
    desk.pins.bind_kernel("kernel-1", path, "ada")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    server = f"{ended.pid}.0@{this_process().partition('@')[2]}"
    with desk.headwater.database.transaction() as tx:
        tx.execute("UPDATE binding SET server = ?", (server,))
    assert not desk.pins.is_held(path)
    desk.pins.bind_kernel("kernel-2", desk.notebook("b.ipynb"), "ada")
    assert desk.headwater.database.query("SELECT kernel_id FROM binding WHERE kernel_id = ?", ("kernel-1",)) == []
