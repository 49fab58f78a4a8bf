"""What a load means: the explicit version, else the pin, else the newest, pinned; and the record it leaves."""

# ruff: noqa: E501 (a case is read in one line)
from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import headwater as hw
from headwater import client as kernel_client
from headwater.assembly import Headwater
from headwater.errors import (
    BadName,
    BadPredicate,
    ColumnNotFound,
    DatasetNotFound,
    InvalidNotebook,
    StoreUnavailable,
    UsageError,
    VersionNotFound,
)
from headwater.models import Version
from headwater.recipe_text import checked_request
from headwater.sample_models import SampleRequest
from headwater.transports.local import LocalTransport

Commit = Callable[..., Version]
Records = Callable[[str], list[dict[str, Any]]]


pytestmark = pytest.mark.usefixtures("kernel")


@pytest.fixture
def notebook(tmp_path: Path, kernel: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook that this process is told to run."""
    path = tmp_path / "n.ipynb"
    write_notebook(path, {})
    monkeypatch.setenv("HEADWATER_NOTEBOOK", str(path))
    return path


def write_notebook(path: Path, section: dict[str, Any]) -> None:
    path.write_text(json.dumps({"cells": [], "metadata": {"headwater": section}, "nbformat": 4, "nbformat_minor": 5}))


def ids(ref: str, **options: Any) -> list[int]:
    table = hw.load(ref, **{"as_": "arrow", **options})
    return table.column("id").to_pylist()


# Which version ------------------------------------------------------------------------------------------------------


def test_a_version_can_be_named_in_three_ways(headwater: Headwater, commit: Commit, records: Records) -> None:
    first = commit("a.b", {"id": [1]})
    commit("a.b", {"id": [2]})
    headwater.catalog.tag("a.b@v1", "month-end", "ada")
    for spec in ("v1", "month-end", first.digest[:8]):
        assert ids(f"a.b@{spec}") == [1]
    read = records("read")
    assert [one["floating"] for one in read] == [False, True, False]
    assert [one.get("tag") for one in read] == [None, "month-end", None]


def test_without_a_notebook_loads_float(headwater: Headwater, commit: Commit, records: Records) -> None:
    commit("a.b", {"id": [1]})
    assert ids("a.b") == [1]
    commit("a.b", {"id": [2]})
    assert ids("a.b") == [2]
    assert [(read["version"], read["floating"]) for read in records("read")] == [
        ("v1", True),
        ("v2", True),
    ]


def test_it_is_said_once_that_loads_float(commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    commit("a.b", {"id": [1]})
    monkeypatch.setattr(kernel_client, "_warned", False)
    with pytest.warns(UserWarning, match="HEADWATER_NOTEBOOK") as caught:
        ids("a.b")
        ids("a.b")
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_the_first_load_pins(headwater: Headwater, commit: Commit, notebook: Path, records: Records) -> None:
    commit("a.b", {"id": [1]})
    assert ids("a.b") == [1]
    commit("a.b", {"id": [2]})
    assert ids("a.b") == [1]
    assert ids("a.b@v2") == [2]
    assert ids("a.b") == [1]
    (pin,) = hw.pins()
    assert (pin["dataset"], pin["version"], pin["state"], pin["behind"]) == ("a.b", "v1", "behind", 1)
    assert {read["floating"] for read in records("read")} == {False}
    assert [entry["op"] for entry in records("pin")] == ["set"]


def test_the_pin_in_the_file_decides(commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    commit("a.b", {"id": [2]})
    entry = {
        "version": "v1",
        "digest": "",
        "kind": "real",
        "pinnedBy": "ada",
        "pinnedAt": "",
        "reason": "year end",
    }
    write_notebook(notebook, {"pins": {"a.b": entry}})
    assert ids("a.b") == [1]
    assert hw.pins()[0]["reason"] == "year end"


def test_a_pin_of_a_version_that_is_gone_is_an_error(commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    write_notebook(notebook, {"pins": {"a.b": {"version": "v7", "kind": "real"}}})
    with pytest.raises(VersionNotFound, match="pinned to a.b v7, which is not in this home") as caught:
        ids("a.b")
    assert 'hw.pin("a.b", "v1")' in caught.value.hint
    assert hw.pins()[0]["state"] == "missing"


def test_a_pin_of_other_content_under_the_same_name_is_an_error(commit: Commit, notebook: Path) -> None:
    first = commit("a.b", {"id": [1]})
    commit("a.b", {"id": [2]})
    write_notebook(notebook, {"pins": {"a.b": {"version": "v1", "digest": "f" * 64, "kind": "real"}}})
    with pytest.raises(
        VersionNotFound, match="a.b v1 with the digest ffffffffffff, which is not in this home"
    ) as caught:
        ids("a.b")
    assert first.digest[:12] in caught.value.message
    assert 'hw.pin("a.b", "v1")' in caught.value.hint
    with pytest.raises(VersionNotFound):
        hw.scan("a.b")
    assert (hw.pins()[0]["state"], hw.pins()[0]["behind"]) == ("missing", 0)
    hw.pin("a.b", "v1")
    assert ids("a.b") == [1]


def test_pin_and_unpin(commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    commit("a.b", {"id": [2]})
    assert hw.pin("a.b", "v1", reason="audit")[0]["reason"] == "audit"
    assert ids("a.b") == [1]
    assert hw.pin("a.b@v2")[0]["state"] == "current"
    assert ids("a.b") == [2]
    assert hw.unpin("a.b") == []
    with pytest.raises(UsageError, match="has no pin of a.b"):
        hw.unpin("a.b")
    with pytest.raises(UsageError, match="Give one of them"):
        hw.pin("a.b@v1", "v2")


def test_pinning_needs_a_notebook(commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    with pytest.raises(UsageError, match="HEADWATER_NOTEBOOK"):
        hw.pin("a.b", "v1")
    assert hw.pins() == []


@pytest.mark.parametrize("how", ["variable", "file"])
def test_pinning_on_first_use_can_be_turned_off(
    headwater: Headwater, commit: Commit, notebook: Path, monkeypatch: pytest.MonkeyPatch, how: str, records: Records
) -> None:
    if how == "variable":
        monkeypatch.setenv("HEADWATER_AUTOPIN", "0")
    else:
        headwater.home.config_path.write_text("[pins]\non_first_use = false\n")
    commit("a.b", {"id": [1]})
    ids("a.b")
    assert hw.pins() == []
    assert records("read")[0]["floating"]


def test_a_load_that_fails_leaves_no_pin(commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    with pytest.raises(ColumnNotFound):
        hw.load("a.b", columns=["nope"])
    with pytest.raises(BadPredicate):
        hw.load("a.b", where="id >")
    assert hw.pins() == []


def test_scan_resolves_and_pins_like_load(
    headwater: Headwater, commit: Commit, notebook: Path, records: Records
) -> None:
    commit("a.b", {"id": [1]})
    hw.scan("a.b")
    commit("a.b", {"id": [2]})
    assert hw.scan("a.b").collect()["id"].to_list() == [1]
    assert [read["rows"] for read in records("read")] == [1, 1]


# What a read leaves -------------------------------------------------------------------------------------------------


def test_a_read_is_recorded(headwater: Headwater, commit: Commit, notebook: Path, records: Records) -> None:
    version = commit("a.b", {"id": [1, 2, 3], "x": [1, 2, 3]}, kind="sample")
    hw.load("a.b", columns=["id"], where="x > 1")
    (read,) = records("read")
    assert {key: read[key] for key in ("dataset", "version", "digest", "files", "kind", "rows", "columns", "floating")} == {
        "dataset": "a.b", "version": "v1", "digest": version.digest, "files": version.files, "kind": "sample",
        "rows": 2, "columns": ["id"], "floating": False,
    }  # fmt: skip


def test_a_sample_is_recorded_as_a_write(
    headwater: Headwater, commit: Commit, monkeypatch: pytest.MonkeyPatch, records: Records
) -> None:
    root, other = commit("prod.a", {"id": [1, 2]}, kind="sample"), commit("prod.b", {"id": [1]}, kind="sample")
    drawn = {"recipe": "r" * 64, "versions": [asdict(root), asdict(other)], "masks": {}, "orphans": 0, "rows": 3}
    monkeypatch.setattr(LocalTransport, "call", lambda *_: (json.loads(json.dumps(drawn)), None))
    hw.sample("prod", "public.a")
    assert [
        (write["dataset"], write["version"], write["digest"], write["kind"], write["rows"])
        for write in records("write")
    ] == [
        ("prod.a", "v1", root.digest, "sample", 2),
        ("prod.b", "v1", other.digest, "sample", 1),
    ]


def test_what_a_sample_is_asked_for_goes_as_texts(headwater: Headwater, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def call(_: Any, operation: str, arguments: dict[str, Any]) -> Any:
        asked.append(arguments["request"])
        return {"recipe": "r", "versions": [], "masks": {}, "orphans": 0, "rows": 0}, None

    monkeypatch.setattr(LocalTransport, "call", call)
    hw.sample("prod", "t", 5, name="a.b", method="window", by="at", start=date(2026, 1, 2), end=9, where="x > 1")
    hw.sample("prod", "t", method="keys", keys=[1, ("a", 2)], masks={"x": "null"}, related=True, cut=["l"], pace="fast")
    assert [checked_request(request) for request in asked] == [
        SampleRequest(
            "prod", "t", 5, "window", dataset="a.b", by=("at",), start="2026-01-02", end="9", where="x > 1"
        ),
        SampleRequest(
            "prod", "t", method="keys", keys=(("1",), ("a", "2")), masks={"x": "null"}, related=True, cut=("l",),
            pace="fast",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(("as_", "rows"), [("pandas", 2), ("polars", 2), ("arrow", 2), ("duckdb", 2)])
def test_rows_are_counted_in_every_format(
    headwater: Headwater, commit: Commit, as_: str, rows: int, records: Records
) -> None:
    commit("a.b", {"id": [1, 2, 3]})
    hw.load("a.b", as_=as_, limit=2)  # type: ignore[call-overload]
    assert records("read")[0]["rows"] == rows


# What is not there --------------------------------------------------------------------------------------------------


def test_unknown_names_come_with_near_ones(commit: Commit) -> None:
    commit("sales.orders", {"id": [1]})
    for name in ("sales.order", "sale.orders"):
        with pytest.raises(DatasetNotFound, match="Did you mean sales.orders?"):
            ids(name)
    with pytest.raises(DatasetNotFound, match="hw.search"):
        ids("zzz.qqq")
    with pytest.raises(BadName, match="not a dataset name"):
        ids("orders")
    with pytest.raises(BadName, match="does not name a version"):
        ids("sales.orders@!")


@pytest.mark.parametrize("spec", ["v99", "v9999999999999999999", "nope", "ffffff"])
def test_an_unknown_version_says_what_there_is(commit: Commit, spec: str) -> None:
    commit("sales.orders", {"id": [1]})
    with pytest.raises((VersionNotFound, BadName)) as caught:
        ids(f"sales.orders@{spec}")
    if spec == "v99":
        assert str(caught.value) == (
            'sales.orders has no version v99. Newest: v1. List them with hw.versions("sales.orders").'
        )


def test_a_home_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(StoreUnavailable, match="headwater init"):
        hw.load("a.b")
    assert not (tmp_path / "elsewhere").exists()


def test_a_notebook_that_is_no_json(commit: Commit, notebook: Path) -> None:
    commit("a.b", {"id": [1]})
    notebook.write_text("{")
    with pytest.raises(InvalidNotebook, match="n.ipynb is not notebook JSON"):
        ids("a.b")
    assert notebook.read_text() == "{"


# What is shown ------------------------------------------------------------------------------------------------------


def test_versions_are_a_list_and_a_table(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1]}, message="first <b>load</b>")
    commit("a.b", {"id": [1, 2]}, kind="sample")
    headwater.catalog.tag("a.b@v1", "month-end", "ada")
    found = hw.versions("a.b")
    assert [version.version for version in found] == ["v2", "v1"]
    assert found[1].tags == ("month-end",)
    assert str(found[0]) == "a.b@v2"
    text = repr(found)
    assert "a.b: 2 versions" in text
    assert "SAMPLE" in text
    html = found._repr_html_()
    assert "first &lt;b&gt;load&lt;/b&gt;" in html
    assert "<b>load" not in html
    assert "first <b>load</b>" in repr(found[1])
    assert "<b>load" not in found[1]._repr_html_()


def test_a_version_has_the_fields_of_the_catalog(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    commit("a.b", {"id": [1, 2]})
    known = headwater.catalog.resolve("a.b")
    found = hw.versions("a.b")[0]
    assert {name: getattr(found, name) for name in type(known).__dataclass_fields__} == {
        name: getattr(known, name) for name in type(known).__dataclass_fields__
    }


def test_describe(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1, 2]}, message="nightly")
    headwater.catalog.describe("a.b", "<script>alert(1)</script>", "ada", "admin")
    found = hw.describe("a.b")
    assert (found.name, found.owner, found.version_count, found.newest.rows) == ("a.b", "ada", 1, 2)
    assert "nightly" in repr(found)
    assert "id      int64" in repr(found)
    assert "<script>" not in found._repr_html_()


def test_pins_are_shown(commit: Commit, notebook: Path) -> None:
    assert repr(hw.pins()) == "This notebook has no pins."
    commit("a.b", {"id": [1]})
    pins = hw.pin("a.b", reason="<i>")
    assert "current" in repr(pins)
    assert "<i>" not in pins._repr_html_()


# How light it is ----------------------------------------------------------------------------------------------------

HEAVY = (
    "pyarrow",
    "pandas",
    "numpy",
    "polars",
    "duckdb",
    "pyiceberg",
    "pydantic",
    "tornado",
    "sqlalchemy",
    "dataclasses",
)


def modules_after(code: str) -> list[str]:
    script = f"import sys\n{code}\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    return json.loads(done.stdout.replace("'", '"'))


def test_the_import_takes_nothing_with_it() -> None:
    assert modules_after("import headwater; headwater.load; dir(headwater)") == []


def test_an_arrow_load_takes_pyarrow_only(commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    loaded = modules_after("import headwater as hw; hw.load('a.b', as_='arrow')")
    assert set(loaded) <= {"pyarrow", "numpy", "dataclasses"}


def test_a_polars_load_does_without_pyarrow(commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    assert "pyarrow" not in modules_after("import headwater as hw; hw.load('a.b', as_='polars')")


@pytest.mark.parametrize("name", [*hw.__all__, "test", "simulate", "variant"])
def test_no_module_takes_a_public_name(name: str) -> None:
    # Importing headwater/pins.py from anywhere would put the module where the function hw.pins was.
    assert importlib.util.find_spec(f"headwater.{name}") is None


def test_the_public_names() -> None:
    assert set(hw.__all__) <= set(dir(hw))
    for name in hw.__all__:
        assert getattr(hw, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'simulate'"):
        _ = hw.simulate  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert hw.__version__


def test_a_mistake_in_a_source_does_not_keep_from_reading(headwater: Headwater, commit: Commit) -> None:
    commit("a.b", {"id": [1]})
    headwater.home.config_path.write_text("[sources.prod]\nkind = 7\n[masking]\nx = 1\n")
    assert ids("a.b") == [1]
    assert [version.version for version in hw.versions("a.b")] == ["v1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = PROD_DSN\n', r"headwater\.toml is not valid TOML at line 3, column 11"),
        ("[store]\nwarehouse = 7\n", r"warehouse in \[store\] of headwater\.toml"),
        ('[pins]\non_first_use = "yes"\n', r"on_first_use in \[pins\] of headwater\.toml"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("notebook")
def test_a_file_that_reading_needs_is_named_with_the_place(
    headwater: Headwater, commit: Commit, text: str, told: str
) -> None:
    commit("a.b", {"id": [1]})
    headwater.home.config_path.write_text(text)
    with pytest.raises(UsageError, match=told) as raised:
        hw.load("a.b")
    assert raised.value.hint
    assert "PROD_DSN" not in str(raised.value)
