"""Masks that look beyond one value: unique columns, persons, and noise whose sum is zero."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.errors import SampleRefused
from headwater.sampling import masker as module
from headwater.sampling.masker import Masker

KEY = bytes(range(32))


@pytest.mark.parametrize("mask", ["name", "address", "text", "ip", "email", "phone", "pseudonym"])
def test_a_unique_column_stays_unique_over_batches(mask: str) -> None:
    values = [f"+1 {n // 100:03d} {n % 100:02d} Person {n}" for n in range(6_000)]
    if mask == "ip":
        values = [f"203.{n >> 8}.{n & 255}.9" for n in range(6_000)]
    masker = Masker(KEY, {"c": mask}, unique=["c"])
    made = [
        one for n in range(0, 6_000, 1_500) for one in masker.apply(pa.record_batch({"c": values[n : n + 1_500]}))["c"]
    ]
    assert len(set(map(str, made))) == 6_000
    assert not set(map(str, made)) & set(values)


def test_without_it_names_are_shared_and_with_it_a_value_is_the_same_in_every_draw() -> None:
    values = [f"Person {n}" for n in range(3_000)]
    shared = Masker(KEY, {"c": "name"}).apply(pa.record_batch({"c": values}))["c"].to_pylist()
    assert len(set(shared)) < 3_000
    one, other = (
        Masker(KEY, {"c": "name"}, unique=["c"]).apply(pa.record_batch({"c": part}))["c"].to_pylist()
        for part in (values, values[::-1])
    )
    assert one == other[::-1]
    assert [name.rsplit(" ", 1)[0] for name in one] == shared


def test_a_second_value_that_becomes_the_same_gets_a_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CROWDED", frozenset())
    values = [f"Person {n}" for n in range(3_000)]
    made = Masker(KEY, {"c": "name"}, unique=["c"]).apply(pa.record_batch({"c": values}))["c"].to_pylist()
    assert len(set(made)) == 3_000
    assert 0 < sum(name.startswith("p") and " " not in name for name in made) < 3_000


def shifted(days: object, persons: object, mask: str = "shift_days:who") -> list[object]:
    batch = pa.record_batch({"d": days if isinstance(days, pa.Array) else pa.array(days), "who": persons})
    made: list[object] = Masker(KEY, {"d": mask}).apply(batch)["d"].to_pylist()
    return made


def test_dates_of_a_person_move_alike_in_every_table_and_type() -> None:
    day, time = datetime.date(2026, 11, 28), datetime.datetime(2026, 11, 20, 4, 30)
    (one, other, none), (at, _, _) = (
        shifted([day, day, None], [42, 43, 42]),
        shifted([time, time, time], ["42", "1", "2"]),
    )
    assert none is None
    assert (one - day).days % 7 == (other - day).days % 7 == 0
    assert one - day == at - time
    assert 7 <= abs((one - day).days) <= 7 * 26
    weeks = Counter(abs((made - day).days) // 7 for made in shifted([day] * 2_000, list(range(2_000))))
    assert set(weeks) == set(range(1, 27))
    assert len(set(shifted([day] * 200, list(range(200))))) > 40


@pytest.mark.parametrize(
    "kind", [pa.date32(), pa.timestamp("us"), pa.timestamp("ns", "UTC"), pa.timestamp("s")], ids=str
)
def test_dates_at_the_ends_of_a_type_move_the_other_way(kind: pa.DataType) -> None:
    ends = [2**31 - 1, -(2**31)] if kind == pa.date32() else [2**63 - 1, -(2**63) + 1]
    days = pa.array(ends * 20, pa.int32() if kind == pa.date32() else pa.int64()).cast(kind)
    batch = pa.record_batch({"d": days, "who": list(range(40))})
    made = Masker(KEY, {"d": "shift_days:who"}).apply(batch)["d"]
    moves = np.abs(
        made.cast(pa.int32() if kind == pa.date32() else pa.int64()).to_numpy().astype(object)
        - np.array(ends * 20, object)
    )
    in_a_day = {"date32[day]": 1, "timestamp[s]": 86_400}.get(
        str(kind), 86_400_000_000 * (1000 if "ns" in str(kind) else 1)
    )
    assert {int(move) % (7 * in_a_day) for move in moves} == {0}
    assert all(move > 0 for move in moves)


def test_whose_a_date_is_must_be_known() -> None:
    schema = pa.schema({"d": pa.date32(), "who": pa.int64()})
    with pytest.raises(SampleRefused, match="not there"):
        Masker(KEY, {"d": "shift_days:nobody"}).schema(schema)
    with pytest.raises(SampleRefused, match="does not fit"):
        Masker(KEY, {"d": "shift_days"}).schema(schema)
    day = datetime.date(2026, 11, 28)
    batch = pa.record_batch({"d": [day], "who": [1]})
    far = Masker(KEY, {"d": "shift_days:booking_id/customer_id"})
    with pytest.raises(SampleRefused, match="other tables"):
        far.apply(batch)
    made = far.apply(batch, {"booking_id/customer_id": pa.array(["42"])})
    assert made["d"].to_pylist() == shifted([day], [42])


def noisy(values: pa.Array, strata: list[str] | None = None) -> pa.Array:
    columns = {"n": values, **({"s": strata} if strata else {})}
    return Masker(KEY, {"n": "noise:s" if strata else "noise"}).apply(pa.record_batch(columns))["n"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.decimals(-(10**9), 10**9, places=2), st.sampled_from("abc")), min_size=1, max_size=60
    )
)
def test_noise_sums_to_zero_in_each_stratum(rows: list[tuple[Decimal | None, str]]) -> None:
    values = pa.array([number for number, _ in rows], pa.decimal128(18, 2))
    made = noisy(values, [stratum for _, stratum in rows]).to_pylist()
    for stratum in "abc":
        pairs = [(old, new) for (old, its), new in zip(rows, made, strict=True) if its == stratum and old is not None]
        moving = [(old, new) for old, new in pairs if old]
        if len(moving) == 1:
            assert moving[0][1] is None
            continue
        assert sum(old for old, _ in pairs) == sum(new for _, new in pairs)
        assert all(old != new for old, new in moving)
        assert all(new == 0 for old, new in pairs if not old)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([10_000 + 7 * n for n in range(501)], pa.int32()),
        pa.array([round(10 + n / 100, 2) for n in range(501)]),
        pa.array([Decimal(n) / 10 for n in range(100, 601)], pa.decimal128(9, 1)),
    ],
    ids=["int", "float", "decimal"],
)
def test_noise_keeps_sum_type_and_places_and_moves_each_by_a_tenth_at_most(values: pa.Array) -> None:
    made = noisy(values)
    assert made.type == values.type
    old, new = values.cast(pa.float64()).to_numpy(), made.cast(pa.float64()).to_numpy()
    assert abs(old.sum() - new.sum()) < 1e-6
    assert (old != new).all()
    assert (np.abs(new / old - 1) < 0.21).all()
    assert np.abs(new / old - 1).mean() > 0.02
    assert np.allclose(np.round(new, 2), new, atol=1e-9)


def test_noise_does_not_depend_on_the_batches_of_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 100)
    table = pa.table({"n": pa.array(range(1, 451)), "e": [f"p{n}@x.example" for n in range(450)]})
    made = [
        pa.Table.from_batches(Masker(KEY, {"n": "noise", "e": "email"}).stream(table.to_batches(max_chunksize=size)))
        for size in (7, 64, 100, 450)
    ]
    assert all(one.equals(made[0]) for one in made)
    assert sum(made[0]["n"].to_pylist()) == sum(range(1, 451))
    assert made[0].num_rows == 450


def test_infinity_and_nothing_stay_and_a_single_number_is_hidden() -> None:
    made = noisy(pa.array([float("inf"), 5.0, None, 0.0])).to_pylist()
    assert made == [float("inf"), None, None, 0.0]
    assert noisy(pa.array([], pa.int64())).to_pylist() == []
