"""What is taken for personal: by name, by content under any name, and whatever cannot be told."""

from __future__ import annotations

import datetime
import random

import pyarrow as pa
import pytest

from headwater.sampling.detect import Finding, classify
from headwater.sampling.recipe import recipe_digest, recipe_of

MADE = random.Random(1)


def found(name: str, values: object, keys: tuple[str, ...] = (), **field: object) -> Finding:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    schema = pa.schema([pa.field(name, array.type, **field)])  # type: ignore[arg-type]
    return classify(pa.record_batch([array], schema=schema), keys)[0]


def many(pattern: str) -> list[str]:
    """200 texts with a digit for each ``9`` and a letter for each ``x``."""
    return [
        "".join(MADE.choice("0123456789") if c == "9" else MADE.choice("abcdefg") if c == "x" else c for c in pattern)
        for _ in range(200)
    ]


NAMES = [f"{a} {b}" for a in ("Maria", "James", "Anna", "Peter") for b in ("Smith", "Garcia", "Nguyen")] * 10


@pytest.mark.parametrize(
    ("values", "mask"),
    [
        (many("xxxxx99@xxxxx.example"), "email"),
        (many("+1 212-555-9999"), "phone"),
        (NAMES, "name"),
        (["4111 1111 1111 1111", "5500 0000 0000 0004", "3400 0000 0000 009"] * 30, "card"),
        (["DE89370400440532013000", "GB29NWBK60161331926819"] * 30, "iban"),
        (many("10.9.9.9"), "ip"),
    ],
    ids=["email", "phone", "name", "card", "iban", "ip"],
)
@pytest.mark.parametrize("name", ["attr_7", "ref", "code", "value"])
def test_by_content_whatever_the_name(name: str, values: list[str], mask: str) -> None:
    finding = found(name, values)
    assert finding.personal
    assert finding.mask in (mask, "text", "pseudonym", "national_id")


@pytest.mark.parametrize(
    "name",
    ["email", "E_Mail", "phone", "mobileNumber", "first_name", "lastName", "address", "iban", "ssn", "passport_no",
     "card_number", "ip"],
)  # fmt: skip
def test_by_name_whatever_the_content(name: str) -> None:
    finding = found(name, ["a", "b"] * 50)
    assert finding.personal
    assert finding.mask != "keep"


@pytest.mark.parametrize(
    "values",
    [
        many("call me at +44 20 7946 9999 please"),
        ["nothing here"] * 90 + ["write to ada@lovelace.example"] * 10,
        ["met Maria Garcia at the gate, she was late"] * 60,
        many("xxxx xxxxxx xx xxxxxx xxx"),
    ],
    ids=["phone", "rare e-mail", "name", "nothing known"],
)
def test_free_text_is_masked(values: list[str]) -> None:
    assert found("notes", values).mask == "text"


def test_json_is_masked_by_its_type_and_by_its_look() -> None:
    assert found("x", ['{"a": 1}'] * 3, metadata={"json": "1"}).mask == "json"
    assert found("x", ['{"a": 1}'] * 3).mask == "json"


@pytest.mark.parametrize("values", [["new", "paid", "sent"] * 20, ["EUR"] * 40])
def test_codes_are_kept(values: list[str]) -> None:
    assert found("state", values).mask == "keep"


def test_a_few_values_are_no_codes() -> None:
    assert found("state", ["new", "paid"]).mask == "text"


@pytest.mark.parametrize(
    ("values", "mask"),
    [
        ([2125550100 + n for n in range(50)], "digits"),
        ([4111111111111111, 5500000000000004] * 20, "digits"),
        (list(range(50)), "keep"),
        (pa.array([2125550100.0 + n for n in range(50)]), "null"),
        (pa.array([0.5 * n for n in range(50)]), "keep"),
    ],
    ids=["phones", "cards", "small", "phones as fractions", "fractions"],
)
def test_numbers(values: object, mask: str) -> None:
    assert found("n", values).mask == mask


def test_a_key_of_numbers_is_kept_and_a_key_of_text_is_not() -> None:
    assert found("id", [2125550100 + n for n in range(50)], ("id",)).mask == "keep"
    assert found("id", [f"customer-{n}" for n in range(60)], ("id",)).mask == "pseudonym"


def test_dates_of_birth() -> None:
    days = pa.array([datetime.date(1950 + n % 50, 1, 1) for n in range(100)])
    assert found("x", days).mask == "date_of_birth"
    assert found("booked", pa.array([datetime.date(2026, 1, 1 + n % 28) for n in range(50)])).mask == "keep"


def test_what_has_no_value_cannot_be_told() -> None:
    assert found("x", pa.array([None] * 9, pa.string())).mask == "text"
    assert found("x", pa.array([b"\0"] * 9)).mask == "null"


def test_a_recipe_is_the_same_in_any_order_of_its_masks() -> None:
    asked = {"source": "p", "table": "t", "rows": 1, "method": "uniform", "seed": 7, "key": ("id",)}
    one, other = (recipe_of(**asked, masks=masks) for masks in ({"a": "null", "b": "keep"}, {"b": "keep", "a": "null"}))
    assert recipe_digest(one) == recipe_digest(other)
    assert recipe_digest(one) != recipe_digest({**one, "seed": 8})
