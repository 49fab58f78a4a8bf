"""Who may choose which mask: what lets something through is decided, not asked for."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from headwater.errors import ColumnNotFound, SampleRefused, UsageError
from headwater.sampling.choice import Choice, choose
from headwater.sampling.detect import classify

BATCH = pa.record_batch(
    {
        "email": [f"a{n}@x.example" for n in range(60)],
        "note": [f"met somebody there {n}" for n in range(60)],
        "lat": [52.5 + n / 100 for n in range(60)],
        "dob": pa.array([-n * 300 for n in range(60)], pa.int32()).cast(pa.date32()),
        "price": [n / 4 for n in range(60)],
        "doc": [json.dumps({"plan": "gold", "reach": "+44 20 7946 0018"})] * 60,
    }
)


def chosen(decided: dict[str, str] | None = None, **asked: str) -> dict[str, Choice]:
    found = choose(BATCH.schema, classify(BATCH), decided=decided or {}, asked=asked, where="public.t")
    return {choice.column: choice for choice in found}


@pytest.mark.parametrize(
    ("column", "mask"),
    [
        ("email", "pseudonym"),
        ("email", "null"),
        ("lat", "bin:1"),
        ("dob", "bin:year"),
        ("price", "noise"),
        ("price", "bin:0.01"),
    ],
)
def test_a_mask_that_hides_can_be_asked_for(column: str, mask: str) -> None:
    assert chosen(**{column: mask})[column].mask == mask


@pytest.mark.parametrize(
    ("column", "mask"),
    [
        ("email", "keep"),
        ("email", "redact"),
        ("note", "redact"),
        ("lat", "bin:0.01"),
        ("lat", "noise"),
        ("dob", "bin:day"),
        ("dob", "shift_days:price"),
    ],
)
def test_a_mask_that_lets_something_through_cannot_and_can_be_decided(column: str, mask: str) -> None:
    with pytest.raises(SampleRefused, match="cannot"):
        chosen(**{column: mask})
    assert chosen({column: mask})[column] == Choice(column, mask, "set by an administrator", True, (mask,))
    assert mask not in chosen()[column].offered


def test_the_proposed_mask_is_offered() -> None:
    assert chosen()["lat"].offered[0] == "bin:0.1"
    assert all(choice.mask in choice.offered for choice in chosen().values())


def test_paths_of_json_are_decided_by_path() -> None:
    made = chosen({"doc$.plan": "keep"}, **{"doc$.reach": "null"})
    assert (made["doc$.plan"].mask, made["doc$.reach"].mask) == ("keep", "null")
    with pytest.raises(SampleRefused, match="cannot be kept"):
        chosen(**{"doc$.plan": "keep"})
    with pytest.raises(UsageError, match="no JSON"):
        chosen(**{"email$.a": "null"})
    with pytest.raises(ColumnNotFound):
        chosen(**{"nothing$.a": "null"})
