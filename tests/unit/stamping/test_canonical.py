"""What counts as a notebook's content, and what does not."""

from __future__ import annotations

import base64
import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.errors import InvalidNotebook
from headwater.stamping.canonical import canonical
from headwater.stamping.jcs import canonical_json
from headwater.stamping.outputs import normal_traceback, output_items


def root(notebook: dict[str, Any]) -> str:
    return canonical(notebook).digests["root"]


def lines(text: str, end: str) -> list[str]:
    return [line.replace("\n", end) for line in text.splitlines(keepends=True)]


def notebook_of(sources: list[str], texts: list[str]) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "id": f"c{n}",
                "cell_type": "code",
                "metadata": {},
                "source": source,
                "execution_count": n,
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": text},
                    {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}},
                ],
            }
            for n, (source, text) in enumerate(zip(sources, texts, strict=True))
        ],
    }


text = st.text(alphabet=st.characters(exclude_characters="\r"), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(st.tuples(text, text), max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_lines_or_text_and_either_line_end_are_one_content(pairs: list[tuple[str, str]], end: str) -> None:
    notebook = notebook_of([source for source, _ in pairs], [shown for _, shown in pairs])
    other = copy.deepcopy(notebook)
    for cell in other["cells"]:
        cell["source"] = lines(cell["source"], end)
        cell["outputs"][0]["text"] = lines(cell["outputs"][0]["text"], end)
        data = cell["outputs"][1]["data"]
        data["text/plain"] = lines(data["text/plain"], end)
        cell["execution_count"] = 99
    assert root(other) == root(notebook)


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_two_sources_share_a_digest_only_when_they_are_equal_up_to_line_ends(left: str, right: str) -> None:
    same = left.replace("\r\n", "\n") == right.replace("\r\n", "\n")
    assert (root(notebook_of([left], ["x"])) == root(notebook_of([right], ["x"]))) == same


@settings(deadline=None)
@given(json_values, json_values)
def test_json_outputs_share_bytes_only_when_a_reader_of_json_cannot_tell_them_apart(left: Any, right: Any) -> None:
    assert (canonical_json(left) == canonical_json(right)) == (_comparable(left) == _comparable(right))


def _comparable(value: Any) -> Any:
    """A model of equality that shares no code with the canonical form: numbers by value, all else by type."""
    if isinstance(value, bool) or value is None:
        return ("constant", str(value))
    if isinstance(value, int):
        # Beyond 2**53 an integer is told apart from the double next to it; within, 1 and 1.0 are one number.
        return ("number", value) if abs(value) < 2**53 else ("integer", value)
    if isinstance(value, float):
        return ("number", "nan") if math.isnan(value) else ("number", value)
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, dict):
        return ("object", {key: _comparable(item) for key, item in value.items()})
    return ("array", [_comparable(item) for item in value])


def test_key_order_counts_for_nothing(desk: Any) -> None:
    notebook = desk.notebook()
    assert root(json.loads(json.dumps(notebook, sort_keys=True))) == root(notebook)


def test_tagged_values_cannot_be_forged() -> None:
    for honest, forged in [
        (2**60, {"$integer": str(2**60)}),
        (float("nan"), {"$number": "NaN"}),
        ("\ud800", {"$utf16": "d800"}),
        ({"\ud800": 1}, {"$utf16:d800": 1}),
        ({"$a": 1}, {"$$a": 1}),
    ]:
        assert canonical_json(honest) != canonical_json(forged)


def put(notebook: dict[str, Any], cell: str | None, path: tuple[str | int, ...], value: Any) -> None:
    """Set one place of a cell, or of the notebook when `cell` is None."""
    place: Any = next(found for found in notebook["cells"] if found["id"] == cell) if cell else notebook
    for key in path[:-1]:
        place = place[key] if isinstance(key, int) else place.setdefault(key, {})
    place[path[-1]] = value


@pytest.mark.parametrize(
    ("cell", "path", "value"),
    [
        ("load", ("execution_count",), 77),
        ("load", ("metadata", "collapsed"), True),
        ("load", ("metadata", "scrolled"), "auto"),
        ("load", ("metadata", "execution"), {"iopub.execute_input": "2026-11-23T10:00:00Z"}),
        ("load", ("metadata", "papermill"), {"duration": 1.5}),
        ("load", ("metadata", "trusted"), True),
        (None, ("metadata", "kernelspec", "display_name"), "Python 3 (ipykernel)"),
        (None, ("metadata", "language_info", "version"), "3.12.0"),
        (None, ("metadata", "papermill"), {"input_path": "a.ipynb"}),
        (None, ("metadata", "headwater", "stamp"), {"anything": 1}),
        (None, ("nbformat_minor",), 4),
    ],
)
def test_what_no_reader_sees_does_not_count(desk: Any, cell: str | None, path: Any, value: Any) -> None:
    notebook = desk.notebook()
    before = root(notebook)
    put(notebook, cell, path, value)
    assert root(notebook) == before


@pytest.mark.parametrize(
    ("cell", "path", "value"),
    [
        ("load", ("source",), 'flights = hw.load("demo.flights@v1")'),
        ("load", ("cell_type",), "raw"),
        ("load", ("metadata", "tags"), ["hide"]),
        ("load", ("outputs", 0, "data", "text/html"), "<b>2</b>"),
        ("load", ("outputs", 0, "output_type"), "execute_result"),
        ("sample", ("outputs", 0, "name"), "stderr"),
        ("plot", ("outputs", 0, "metadata", "image/png"), {"width": 800}),
        ("plot", ("outputs", 0, "metadata", "isolated"), True),
        ("end", ("metadata", "format"), "text/latex"),
        ("intro", ("attachments", "map.png"), {"image/png": base64.b64encode(b"other").decode()}),
        (None, ("metadata", "title"), "No delays"),
        (None, ("metadata", "headwater", "id"), "nb-2"),
        (None, ("metadata", "headwater", "other"), "x"),
    ],
)
def test_what_a_reader_sees_counts(desk: Any, cell: str | None, path: Any, value: Any) -> None:
    notebook = desk.notebook()
    before = root(notebook)
    put(notebook, cell, path, value)
    assert root(notebook) != before


def test_line_breaks_of_base64_count_for_nothing_and_its_every_bit_counts(desk: Any) -> None:
    def items(data: str) -> list[dict[str, Any]]:
        return output_items([desk.display({"image/png": data})], {})

    plain = desk.png.strip()
    broken = "\r\n".join(plain[i : i + 60] for i in range(0, len(plain), 60))
    assert items(broken) == items(plain) == items(plain + "\n")
    assert items("A" + plain[1:]) != items("B" + plain[1:])


def test_base64_with_stray_bits_is_another_content() -> None:
    # Both decode to one zero byte; only the first is what an encoder writes.
    honest, stray = (
        [{"output_type": "display_data", "data": {"image/png": data}, "metadata": {}}] for data in ("AA==", "AB==")
    )
    assert output_items(honest, {}) != output_items(stray, {})


def test_the_pieces_of_a_stream_are_one_output_and_hidden_records_do_not_part_them(desk: Any) -> None:
    record = desk.display({"application/vnd.headwater.record.v1+json": {"v": 1}})
    whole = [desk.stream("a\nb\n")]
    assert output_items([desk.stream("a\n"), record, desk.stream(["b\n"])], {}) == output_items(whole, {})
    assert output_items([desk.stream("a\n"), desk.stream("b\n", "stderr")], {}) != output_items(whole, {})


def test_outputs_keep_their_borders(desk: Any) -> None:
    one = [desk.display({"text/plain": "a", "text/html": "b"})]
    two = [desk.display({"text/html": "b"}), desk.display({"text/plain": "a"})]
    assert output_items(one, {}) != output_items(two, {})


def test_a_traceback_is_its_text_without_colours_counts_and_folders() -> None:
    mine = (
        "\x1b[31mValueError\x1b[0m  Traceback (most recent call last)\n"
        "Cell \x1b[32mIn[7], line 1\x1b[0m\n----> 1 f()\n"
        "File \x1b[32m~/venv/lib/python3.11/site-packages/lib/core.py:12\x1b[0m, in f()\n"
        '  File "/home/ada/my files/job.py", line 3, in g\nValueError: bad'
    )
    theirs = (
        "ValueError  Traceback (most recent call last)\nCell In[2], line 1\n----> 1 f()\n"
        "File C:\\python\\lib\\core.py:12, in f()\n"
        '  File "D:\\work\\job.py", line 3, in g\nValueError: bad'
    )
    assert normal_traceback(mine) == normal_traceback(theirs)
    assert normal_traceback(mine) != normal_traceback(mine.replace("bad", "worse"))
    assert normal_traceback(mine) != normal_traceback(mine.replace("core.py:12", "core.py:13"))


def test_an_error_counts_by_name_value_and_traceback() -> None:
    def items(**changes: Any) -> list[dict[str, Any]]:
        error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["Cell In[1], line 1"]}
        return output_items([{**error, **changes}], {})

    assert items(traceback=["Cell In[9], line 1"]) == items()
    assert len({json.dumps(items(**c)) for c in ({}, {"ename": "F"}, {"evalue": "w"}, {"traceback": ["x"]})}) == 4


def widget_notebook(ids: tuple[str, str], value: int) -> dict[str, Any]:
    view, layout = ids
    state = {
        view: {"model_name": "IntSliderModel", "state": {"value": value, "layout": f"IPY_MODEL_{layout}"}},
        layout: {"model_name": "LayoutModel", "state": {"width": "10px"}},
    }
    shown = {"text/plain": "IntSlider()", "application/vnd.jupyter.widget-view+json": {"model_id": view}}
    notebook = notebook_of(["slider"], [""])
    notebook["cells"][0]["outputs"] = [{"output_type": "display_data", "data": shown, "metadata": {}}]
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    return notebook


def test_widgets_count_by_what_they_show_and_not_by_their_ids() -> None:
    assert root(widget_notebook(("a", "b"), 1)) == root(widget_notebook(("z", "y"), 1))
    assert root(widget_notebook(("a", "b"), 1)) != root(widget_notebook(("a", "b"), 2))


def test_widgets_that_refer_to_each_other_end() -> None:
    notebook = widget_notebook(("a", "b"), 1)
    state = notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    state["b"]["state"]["parent"] = "IPY_MODEL_a"
    assert root(notebook)


def test_cells_without_ids_and_with_equal_ids_are_named_by_position() -> None:
    notebook = notebook_of(["a", "b", "c"], ["", "", ""])
    notebook["cells"][1]["id"] = "c0"
    del notebook["cells"][2]["id"]
    form = canonical(notebook)
    assert [cell.id for cell in form.cells] == ["c0", "@2", "@3"]
    assert form.duplicates == ("c0",)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"nbformat": 3, "worksheets": []},
        {"nbformat": 4, "metadata": {}, "cells": 5},
        {"nbformat": 4, "metadata": [], "cells": []},
        {"nbformat": 4, "metadata": {}, "cells": ["x"]},
        {"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "heading", "source": ""}]},
        {"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": 5}]},
        {"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "", "outputs": {}}]},
        {"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "", "outputs": ["x"]}]},
    ],
)
def test_what_is_not_a_notebook_is_refused(content: Any) -> None:
    with pytest.raises(InvalidNotebook):
        canonical(content)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["output_type", "name", "text", "data", "metadata", "ename"]), json_values))
def test_outputs_of_any_shape_have_a_form(output: dict[str, Any]) -> None:
    notebook = notebook_of(["x"], ["y"])
    notebook["cells"][0]["outputs"] = [output]
    assert root(notebook)
