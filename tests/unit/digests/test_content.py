"""The content digest: the rows count, their order, batches and layout do not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.digests import ContentDigest, files_root

VECTORS = json.loads((Path(__file__).parents[3] / "api" / "digest-vectors.json").read_text(encoding="utf-8"))

_rows = st.lists(
    st.fixed_dictionaries(
        {
            "i": st.none() | st.integers(-(2**63), 2**63 - 1),
            "t": st.none() | st.text(max_size=8),
            "f": st.none() | st.floats(),
        }
    ),
    max_size=20,
)
_SCHEMA = pa.schema({"i": pa.int64(), "t": pa.string(), "f": pa.float64()})


def digest(table: pa.Table, batch: int | None = None) -> str:
    content = ContentDigest(table.schema)
    for piece in table.to_batches(max_chunksize=batch):
        content.update(piece)
    return content.hexdigest()


def built(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, _SCHEMA)


@settings(max_examples=60, deadline=None)
@given(_rows, st.randoms(use_true_random=False), st.integers(1, 7))
def test_order_and_batches_do_not_count(rows: list[dict[str, Any]], random: Any, batch: int) -> None:
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert digest(built(rows)) == digest(built(shuffled), batch)


@settings(max_examples=60, deadline=None)
@given(_rows.filter(bool), st.data())
def test_one_changed_value_counts(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = [dict(row) for row in rows]
    changed[place]["t"] = f"{changed[place]['t']}!"
    assert digest(built(rows)) != digest(built(changed))


@settings(max_examples=40, deadline=None)
@given(_rows, _rows)
def test_rows_can_be_added_to_a_digest(first: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    grown = ContentDigest(_SCHEMA, digest(built(first)), len(first))
    for batch in built(more).to_batches():
        grown.update(batch)
    assert grown.hexdigest() == digest(built(first + more))


def test_a_row_twice_is_not_a_row_once() -> None:
    row = {"i": 1, "t": "a", "f": 1.0}
    assert len({digest(built([row] * times)) for times in range(4)}) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1, 2], pa.int8()), pa.array([1, 2], pa.int64())),
        (pa.array([-0.0]), pa.array([0.0])),
        (pa.array([math.nan]), pa.array([-math.nan])),
        (pa.array(["a", "b", "a"]), pa.array(["a", "b", "a"]).dictionary_encode()),
        (pa.array(["a"], pa.string()), pa.array(["a"], pa.large_string())),
        (pa.array([5], pa.timestamp("ms")), pa.array([5000], pa.timestamp("us"))),
    ],
)
def test_the_same_value_in_another_type_of_its_class(one: pa.Array, other: pa.Array) -> None:
    assert digest(pa.table({"a": one})) == digest(pa.table({"a": other}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([None], pa.int64()), pa.array([0], pa.int64())),
        (pa.array([""]), pa.array([None], pa.string())),
        (pa.array([1]), pa.array([1.0])),
        (pa.array(["1"]), pa.array([1])),
        (pa.array([[1], [2]]), pa.array([[1, 2], []])),
    ],
)
def test_different_values_differ(one: pa.Array, other: pa.Array) -> None:
    assert digest(pa.table({"a": one})) != digest(pa.table({"a": other}))


def test_the_order_of_columns_does_not_count_and_their_names_do() -> None:
    table = pa.table({"a": [1], "b": [2]})
    assert digest(table) == digest(table.select(["b", "a"]))
    assert digest(table) != digest(table.rename_columns(["b", "a"]))


@pytest.mark.parametrize("vector", VECTORS["content"], ids=lambda vector: vector["name"])
def test_content_vectors(vector: dict[str, Any]) -> None:
    schema = pa.schema([(name, _type(kind)) for name, kind in vector["columns"].items()])
    assert digest(pa.Table.from_pylist([_row(row, schema) for row in vector["rows"]], schema)) == vector["digest"]


@pytest.mark.parametrize("vector", VECTORS["files"], ids=lambda vector: f"{len(vector['files'])} files")
def test_files_vectors(vector: dict[str, Any]) -> None:
    assert files_root(vector["files"]) == vector["root"]


def _type(name: str) -> pa.DataType:
    named = {
        "decimal(2)": pa.decimal128(10, 2),
        "instant": pa.timestamp("us", "UTC"),
        "list<int>": pa.list_(pa.int64()),
    }
    return named.get(name) or pa.type_for_alias(name)


def _row(row: dict[str, Any], schema: pa.Schema) -> dict[str, Any]:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    made: dict[str, Any] = {}
    for name, value in row.items():
        kind = schema.field(name).type
        if value is None:
            made[name] = None
        elif pa.types.is_decimal(kind):
            made[name] = Decimal(value)
        elif pa.types.is_date(kind):
            made[name] = date.fromisoformat(value)
        elif pa.types.is_timestamp(kind):
            made[name] = datetime.fromisoformat(value).astimezone(UTC)
        else:
            made[name] = float(value) if pa.types.is_floating(kind) else value
    return made
