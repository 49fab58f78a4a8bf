"""Bins, lists, paths and memory: what a mask does to a whole column."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.errors import SampleRefused
from headwater.sampling import memory
from headwater.sampling.decimals import from_units, units_of
from headwater.sampling.masker import Masker
from headwater.sampling.memory import Memory

KEY = bytes(range(32))


def masked(mask: str, values: object, **more: str) -> list[object]:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    made = Masker(KEY, {"c": mask, **more}).apply(pa.record_batch({"c": array}))["c"]
    made.validate(full=True)
    assert made.type == array.type
    out: list[object] = made.to_pylist()
    return out


DAYS = [datetime.date(2026, 11, 28), datetime.date(1969, 12, 31), None]


@pytest.mark.parametrize(
    ("mask", "values", "expected"),
    [
        ("bin", [0, 9, 10, -1, None], [0, 0, 10, -10, None]),
        ("bin:1000", [999, 1000, 123456], [0, 1000, 123000]),
        ("bin:0.1", [52.567, -0.01, 13.3, float("inf"), None], [52.5, -0.1, 13.3, float("inf"), None]),
        ("bin:0.5", pa.array([Decimal("1.49"), Decimal("-0.01"), None], pa.decimal128(9, 2)),
         [Decimal("1.00"), Decimal("-0.50"), None]),
        ("bin:0.001", pa.array([Decimal("1.49")], pa.decimal128(9, 2)), [Decimal("1.49")]),
        ("bin", DAYS, [datetime.date(2026, 11, 1), datetime.date(1969, 12, 1), None]),
        ("bin:week", DAYS, [datetime.date(2026, 11, 23), datetime.date(1969, 12, 29), None]),
        ("bin:quarter", DAYS, [datetime.date(2026, 10, 1), datetime.date(1969, 10, 1), None]),
        ("bin:year", DAYS, [datetime.date(2026, 1, 1), datetime.date(1969, 1, 1), None]),
        ("bin:decade", DAYS, [datetime.date(2020, 1, 1), datetime.date(1960, 1, 1), None]),
        ("bin:day", [datetime.datetime(1980, 1, 1, 4, 30)], [datetime.datetime(1980, 1, 1)]),
        ("bin:0.1", ["POINT(13.4049 -52.5210)"], ["POINT(13.4 -52.6)"]),
        ("bin:0.1", ["SRID=4326;POINT(1 2)"], ["SRID=4326;POINT(1 2)"]),
    ],
)  # fmt: skip
def test_bins(mask: str, values: object, expected: list[object]) -> None:
    assert masked(mask, values) == expected


def test_a_number_whose_bin_its_type_does_not_hold_is_null() -> None:
    assert masked("bin:1000", pa.array([-128, 127], pa.int8())) == [None, 0]
    assert masked("bin:7", pa.array([Decimal(10) ** 30], pa.decimal128(38, 2))) == [None]


def test_a_text_that_is_no_point_becomes_other_words() -> None:
    made = masked("bin:0.1", ["POINT(13.4049 52.5210)", "Ada Lovelace"])
    assert made[0] == "POINT(13.4 52.5)"
    assert "Ada" not in str(made[1])


@pytest.mark.parametrize(
    ("mask", "kind"),
    [
        ("bin:0", pa.int64()), ("bin:x", pa.int64()), ("bin:0.5", pa.int64()), ("bin:-1", pa.float64()),
        ("bin:nan", pa.float64()), ("bin:1e999", pa.float64()), ("bin:10", pa.date32()), ("bin:month", pa.int64()),
        ("email:x", pa.string()), ("keep:", pa.string()), ("bin", pa.binary()),
    ],
)  # fmt: skip
def test_a_parameter_that_is_none_is_refused(mask: str, kind: pa.DataType) -> None:
    with pytest.raises(SampleRefused, match="does not fit"):
        Masker(KEY, {"c": mask}).schema(pa.schema({"c": kind}))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.decimals(-(10**15), 10**15, places=2), max_size=20), st.integers(0, 5))
def test_decimals_are_units_and_back(numbers: list[Decimal | None], cut: int) -> None:
    array = pa.array(numbers, pa.decimal128(20, 2))[cut:]
    units, known = units_of(array)
    assert from_units(units, known, array.type).to_pylist() == array.to_pylist()
    assert [int(number * 100) for number in array.to_pylist() if number is not None] == units[known].tolist()


LISTS = [["ada@lovelace.example", None, ""], None, [], ["bob@lovelace.example", "ada@lovelace.example"]]


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.large_list(pa.string())])
@pytest.mark.parametrize("cut", [0, 1, 3])
def test_lists_are_masked_by_their_elements(kind: pa.DataType, cut: int) -> None:
    array = pa.array([["x"], *LISTS], kind)[cut:]
    one = masked("email", ["ada@lovelace.example"])[0]
    made = masked("email", array)
    assert [row if row is None else len(row) for row in made] == [
        row if row is None else len(row) for row in array.to_pylist()
    ]
    assert made[-1][1] == one
    assert "lovelace" not in str(made)


def test_lists_of_a_fixed_size_and_lists_of_lists() -> None:
    fixed = masked("digits", pa.array([[123456789, 12], None, [123456789, 5]], pa.list_(pa.int64(), 2)))
    assert fixed[0][0] == fixed[2][0] != 123456789
    assert fixed[1] is None
    assert "Ada" not in str(masked("text", [[["Ada"], []], None, [["Ada", None]]]))


def test_lists_that_are_kept_keep_codes_alone() -> None:
    assert masked("keep", [["Ada", "Bob"]])[0] != ["Ada", "Bob"]
    trusted = Masker(KEY, {}, trusted=frozenset({"c"})).apply(pa.record_batch({"c": [["Ada"]]}))
    assert trusted["c"].to_pylist() == [["Ada"]]


DOCUMENT = {"who": {"name": "Ada", "tags": ["x y", "z"], "born": 1815}, "plan": "gold", "at": {"lat": 51.507, "n": 5}}


@pytest.mark.parametrize(
    ("path", "mask", "expected"),
    [
        ("$.plan", "keep", {"plan": "gold"}),
        ("$.plan", "null", {"plan": None}),
        ("$.who", "null", {"who": None}),
        ("$.at", "keep", {"at": {"lat": 51.507, "n": 5}}),
        ("$.who.tags[*]", "keep", {}),
        ("$.at.n", "bin:10", {"at": {"lat": 51.5, "n": 0}}),
    ],
)
def test_masks_by_path(path: str, mask: str, expected: dict[str, object]) -> None:
    made = json.loads(str(masked("json", [json.dumps(DOCUMENT)], **{f"c{path}": mask})[0]))
    assert {name: made[name] for name in expected} == expected
    assert "Ada" not in str(made)
    assert (made["who"] or {}).get("tags") == ["x y", "z"] or path != "$.who.tags[*]"


def test_a_path_that_is_dropped_is_not_there() -> None:
    made = json.loads(str(masked("json", [json.dumps(DOCUMENT)], **{"c$.who": "drop", "c$.at.lat": "drop"})[0]))
    assert set(made) == {"plan", "at"}
    assert made["at"] == {"n": 5}


def test_a_name_in_a_document_is_the_one_of_a_column() -> None:
    made = json.loads(str(masked("json", ['{"full_name": "Ada Lovelace"}'])[0]))
    assert [made["full_name"]] == masked("name", ["Ada Lovelace"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12) | st.text("ab", min_size=30, max_size=70), max_size=12), max_size=8),
    st.booleans(),
)
def test_memory_gives_back_what_each_text_became(batches: list[list[str]], collide: bool) -> None:
    kept = Memory()
    if collide:
        kept._factors = np.zeros_like(kept._factors)
    known: dict[str, str] = {}
    for batch in batches:
        places = kept.places(pa.array(batch, pa.string())).tolist()
        for text, place in zip(batch, places, strict=True):
            assert place == -1 or kept.made[place].as_py() == known[text]
            assert place >= 0 or text not in known or collide
        fresh = list(dict.fromkeys(text for text, place in zip(batch, places, strict=True) if place < 0))
        made = [f"made of {text}" for text in fresh]
        if kept.add(pa.array(fresh, pa.string()), pa.array(made, pa.string())) is not None:
            known.update(zip(fresh, made, strict=True))


def test_memory_is_bounded_and_knows_when_it_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 10)
    monkeypatch.setattr(memory, "_JUDGED", 100)
    texts = [f"person {n} of a town" for n in range(500)]
    masker = Masker(KEY, {"c": "pseudonym"})
    made = [masker.apply(pa.record_batch({"c": texts[n : n + 5]}))["c"].to_pylist() for n in range(0, 500, 5)]
    assert [one for part in made for one in part] == masked("pseudonym", texts)
    assert len(masker._memories["c"]) == 10
    assert not masker._memories["c"].pays
