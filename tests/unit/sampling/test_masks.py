"""Masks: never the value that was given, always the same for the same value, of the same form and type."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.errors import KeyUnavailable, SampleRefused
from headwater.sampling.detect import classify
from headwater.sampling.ff1 import FF1
from headwater.sampling.key import masking_key
from headwater.sampling.masker import Masker, masks_for
from headwater.sampling.masks import ValueMasks
from headwater.sampling.patterns import luhn
from headwater.sampling.shapes import common_shape, shape

KEY = bytes(range(32))
MASKS = ValueMasks(KEY)
NIST = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
TEXT_MASKS = sorted(set(masks_for(pa.string())) - {"keep", "null", "drop", "json"})


@pytest.mark.parametrize(
    ("tweak", "cipher"), [("", 2433477484), ("39383736353433323130", 6124200773)], ids=["no tweak", "a tweak"]
)
def test_ff1_gives_the_vectors_of_nist(tweak: str, cipher: int) -> None:
    """NIST SP 800-38G, samples 1 and 2 of FF1-AES128."""
    assert FF1(NIST, bytes.fromhex(tweak)).encrypt(np.array([123456789], np.uint64), 10).tolist() == [cipher]


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(10**9, 10**10 - 1), min_size=2, max_size=50))
def test_other_numbers_stay_different_and_as_long(numbers: set[int]) -> None:
    batch = pa.record_batch({"n": pa.array(sorted(numbers), pa.int64())})
    masked = Masker(KEY, {"n": "digits"}).apply(batch)["n"].to_pylist()
    assert len(set(masked)) == len(numbers)
    assert all(10**9 <= number < 10**10 for number in masked)


@pytest.mark.parametrize("mask", TEXT_MASKS)
@settings(max_examples=60, deadline=None)
@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))
def test_a_mask_gives_another_value_and_the_same_one_again(mask: str, value: str) -> None:
    made = MASKS.named(mask)(value)
    assert made != value
    assert made == ValueMasks(KEY).named(mask)(value)


def test_a_masked_name_never_holds_the_name() -> None:
    """Also where chance gives the same one: with few names and many keys it does."""
    for number in range(3_000):
        masks = ValueMasks(number.to_bytes(32, "big"))
        assert "Peter" not in masks.name("Peter")
        assert masks.name("Peter Smith") != "Peter Smith"


@pytest.mark.parametrize(
    ("mask", "value"),
    [
        ("email", "ada@lovelace.example"),
        ("phone", "+44 20 7946 0018"),
        ("name", "Ada Lovelace"),
        ("card", "4111 1111 1111 1111"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("national_id", "AB-12-34-56"),
    ],
)
def test_another_key_gives_other_values(mask: str, value: str) -> None:
    assert MASKS.named(mask)(value) != ValueMasks(bytes(32)).named(mask)(value)


def test_a_masked_card_is_a_card_in_the_same_form() -> None:
    made = MASKS.named("card")("4111 1111 1111 1111")
    assert [len(part) for part in made.split(" ")] == [4, 4, 4, 4]
    assert luhn(made.replace(" ", ""))


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text("abcdefgh @.", min_size=4, max_size=20),
        lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from("abc"), children, max_size=3),
        max_leaves=8,
    )
)
def test_json_keeps_its_structure_and_none_of_its_texts(document: object) -> None:
    masked = json.loads(MASKS.named("json")(json.dumps(document)))

    def same(one: object, other: object) -> None:
        assert type(one) is type(other)
        if isinstance(one, dict) and isinstance(other, dict):
            assert list(one) == list(other)
            for name in one:
                same(one[name], other[name])
        elif isinstance(one, list) and isinstance(other, list):
            assert len(one) == len(other)
            for a, b in zip(one, other, strict=True):
                same(a, b)
        elif isinstance(one, str):
            assert one != other

    same(document, masked)


def test_nulls_stay_and_types_too() -> None:
    batch = pa.record_batch(
        {
            "t": ["ada@lovelace.example", None],
            "d": pa.array([datetime.date(1990, 5, 1), None]),
            "n": pa.array([4111111111111111, None]),
        }
    )
    masked = Masker(KEY, {"t": "email", "d": "date_of_birth", "n": "digits"}).apply(batch)
    assert masked.schema.types == batch.schema.types
    assert [column.null_count for column in masked.columns] == [1, 1, 1]
    assert masked["d"][0].as_py() != batch["d"][0].as_py()
    assert masked["d"][0].as_py().year == 1990


def test_equal_values_stay_equal_over_tables() -> None:
    one = Masker(KEY, {"a": "email"}).apply(pa.record_batch({"a": ["x@y.example"]}))
    other = Masker(KEY, {"b": "email"}).apply(pa.record_batch({"b": ["x@y.example", "z@y.example"]}))
    assert one["a"][0] == other["b"][0] != other["b"][1]


def test_a_code_that_comes_late_and_looks_personal_is_masked() -> None:
    known = pa.record_batch({"c": ["new", "paid"] * 20})
    finding = classify(known)[0]
    assert finding.mask == "keep"
    late = Masker(KEY, {"c": "keep"}, {"c": finding}).apply(pa.record_batch({"c": ["paid", "ada@lovelace.example"]}))
    assert late["c"].to_pylist()[0] == "paid"
    assert "lovelace" not in late["c"].to_pylist()[1]


def test_a_mask_that_does_not_fit_is_refused() -> None:
    with pytest.raises(SampleRefused, match="does not fit"):
        Masker(KEY, {"n": "email"}).schema(pa.schema({"n": pa.int64()}))


@given(st.text(max_size=60))
def test_a_shape_holds_no_letter_or_digit_of_the_value(value: str) -> None:
    found = shape(value)
    if not found.startswith("text of about"):
        assert {letter for letter in found if letter.isalnum()} <= set("Xx9")


def test_the_common_shape() -> None:
    assert common_shape(["Ada", "Bob", None, "9"]) == "Xxx"
    assert common_shape([]) == "empty"


def test_the_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    first = masking_key(tmp_path / "keys")
    assert len(first) == 32
    assert masking_key(tmp_path / "keys") == first
    path = tmp_path / "keys" / "masking.key"
    assert os.stat(path).st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(KeyUnavailable):
        masking_key(tmp_path / "keys")
