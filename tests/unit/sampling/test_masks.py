"""Masks: never the value that was given, always the same for the same value, of the same form and type."""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
import uuid

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headwater.errors import SampleRefused
from headwater.sampling.detect import classify
from headwater.sampling.ff1 import FF1
from headwater.sampling.fitting import masks_for
from headwater.sampling.masker import Masker
from headwater.sampling.masks import Secrets, TextMasks
from headwater.sampling.patterns import iban_is_valid, luhn
from headwater.sampling.shapes import common_shape, shape

KEY = bytes(range(32))


def texts(key: bytes) -> TextMasks:
    secrets = Secrets(key)
    return TextMasks(lambda mask: secrets)


MASKS = texts(KEY)
AGAIN = texts(KEY)
NUMBERS = Masker(KEY, {"n": "digits"})
NIST = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
TEXT_MASKS = sorted(set(masks_for(pa.string())) - {"keep", "null", "drop", "json", "redact"})


@pytest.mark.parametrize(
    ("key", "tweak", "cipher"),
    [
        ("", "", 2433477484),
        ("", "39383736353433323130", 6124200773),
        ("EF4359D8D580AA4F", "", 2830668132),
        ("EF4359D8D580AA4F", "39383736353433323130", 2496655549),
        ("EF4359D8D580AA4F7F036D6F04FC6A94", "", 6657667009),
        ("EF4359D8D580AA4F7F036D6F04FC6A94", "39383736353433323130", 1001623463),
    ],
)
def test_ff1_gives_the_vectors_of_nist(key: str, tweak: str, cipher: int) -> None:
    """NIST SP 800-38G, the samples of radix 10: 1, 2, 4, 5, 7 and 8."""
    ff1 = FF1(NIST + bytes.fromhex(key), bytes.fromhex(tweak))
    assert ff1.encrypt(np.array([123456789], np.uint64), 10).tolist() == [cipher]


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(10**9, 10**10 - 1), min_size=2, max_size=50))
def test_other_numbers_stay_different_and_as_long(numbers: set[int]) -> None:
    batch = pa.record_batch({"n": pa.array(sorted(numbers), pa.int64())})
    masked = NUMBERS.apply(batch)["n"].to_pylist()
    assert len(set(masked)) == len(numbers)
    assert all(10**9 <= number < 10**10 for number in masked)


@pytest.mark.parametrize("mask", TEXT_MASKS)
@settings(max_examples=60, deadline=None)
@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))
def test_a_mask_gives_another_value_and_the_same_one_again(mask: str, value: str) -> None:
    made = MASKS.one(mask, value)
    assert made != value
    assert made == AGAIN.one(mask, value)


def test_a_masked_name_never_holds_the_name() -> None:
    """Also where chance gives the same one: with few names and many keys it does."""
    for number in range(3_000):
        masks = texts(number.to_bytes(32, "big"))
        assert "Peter" not in masks.one("name", "Peter")
        assert masks.one("name", "Peter Smith") != "Peter Smith"


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
    assert MASKS.one(mask, value) != texts(bytes(32)).one(mask, value)


def test_a_masked_card_is_a_card_in_the_same_form() -> None:
    made = MASKS.one("card", "4111 1111 1111 1111")
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
    masked = json.loads(MASKS.one("json", json.dumps(document)))

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


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 4000, "9" * 5000, "1e300", "123456789.25", "1234567e-20"])
def test_json_of_any_number(number: str) -> None:
    masked = MASKS.one("json", f'{{"n": {number}}}')
    assert "Infinity" not in masked
    assert not _long_runs(number) & _long_runs(masked)


@pytest.mark.parametrize("value", [100_000, 4111111111111111, -7_000_000, 2125550100.5, {"zip": 94110}, {"phone": [5]}])
def test_json_has_other_numbers_where_they_are_long_or_promised(value: object) -> None:
    assert json.loads(MASKS.one("json", json.dumps(value))) != value


def test_json_keyed_by_people_does_not_name_them() -> None:
    people = ["Maria", "Velthabrock", "Maria Garcia", "maria", "ada@lovelace.example", "1234567", "O'Neil", "Ümit"]
    fields = ["seat", "orderId", "OrderId", "max", "first_name", "Status", "SEAT_NO", "Email"]
    masked = json.loads(MASKS.one("json", json.dumps({name: 1 for name in [*people, *fields]})))
    assert not set(people) & set(masked)
    assert [name for name in masked if name in fields] == fields
    assert len(masked) == len(people) + len(fields)


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_json_of_any_depth(depth: int) -> None:
    assert "Maria" not in MASKS.one("json", "[" * depth + '"Maria"' + "]" * depth)


def _long_runs(text: str) -> set[str]:
    runs = re.findall(r"[0-9]{6,}", text)
    return {run[place : place + 6] for run in runs for place in range(len(run) - 5)}


@pytest.mark.parametrize("mask", [*TEXT_MASKS, "json", "redact"])
@settings(max_examples=40, deadline=None)
@given(value=st.from_regex(r"[A-Za-z@. :{\[\"+-]{0,6}[0-9]{6,16}[A-Za-z@. :}\]\"-]{0,6}", fullmatch=True))
def test_no_long_run_of_digits_is_left(mask: str, value: str) -> None:
    one, other = MASKS.one(mask, value), MASKS.column(mask, pa.array(["x", value]))[1].as_py()
    assert one == other != value
    assert not _long_runs(value) & _long_runs(one)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=30))
def test_a_masked_number_is_another_with_as_many_digits(numbers: list[int]) -> None:
    masked = NUMBERS.apply(pa.record_batch({"n": pa.array(numbers, pa.int64())}))["n"].to_pylist()
    for number, made in zip(numbers, masked, strict=True):
        assert len(str(abs(number))) == len(str(abs(made)))
        assert number == 0 or number != made
    assert len(set(numbers)) == len(set(masked))


@pytest.mark.parametrize(
    "kind", [pa.date32(), pa.timestamp("us"), pa.timestamp("ns", "UTC"), pa.timestamp("s")], ids=str
)
@settings(max_examples=40, deadline=None)
@given(days=st.lists(st.integers(-80_000, 90_000) | st.none(), min_size=1, max_size=20), far=st.booleans())
def test_a_day_becomes_another_of_its_year(kind: pa.DataType, days: list[int | None], far: bool) -> None:
    if far and kind.equals(pa.date32()):
        days = [day if day is None else day + 3_000_000 for day in days]
    given_days = pa.array(days, pa.int32()).cast(pa.date32())
    values = given_days.cast(kind)
    masked = Masker(KEY, {"d": "date_of_birth"}).apply(pa.record_batch({"d": values}))["d"]
    assert masked.type == kind
    for before, after in zip(values, masked, strict=True):
        assert before.is_valid == after.is_valid
        if before.is_valid:
            old, new = (pa.array([one]).cast(pa.string())[0].as_py() for one in (before, after))
            assert old.split("-")[0] == new.split("-")[0]
            assert old.split(" ")[0] != new.split(" ")[0]


def test_a_time_of_birth_loses_its_hour() -> None:
    times = pa.array([datetime.datetime(1980, 1, 1, 4, 30), datetime.datetime(1980, 1, 1, 9, 15)])
    masked = Masker(KEY, {"d": "date_of_birth"}).apply(pa.record_batch({"d": times}))["d"].to_pylist()
    assert masked[0] == masked[1]
    assert (masked[0].hour, masked[0].minute) == (0, 0)


@pytest.mark.parametrize("value", ["2001:db8::1", "fe80::1%eth0", "10.0.0.1/32", "2001:db8::/32"])
def test_an_address_of_a_network_becomes_a_private_one(value: str) -> None:
    made = MASKS.one("ip", value)
    assert made != value
    assert ipaddress.ip_address(made).is_private


@pytest.mark.parametrize(
    ("mask", "value"), [("card", "4111 1111 1111 1111 Ada"), ("card", "411111111111111²"), ("iban", "ÉÉ89370400440532")]
)
def test_what_is_no_card_or_iban_keeps_none_of_its_letters(mask: str, value: str) -> None:
    made = MASKS.one(mask, value)
    assert made != value
    assert "Ada" not in made
    assert "É" not in made


@pytest.mark.parametrize("mask", ["phone", "card", "national_id", "digits", "iban"])
def test_different_values_of_a_form_stay_different_and_keep_it(mask: str) -> None:
    forms = {
        "phone": "+1 {:03d}-{:04d}", "card": "4{:07d} {:07d}", "national_id": "X{:02d}-{:05d}",
        "digits": "{:03d}.{:03d}", "iban": "DE00 {:09d} {:09d}",
    }  # fmt: skip
    values = [forms[mask].format(n // 1000, n % 1000) for n in range(20_000)]
    if mask == "national_id":
        values += [f"Y{value[1:]}" for value in values]
    masked = MASKS.column(mask, pa.array(values)).to_pylist()
    assert len(set(masked)) == len(values)
    assert sum(shape(one) == shape(other) for one, other in zip(values, masked, strict=True)) >= len(values) - 1


@pytest.mark.parametrize("digits", range(1, 19))
def test_numbers_of_any_length_stay_apart_at_both_ends(digits: int) -> None:
    lowest, highest = 10 ** (digits - 1), 10**digits - 1
    numbers = sorted({*range(lowest, min(lowest + 500, highest)), *range(max(lowest, highest - 500), highest + 1)})
    masked = NUMBERS.apply(pa.record_batch({"n": pa.array(numbers, pa.int64())}))["n"].to_pylist()
    assert len(set(masked)) == len(numbers)
    assert all(lowest <= made <= highest and made != number for number, made in zip(numbers, masked, strict=True))


@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int32()], ids=str)
def test_small_types_hold_their_masks(kind: pa.DataType) -> None:
    top = 2 ** (kind.bit_width - 1) - 1
    numbers = [top, top - 1, -top, 10, 9, 1, 0, None]
    masked = NUMBERS.apply(pa.record_batch({"n": pa.array(numbers, kind)}))["n"]
    assert masked.type == kind
    assert len(set(masked.to_pylist())) == len(numbers)


def test_luhn_holds_for_masked_cards_and_only_for_cards() -> None:
    cards = [number for number in map(str, range(4111111111110000, 4111111111112000)) if luhn(number)]
    assert all(luhn(made) and made[0] == "4" for made in MASKS.column("card", pa.array(cards)).to_pylist())
    assert not luhn(MASKS.one("card", "4111111111111112"))


def test_ibans_stay_ibans_and_keep_their_form() -> None:
    made = MASKS.one("iban", "GB29 NWBK 6016 1331 9268 19")
    assert iban_is_valid(made)
    assert shape(made.replace(" ", "")[:30]) == shape("GB29NWBK60161331926819")
    assert [len(part) for part in made.split(" ")] == [4, 4, 4, 4, 4, 2]


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.sampled_from(["a", "b", "", None, "+1 212-555-0100", "Ada"]) | st.text(max_size=5), max_size=30),
    cut=st.integers(0, 30),
    mask=st.sampled_from(["pseudonym", "phone", "email", "text"]),
)
def test_batches_and_slices_do_not_change_a_mask(values: list[str | None], cut: int, mask: str) -> None:
    """What was masked before is looked up, and a slice has its own place in the buffers."""
    column = pa.array(values, pa.string())
    masker = Masker(KEY, {"c": mask})
    parts = [masker.apply(pa.record_batch({"c": part}))["c"] for part in (column[:cut], column[cut:], column[cut:])]
    whole = [value if not value else AGAIN.one(mask, value) for value in values]
    assert [one for part in parts[:2] for one in part.to_pylist()] == whole
    assert parts[1] == parts[2]


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


@pytest.mark.parametrize("late", ["velthabrock", "BRANDVOLD", "refunded", "1", "12345", str(uuid.UUID(int=7))])
def test_a_value_that_was_not_seen_among_codes_is_masked(late: str) -> None:
    finding = classify(pa.record_batch({"c": ["new", "paid"] * 20}))[0]
    masked = Masker(KEY, {"c": "keep"}, {"c": finding}).apply(pa.record_batch({"c": ["paid", late]}))["c"].to_pylist()
    assert masked[0] == "paid"
    assert masked[1] != late


def test_a_key_of_uuids_keeps_nothing_but_uuids() -> None:
    ids = [str(uuid.UUID(int=number)) for number in range(30)]
    finding = classify(pa.record_batch({"c": ids}), ("c",))[0]
    masked = Masker(KEY, {"c": "keep"}, {"c": finding}).apply(pa.record_batch({"c": [ids[0], "velth"]}))["c"]
    assert masked.to_pylist()[0] == ids[0]
    assert masked.to_pylist()[1] != "velth"


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


@example("👩‍🚀 e\u0301\u0327 ⠓⠑ ①Ⅷ一")
@example("Ⓐⓐ\x07\x00")
@given(st.text(max_size=60))
def test_a_shape_holds_no_letter_or_digit_of_the_value(value: str) -> None:
    found = shape(value)
    if not found.startswith("text of about"):
        assert {sign for sign in found if sign.isalnum() or not (sign.isascii() and sign.isprintable())} <= set("Xx9…")


def test_the_common_shape() -> None:
    assert common_shape(["Ada", "Bob", None, "9"]) == "Xxx"
    assert common_shape([]) == "empty"


def test_redaction_blacks_out_what_patterns_find_and_leaves_the_rest() -> None:
    text = (
        "Maria Velthabrock (m@velth.example, +44 20 7946 0018) paid DE89370400440532013000 from 10.0.0.1, said Okwuosa."
    )
    assert MASKS.one("redact", text) == "[name] [name] ([email], [phone]) paid [iban] from [ip], said Okwuosa."
