"""Records are claims: what is well formed is taken, all else is left out."""

from __future__ import annotations

from typing import Any

import pytest

from headwater.stamping.records import merged, parse_record, records_in_outputs, runs_of


def document(**changes: Any) -> dict[str, Any]:
    data = {
        "cell": "c1",
        "source_sha256": "ab" * 32,
        "execution_count": 1,
        "dataset": "demo.flights",
        "version": "v2",
        "rows": 5,
        **changes.pop("data", {}),
    }
    base = {
        "v": 1,
        "id": "r1",
        "kernel": "k",
        "notebook": None,
        "path": None,
        "seq": 0,
        "at": "2026-11-23T10:00:00.000Z",
        "type": "read",
    }
    return {**base, **changes, "data": data}


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "x",
        {},
        document(v=2),
        document(id=5),
        document(id="x" * 100),
        document(kernel=None),
        document(seq="1"),
        document(seq=-1),
        document(at="yesterday"),
        document(type=None),
        {**document(), "data": []},
    ],
)
def test_what_is_no_record_is_passed_over(broken: Any) -> None:
    assert parse_record(broken) is None


@pytest.mark.parametrize(
    "data",
    [
        {"dataset": "../etc/passwd"},
        {"dataset": 5},
        {"version": "latest"},
        {"rows": "many"},
        {"rows": True},
        {"rows": -1},
    ],
)
def test_a_use_that_names_no_version_is_left_out(data: dict[str, Any]) -> None:
    record = parse_record(document(data=data))
    assert record is not None
    assert runs_of([record])[0].reads == ()


def test_only_checked_fields_get_through() -> None:
    record = parse_record(
        document(
            data={
                "digest": "not hex",
                "files": "AB" * 32,
                "kind": "gold",
                "rests_on": ["real", "gold", 5],
                "columns": "all",
                "floating": "yes",
                "inputs": ["a.b@v1", "a.b@latest", "nonsense", 5],
            }
        )
    )
    assert record is not None
    use = runs_of([record])[0].reads[0]
    assert (use.digest, use.files, use.kind, use.rests_on, use.columns, use.floating, use.inputs) == (
        None, None, None, ("real",), None, False, ("a.b@v1",),
    )  # fmt: skip


def test_a_run_that_has_not_ended_is_running() -> None:
    record = parse_record(document())
    assert record is not None
    assert runs_of([record])[0].status == "running"


def test_a_record_is_taken_once_and_keeps_what_each_way_knows() -> None:
    spooled = parse_record(document(), session="k.42")
    hidden = parse_record(document(), anchor="c1")
    assert spooled is not None
    assert hidden is not None
    for order in ([spooled], [hidden]), ([hidden], [spooled]):
        (record,) = merged(*order)
        assert (record.session, record.anchor) == ("k.42", "c1")


def test_a_duplicated_cell_does_not_duplicate_its_records(desk: Any) -> None:
    output = desk.display({"application/vnd.headwater.record.v1+json": document()})
    cells = [desk.code("copy", "x", output), desk.code("c1", "x", output)]
    assert [record.anchor for record in records_in_outputs(cells, ["copy", "c1"])] == ["c1"]
