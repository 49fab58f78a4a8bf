"""The passport and its sentence: what the evidence supports, and nothing more."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from headwater.stamping.passport import make_passport
from headwater.stamping.verify import check


@pytest.fixture
def passport_of(desk: Any) -> Any:
    def make(notebook: dict[str, Any], trusted: Any = None) -> Any:
        return make_passport("delays.ipynb", notebook, *check(notebook, desk.trusted if trusted is None else trusted))

    return make


def test_the_whole_sentence(desk: Any, passport_of: Any) -> None:
    assert passport_of(desk.stamped()).sentence == (
        "These results rest on demo.flights v2 (336,776 rows, 22 Nov) and a masked sample of prod.bookings "
        "(100,000 of 1,000,000 rows, seed 7). It wrote marts.delays v3 (12 rows). All 5 cells ran in order. "
        "Signature valid."
    )


def test_a_notebook_without_a_stamp_claims_nothing(desk: Any, passport_of: Any) -> None:
    found = passport_of(desk.notebook())
    assert found.sentence == "This notebook has no stamp: nothing is known of the data behind its results."
    assert (found.badge, found.stamp, found.verdict) == ("none", None, "unsigned")
    assert [pin.dataset for pin in found.pins] == ["demo.flights"]


def test_a_changed_notebook_does_not_claim_its_results(desk: Any, passport_of: Any) -> None:
    notebook = desk.stamped()
    desk.cell(notebook, "load")["outputs"][0]["data"]["text/html"] = "<b>2</b>"
    found = passport_of(notebook)
    assert found.sentence.startswith(
        "This notebook is not what was stamped: the outputs of cell 3 changed. What was stamped"
    )
    assert "These results rest on" not in found.sentence
    assert "Signature valid" not in found.sentence
    assert found.badge == "changed"
    assert [cell.cell for cell in found.cells if cell.changed] == ["load"]


def test_an_altered_stamp_is_evidence_of_nothing(desk: Any, passport_of: Any) -> None:
    notebook = desk.stamped()
    notebook["metadata"]["headwater"]["stamp"]["datasets"]["demo.flights@v2"]["rows"] = 1
    found = passport_of(notebook)
    assert "demo.flights" not in found.sentence
    assert (found.stamp, found.actor, found.linear, found.environment) == (None, None, False, {})
    assert all(cell.reads == () for cell in found.cells)


def test_an_untrusted_stamp_speaks_for_itself_only(desk: Any, passport_of: Any) -> None:
    found = passport_of(desk.stamped(), {})
    assert found.sentence.startswith("By its own account, these results rest on")
    assert found.sentence.endswith("Signed with a key that is not trusted here.")
    assert found.badge == "unsigned"


def test_a_read_without_a_pin_is_said_and_shown(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    kernel.run(desk.cell(notebook, "load"), ("read", "demo.flights@v2", {"rows": 5, "floating": True}))
    desk.stamp(notebook, kernel.records)
    found = passport_of(notebook)
    assert "demo.flights v2 (336,776 rows, 22 Nov, read without a pin)" in found.sentence
    assert "1 of 5 cells ran here; 2 cells have outputs that were inherited, not run here." in found.sentence
    assert found.badge == "floating"


def test_a_read_by_a_tag_is_exact_and_said_to_be_movable(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    by_tag = {"rows": 5, "floating": True, "tag": "year-end"}
    kernel.run(desk.cell(notebook, "load"), ("read", "demo.flights@v2", by_tag))
    desk.stamp(notebook, kernel.records)
    found = passport_of(notebook)
    assert "22 Nov, read by the tag year-end, which can be moved)" in found.sentence
    assert (found.badge, [use.tag for cell in found.cells for use in cell.reads]) == ("floating", ["year-end"])
    assert "without a pin" not in found.sentence


def test_a_tag_that_is_none_is_not_repeated(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    forged = {"rows": 5, "floating": True, "tag": "x\x1b[31m <b>"}
    kernel.run(desk.cell(notebook, "load"), ("read", "demo.flights@v2", forged))
    desk.stamp(notebook, kernel.records)
    assert "22 Nov, read without a pin)" in passport_of(notebook).sentence


def test_a_cell_that_ran_again_is_not_out_of_order(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in [*code, code[-1]]:
        kernel.run(cell)
    desk.stamp(notebook, kernel.records)
    assert "All 5 cells ran in order, with 1 more run before or between them." in passport_of(notebook).sentence
    kernel.run(code[0])
    desk.stamp(notebook, kernel.records)
    assert "All 5 cells ran, but not once each in order." in passport_of(notebook).sentence


def test_what_only_the_kernel_says_is_said_to_be_so(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    kernel.run(desk.cell(notebook, "load"), ("read", "other.table@v1", {"rows": 5, "kind": "real"}))
    desk.stamp(notebook, kernel.records)
    assert "other.table v1 (as its kernel reported)" in passport_of(notebook).sentence


def test_derived_data_names_what_it_rests_on(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    kernel.run(desk.cell(notebook, "load"), ("read", "marts.delays@v3", {"rows": 12, "kind": "derived"}))
    desk.stamp(notebook, kernel.records)
    assert "marts.delays v3 (12 rows, derived from a sample, 23 Nov)" in passport_of(notebook).sentence


def test_failures_and_edits_are_counted(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    kernel = desk.Kernel()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            kernel.run(cell, status="error" if cell["id"] == "save" else "ok")
    desk.cell(notebook, "plot")["source"] = "plot(other)"
    desk.stamp(notebook, kernel.records)
    assert passport_of(notebook).sentence == (
        "No cell read a dataset through Headwater. "
        "All 5 cells ran in order; 1 cell failed; 1 cell has changed since it ran. "
        "Signature valid."
    )


def test_a_copy_says_that_it_did_not_run(desk: Any, passport_of: Any) -> None:
    notebook = desk.stamped()
    first = copy.deepcopy(notebook["metadata"]["headwater"]["stamp"])
    notebook["metadata"]["headwater"].update(id="nb-2", copiedFrom="nb-1")
    desk.stamp(notebook, [], previous=first)
    found = passport_of(notebook)
    assert found.sentence.startswith("Inherited from a copy, not run here: demo.flights v2")
    assert "5 cells have outputs that were inherited, not run here." in found.sentence
    assert {cell.status for cell in found.cells} == {"inherited"}


def test_cells_list_what_they_used(desk: Any, passport_of: Any) -> None:
    cells = {cell.cell: cell for cell in passport_of(desk.stamped()).cells}
    load = cells["load"]
    assert (load.position, load.title, load.seq, load.status) == (
        3,
        'flights = hw.load("demo.flights")',
        2,
        "ok",
    )
    assert [(use.dataset, use.version, use.rows, use.columns) for use in load.reads] == [
        ("demo.flights", "v2", 336_776, ("delay",))
    ]
    assert [(use.dataset, use.version) for use in cells["save"].writes] == [("marts.delays", "v3")]


def test_a_control_character_in_a_cell_does_not_reach_the_passport(desk: Any, passport_of: Any) -> None:
    notebook = desk.notebook()
    desk.cell(notebook, "setup")["source"] = "\n\x1b[31mimport x" + "y" * 100
    title = passport_of(notebook).cells[0].title
    assert title.startswith(" [31mimport x")
    assert len(title) == 60
