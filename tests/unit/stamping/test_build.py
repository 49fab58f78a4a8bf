"""What a stamp says, and that it says nothing new when there is nothing new."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from headwater.stamping.build import has_facts
from headwater.stamping.statement import stamp_digest


def by_id(stamp: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {cell["id"]: cell for cell in stamp["cells"]}


def reads(stamp: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(read["cell"], read["dataset"]) for read in stamp["reads"]]


@pytest.fixture
def notebook(desk: Any) -> dict[str, Any]:
    found: dict[str, Any] = desk.notebook()
    return found


def test_it_says_what_each_cell_read_and_wrote(desk: Any, notebook: dict[str, Any]) -> None:
    stamp = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    assert reads(stamp) == [("load", "demo.flights@v2"), ("sample", "prod.bookings@v1")]
    assert stamp["reads"][0]["columns"] == ["delay"]
    assert stamp["reads"][1]["columns"] is None
    assert [(write["cell"], write["dataset"], write["rows"]) for write in stamp["writes"]] == [
        ("save", "marts.delays@v3", 12)
    ]
    assert stamp["writes"][0]["derivedFrom"] == ["demo.flights@v2", "prod.bookings@v1"]
    assert sorted(stamp["datasets"]) == ["demo.flights@v2", "marts.delays@v3", "prod.bookings@v1"]
    assert stamp["datasets"]["demo.flights@v2"]["rows"] == 336_776


def test_it_keeps_attested_and_reported_facts_apart(desk: Any, notebook: dict[str, Any]) -> None:
    stamp = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    assert {read["attestedBy"] for read in stamp["reads"]} == {"kernel"}
    assert stamp["writes"][0]["attestedBy"] == "server"
    assert stamp["datasets"]["demo.flights@v2"]["attestedBy"] == "server"
    assert stamp["actor"]["attestedBy"] == "server"
    assert stamp["environment"]["attestedBy"] == stamp["git"]["attestedBy"] == stamp["run"]["attestedBy"] == "kernel"


def test_a_version_whose_digest_the_ledger_does_not_confirm_stays_a_claim(desk: Any, notebook: dict[str, Any]) -> None:
    kernel = desk.Kernel()
    lie = {"kind": "real", "rests_on": [], "rows": 5}
    kernel.run(desk.cell(notebook, "load"), ("read", "unknown.table@v1", lie))
    stamp = desk.stamp(notebook, kernel.records)
    assert stamp["datasets"]["unknown.table@v1"]["attestedBy"] == "kernel"
    assert stamp["datasets"]["unknown.table@v1"]["rows"] is None


def test_a_straight_run_is_linear(desk: Any, notebook: dict[str, Any]) -> None:
    stamp = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    assert stamp["run"]["linear"] is True
    assert stamp["run"]["order"] == ["setup", "load", "sample", "plot", "save"]
    assert by_id(stamp)["plot"]["seq"] == 4


@pytest.mark.parametrize("case", ["twice", "backwards", "restarted", "edited", "failed", "not first", "one left out"])
def test_any_other_run_is_not_linear(desk: Any, notebook: dict[str, Any], case: str) -> None:
    kernel = desk.Kernel()
    if case == "not first":
        kernel.count = 3
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if case == "backwards":
        cells = [*cells[:2], *reversed(cells[2:])]
    for cell in cells[:-1] if case == "one left out" else cells:
        kernel.run(cell, status="error" if case == "failed" and cell["id"] == "plot" else "ok")
    records = list(kernel.records)
    if case == "twice":
        kernel.run(desk.cell(notebook, "load"))
        records = kernel.records
    if case == "restarted":
        second = desk.Kernel(process=2, count=4)
        second.run(desk.cell(notebook, "save"))
        records += second.records
    if case == "edited":
        desk.cell(notebook, "load")["source"] += "\n# later"
    assert desk.stamp(notebook, records)["run"]["linear"] is False


def test_a_cell_edited_since_it_ran_says_so(desk: Any, notebook: dict[str, Any]) -> None:
    records = desk.run_all(notebook, desk.Kernel()).records
    desk.cell(notebook, "load")["source"] += "\n# later"
    cell = by_id(desk.stamp(notebook, records))["load"]
    assert cell["status"] == "ok"
    assert cell["ranSource"] != cell["source"]


def test_runs_without_cell_ids_are_found_by_their_source(desk: Any, notebook: dict[str, Any]) -> None:
    with_ids = desk.stamp(copy.deepcopy(notebook), desk.run_all(notebook, desk.Kernel()).records)
    without = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel(with_cell_ids=False)).records)
    assert without["reads"] == with_ids["reads"]
    assert without["run"] == with_ids["run"]


def test_cells_with_equal_source_are_told_apart_by_the_count_on_show(desk: Any, notebook: dict[str, Any]) -> None:
    source = 'hw.load("demo.flights")'
    notebook["cells"] = [desk.code("a", source, count=2), desk.code("b", source, count=1)]
    kernel = desk.Kernel(with_cell_ids=False)
    kernel.run(notebook["cells"][1], ("read", "demo.flights@v2", {"rows": 1}))
    kernel.run(notebook["cells"][0], ("read", "demo.flights@v2", {"rows": 2}))
    stamp = desk.stamp(notebook, kernel.records)
    assert [(read["cell"], read["rows"]) for read in stamp["reads"]] == [("a", 2), ("b", 1)]


def test_records_in_outputs_count_as_those_of_the_spool_do(desk: Any, notebook: dict[str, Any]) -> None:
    """What papermill leaves behind: the same records, hidden in the outputs of their cells."""
    kernel = desk.Kernel(with_cell_ids=False)
    spooled = desk.stamp(copy.deepcopy(notebook), desk.run_all(notebook, kernel).records)
    kernel = desk.Kernel(with_cell_ids=False)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            before = len(kernel.records)
            desk.run_cell(kernel, cell)
            cell["outputs"] += [desk.hidden(record) for record in kernel.records[before:]]
    hidden = desk.stamp(notebook, [])
    assert hidden["reads"] == spooled["reads"]
    assert hidden["cells"][2]["outputItems"] == spooled["cells"][2]["outputItems"]
    both = desk.stamp(copy.deepcopy(notebook), kernel.records)
    assert both["reads"] == hidden["reads"]
    assert both["run"]["order"] == hidden["run"]["order"]


def test_saving_again_changes_nothing(desk: Any, notebook: dict[str, Any]) -> None:
    records = desk.run_all(notebook, desk.Kernel()).records
    first = desk.stamp(notebook, records)
    again = desk.stamp(notebook, records, previous=first, now="2027-01-01T00:00:00.000Z")
    assert json.dumps(again) == json.dumps(first)


def test_saving_again_without_the_records_changes_nothing(desk: Any, notebook: dict[str, Any]) -> None:
    """Another machine, or a ledger that let old records go: the stamp in the file still tells it all."""
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    for own in (True, False):
        again = desk.stamp(notebook, [], previous=first, own=own, now="2027-01-01T00:00:00.000Z")
        assert json.dumps(again) == json.dumps(first)


def test_a_rename_and_another_user_are_no_news(desk: Any, notebook: dict[str, Any]) -> None:
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    assert desk.stamp(notebook, [], previous=first, name="renamed.ipynb") == first


def test_a_kernel_that_jupyterlab_fills_in_is_no_news(desk: Any, notebook: dict[str, Any]) -> None:
    info = {key: notebook["metadata"].pop(key) for key in ("kernelspec", "language_info")}
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    notebook["metadata"].update(info)
    assert desk.stamp(notebook, [], previous=first) == first
    assert desk.verdict(notebook) == "valid"


def test_news_makes_a_new_stamp_that_names_the_one_before(desk: Any, notebook: dict[str, Any]) -> None:
    records = desk.run_all(notebook, desk.Kernel()).records
    first = desk.stamp(notebook, records)
    notebook["cells"][0]["source"] = "# Delays, revised"
    second = desk.stamp(notebook, records, previous=first)
    assert second["stampId"] != first["stampId"]
    assert second["log"]["previous"] == stamp_digest(first)
    assert second["reads"] == first["reads"]


def test_cells_that_did_not_run_since_keep_their_history(desk: Any, notebook: dict[str, Any]) -> None:
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    notebook["cells"][0]["source"] = "# Delays, revised"
    second = desk.stamp(notebook, [], previous=first)
    assert second["reads"] == first["reads"]
    assert second["run"] == first["run"]
    assert second["environment"] == first["environment"]


def test_outputs_that_changed_without_a_run_lose_their_history(desk: Any, notebook: dict[str, Any]) -> None:
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    desk.cell(notebook, "load")["outputs"][0]["data"]["text/html"] = "<b>9</b>"
    second = desk.stamp(notebook, [], previous=first)
    assert by_id(second)["load"]["status"] == "inherited"
    assert ("load", "demo.flights@v2") not in reads(second)


def test_cleared_outputs_keep_the_history_of_their_cell(desk: Any, notebook: dict[str, Any]) -> None:
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    desk.cell(notebook, "load")["outputs"] = []
    second = desk.stamp(notebook, [], previous=first)
    assert by_id(second)["load"]["status"] == "ok"
    assert reads(second) == reads(first)


def test_a_copied_notebook_inherits_and_did_not_run_here(desk: Any, notebook: dict[str, Any]) -> None:
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    notebook["metadata"]["headwater"].update(id="nb-2", copiedFrom="nb-1")
    copied = desk.stamp(notebook, [], previous=first)
    assert {cell["status"] for cell in copied["cells"] if cell["type"] == "code"} == {"inherited"}
    assert reads(copied) == reads(first)
    assert copied["run"]["order"] == []
    assert copied["run"]["linear"] is False
    assert copied["environment"] is None
    assert copied["notebook"]["copiedFrom"] == "nb-1"
    rerun = desk.run_all(notebook, desk.Kernel(notebook="nb-2", process=2))
    assert desk.stamp(notebook, rerun.records, previous=copied)["run"]["linear"] is True


def test_facts_that_another_key_signed_are_inherited_once_something_changes(
    desk: Any, notebook: dict[str, Any]
) -> None:
    first = desk.stamp(notebook, desk.run_all(notebook, desk.Kernel()).records)
    notebook["cells"][0]["source"] = "# Delays, revised"
    second = desk.stamp(notebook, [], previous=first, own=False)
    assert by_id(second)["load"]["status"] == "inherited"


def test_a_pasted_cell_inherits_what_its_original_read(desk: Any, notebook: dict[str, Any]) -> None:
    records = desk.run_all(notebook, desk.Kernel()).records
    notebook["cells"].append({**copy.deepcopy(desk.cell(notebook, "load")), "id": "pasted"})
    stamp = desk.stamp(notebook, records)
    assert by_id(stamp)["pasted"]["status"] == "inherited"
    assert ("pasted", "demo.flights@v2") in reads(stamp)
    assert stamp["run"]["linear"] is False


def test_a_read_by_a_cell_that_is_gone_still_counts_for_cells_that_ran_after_it(
    desk: Any, notebook: dict[str, Any]
) -> None:
    records = desk.run_all(notebook, desk.Kernel()).records
    notebook["cells"].remove(desk.cell(notebook, "load"))
    stamp = desk.stamp(notebook, records)
    gone = [read for read in stamp["reads"] if read["dataset"] == "demo.flights@v2"]
    assert [(read["cell"], read["earlier"]) for read in gone] == [(None, True)]
    again = desk.stamp(notebook, [], previous=stamp)
    assert again == stamp


def test_a_read_that_a_rerun_replaced_counts_only_for_cells_that_ran_between(
    desk: Any, notebook: dict[str, Any]
) -> None:
    kernel = desk.Kernel()
    load, plot = desk.cell(notebook, "load"), desk.cell(notebook, "plot")
    kernel.run(load, ("read", "demo.flights@v1", {"rows": 1}))
    kernel.run(plot)
    kernel.run(load, ("read", "demo.flights@v2", {"rows": 2}))
    stamp = desk.stamp(notebook, kernel.records)
    assert [(read["dataset"], read.get("earlier", False)) for read in stamp["reads"]] == [
        ("demo.flights@v2", False),
        ("demo.flights@v1", True),
    ]
    kernel.run(plot)
    restarted = desk.Kernel(process=2)
    restarted.run(load, ("read", "demo.flights@v2", {"rows": 2}))
    restarted.run(plot)
    stamp = desk.stamp(notebook, [*kernel.records, *restarted.records])
    assert reads(stamp) == [("load", "demo.flights@v2")]


def test_there_is_something_to_say_once_a_cell_ran_or_a_pin_is_set(desk: Any, notebook: dict[str, Any]) -> None:
    assert has_facts(notebook, [])
    notebook["metadata"]["headwater"]["pins"] = {}
    assert not has_facts(notebook, [])
    kernel = desk.run_all(notebook, desk.Kernel())
    assert has_facts(notebook, kernel.records)
    notebook["cells"][1]["outputs"].append(desk.hidden(kernel.records[0]))
    assert has_facts(notebook, [])


def test_nothing_of_the_content_or_the_machine_is_in_it(desk: Any, notebook: dict[str, Any]) -> None:
    secret = "s3cr3t-value"
    desk.cell(notebook, "load")["outputs"][0]["data"]["text/html"] = secret
    desk.cell(notebook, "load")["source"] = f'password = "{secret}"'
    kernel = desk.Kernel(kernel="kernel-id-of-the-machine")
    desk.run_all(notebook, kernel)
    kernel.run(
        desk.cell(notebook, "plot"),
        environment={"python": "3.11.7", "platform": "/home/ada", "prefix": "/home/ada/venv"},
        git={"commit": "/home/ada/.git"},
        cwd="/home/ada",
    )
    text = json.dumps(desk.stamp(notebook, kernel.records))
    for hidden in (secret, "/home", "kernel-id-of-the-machine", "plot(flights)"):
        assert hidden not in text


def test_cells_that_ran_before_headwater_was_imported_are_found_and_ordered(
    desk: Any, notebook: dict[str, Any]
) -> None:
    """The cell that imports it records them: without ids and times, and, headless, in its own outputs."""
    notebook["cells"] = [desk.code("a", "x = 1"), desk.code("b", "y = 2"), desk.code("c", "import headwater")]
    for headless in (False, True):
        late = copy.deepcopy(notebook)
        kernel = desk.Kernel(with_cell_ids=False)
        for cell in late["cells"][:2]:
            kernel.run(cell, started=None, ended=None, environment=None, git=None)
        # The import began before the other two were recorded.
        kernel.run(late["cells"][2], started="2026-11-23T10:00:00.000Z")
        if headless:
            late["cells"][2]["outputs"] = [desk.hidden(record) for record in kernel.records]
        stamp = desk.stamp(late, [] if headless else kernel.records)
        assert stamp["run"]["order"] == ["a", "b", "c"]
        assert stamp["run"]["linear"] is True
        assert by_id(stamp)["a"]["startedAt"] is None
        assert stamp["environment"]["python"] == "3.11.7"


def test_a_copy_of_a_headless_run_did_not_run_here(desk: Any, notebook: dict[str, Any]) -> None:
    kernel = desk.Kernel(with_cell_ids=False)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            before = len(kernel.records)
            desk.run_cell(kernel, cell)
            cell["outputs"] += [desk.hidden(record) for record in kernel.records[before:]]
    first = desk.stamp(notebook, [])
    assert first["run"]["linear"] is True
    copied = copy.deepcopy(notebook)
    copied["metadata"]["headwater"].update(id="nb-2", copiedFrom="nb-1")
    by_stamp = desk.stamp(copy.deepcopy(copied), [], previous=first)
    claimed = frozenset(record.id for record in kernel.records)
    by_claim = desk.stamp(copy.deepcopy(copied), [], claimed_elsewhere=claimed)
    for stamp in (by_stamp, by_claim):
        assert by_id(stamp)["load"]["status"] == "inherited"
        assert stamp["run"]["order"] == []
