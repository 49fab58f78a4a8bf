"""What is taken for personal: by name, by content under any name, and whatever cannot be told."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.sampling.detect import classify
from headwater.sampling.finding import Finding
from headwater.sampling.fitting import masks_for
from headwater.sampling.recipe import recipe_of
from headwater.sampling.recipe_key import RecipeKey

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


HANDLERS = ["Okwuosa", "Brandvold", "Tsitsipas", "Quispe", "Ferreyra"]


@pytest.mark.parametrize(
    "rare",
    [[f"velth{n}@private.example" for n in range(10)], ["Maria Quorabrock"] * 10, ["+1 212-555-0100"], ["fe80::1ff"]],
    ids=["e-mails", "a name", "one telephone number", "an address"],
)
@pytest.mark.parametrize("name", ["note", "status"])
def test_one_personal_value_among_codes_masks_the_column(name: str, rare: list[str]) -> None:
    finding = found(name, ["n/a"] * (1000 - len(rare)) + rare)
    assert finding.mask == "text"
    assert not finding.codes


def test_a_word_seen_once_among_codes_is_no_code() -> None:
    finding = found("state", ["n/a"] * 990 + [f"velth{letter}" for letter in "abcdefghij"])
    assert finding.codes == {"n/a"}


@pytest.mark.parametrize("name", ["handler", "lname", "maidenname", "fname", "agent", "attr_7", "remark"])
def test_names_that_repeat_are_no_codes(name: str) -> None:
    assert found(name, HANDLERS * 40).mask not in ("keep",)


@pytest.mark.parametrize("values", [["P1234567", "P7654321"] * 30, ["red and blue", "green and red"] * 30])
def test_numbers_and_phrases_that_repeat_are_no_codes(values: list[str]) -> None:
    assert found("attr_7", values).mask == "text"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("status", ["flown", "cancelled", "no show"]),
        ("city", ["New York", "Newark", "Boston"]),
        ("origin", ["JFK", "LGA"]),
        ("tzone", ["America/New_York", "America/Chicago"]),
        ("attr_7", ["economy", "business"]),
        ("attr_7", ["A1", "B2", "n/a".upper()]),
    ],
)
def test_a_name_that_promises_codes_and_what_looks_like_codes(name: str, values: list[str]) -> None:
    finding = found(name, values * 20)
    assert (finding.mask, finding.codes) == ("keep", frozenset(values))


def test_addresses_of_networks_of_either_kind() -> None:
    assert found("attr_7", [f"2001:db8::{n:x}:1" for n in range(60)]).mask == "ip"
    assert found("notes", ["seen at 2001:db8:0:0:0:0:2:1 again"] * 60).mask == "text"
    assert found("attr_7", ["12:30:45", "std::vector", "::"] * 20).category != "ip"


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


def test_a_key_of_short_numbers_is_kept_and_one_of_long_numbers_or_text_is_not() -> None:
    assert found("id", [120100 + n for n in range(50)], ("id",)).mask == "keep"
    assert found("id", [212555010 + n for n in range(50)], ("id",)).mask == "digits"
    assert found("id", [4111111111111111, 5500000000000004] * 20, ("id",)).mask == "digits"
    assert found("id", [f"customer-{n}" for n in range(60)], ("id",)).mask == "pseudonym"


@pytest.mark.parametrize(
    "name",
    [
        "zip",
        "postcode",
        "zipCode",
        "contact_no",
        "phoneno",
        "homePhone2",
        "passport",
        "birth_year",
        "national_id",
        "dob",
    ],
)
@pytest.mark.parametrize(("values", "mask"), [([94110, 10001], "digits"), ([94110.0, 10001.0], "null")])
def test_a_number_keeps_every_promise_of_its_name(name: str, values: list[float], mask: str) -> None:
    assert found(name, values * 30).mask == mask


@pytest.mark.parametrize("name", ["contact_id", "address_id", "email_count", "customer_id", "price"])
def test_keys_and_counts_of_personal_things_are_only_numbers(name: str) -> None:
    assert found(name, [1, 2, 3] * 30).mask == "keep"


@pytest.mark.parametrize(
    ("kind", "mask"),
    [
        (pa.int64(), "digits"),
        (pa.float64(), "null"),
        (pa.decimal128(9, 2), "null"),
        (pa.string(), "text"),
        (pa.timestamp("us"), "date_of_birth"),
        (pa.date32(), "date_of_birth"),
    ],
)
def test_what_was_never_seen_is_masked(kind: pa.DataType, mask: str) -> None:
    assert found("x", pa.array([None] * 9, kind)).mask == mask


def test_dates_beyond_the_calendar_of_python() -> None:
    days = pa.array([2_932_897, 4_000_000, None], pa.date32())
    assert found("until", days).mask == "keep"
    assert found("until", pa.array([2**55, None], pa.timestamp("us", "UTC"))).mask == "keep"
    assert found("dob", days).mask == "date_of_birth"


@pytest.mark.parametrize("name", ["dob", "birth_date", "date_of_birth"])
def test_a_time_of_birth_has_a_mask_that_fits(name: str) -> None:
    times = pa.array([datetime.datetime(1980, 1, 1, 4, 30)] * 9)
    assert found(name, times).mask in masks_for(times.type)


def test_dates_of_birth() -> None:
    days = pa.array([datetime.date(1950 + n % 50, 1, 1) for n in range(100)])
    assert found("x", days).mask == "date_of_birth"
    assert found("booked", pa.array([datetime.date(2026, 1, 1 + n % 28) for n in range(50)])).mask == "keep"


def test_what_has_no_value_cannot_be_told() -> None:
    assert found("x", pa.array([None] * 9, pa.string())).mask == "text"
    assert found("x", pa.array([b"\0"] * 9)).mask == "null"


def test_a_recipe_is_the_same_in_any_order_of_its_masks(tmp_path: Path) -> None:
    recipe_digest = RecipeKey(tmp_path).digest
    asked = {"source": "p", "table": "t", "rows": 1, "method": "uniform", "seed": 7, "key": ("id",), "mask_keys": {}}
    asked |= {"asked": {}}
    one, other = (recipe_of(**asked, masks=masks) for masks in ({"a": "null", "b": "keep"}, {"b": "keep", "a": "null"}))
    assert recipe_digest(one) == recipe_digest(other)
    assert recipe_digest(one) != recipe_digest({**one, "seed": 8})
    rotated = recipe_of(**{**asked, "mask_keys": {"a": "person/2"}}, masks={"a": "null", "b": "keep"})
    assert recipe_digest(one) != recipe_digest(rotated)


SURNAMES = ["okwuosa", "brandvold", "tsitsipas", "quispe", "ferreyra"]


@pytest.mark.parametrize("values", [SURNAMES, [name.upper() for name in SURNAMES], ["okwuosa_1", "quispe_2"]])
@pytest.mark.parametrize("name", ["attr_7", "remark", "value"])
def test_surnames_in_lower_case_that_repeat_are_no_codes(name: str, values: list[str]) -> None:
    assert found(name, values * 40).mask == "text"


@pytest.mark.parametrize(
    "values", [["in_progress", "on-hold", "closed"], ["EUR", "USD"], ["q1", "q2", "q3"], ["n/a", "yes", "no"]]
)
def test_words_and_marks_that_codes_are_made_of(values: list[str]) -> None:
    assert found("attr_7", values * 20).codes == frozenset(values)


def test_a_user_agent_is_no_person() -> None:
    agents = [
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "curl/8.14.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    ]
    for name in ("user_agent", "userAgent", "http_user_agent"):
        assert (found(name, agents * 20).category, found(name, agents * 20).mask) == ("user_agent", "pseudonym")
    assert found("agent", HANDLERS * 9).mask == "name"


@pytest.mark.parametrize(
    ("pattern", "category"),
    [
        ("+1 212-555-9999", "phone"),
        ("+33 1 42 68 53 99", "phone"),
        ("020 7946 9999", "phone"),
        ("+999 99 9999 99", "number"),
        ("00 9999 9999 00", "number"),
    ],
)
def test_phone_numbers_are_those_that_a_country_has(pattern: str, category: str) -> None:
    finding = found("attr_7", many(pattern))
    assert finding.category == category
    assert finding.mask in ("phone", "digits")


def test_long_integers_that_are_phone_numbers_say_so() -> None:
    assert found("n", [442079460000 + n for n in range(50)]).category == "phone"
    assert found("n", [100_000_000_001 + n for n in range(50)]).category == "number"


PLACES = {"lat": [52.5 + n / 100 for n in range(40)], "lon": [13.4 - n / 100 for n in range(40)]}


@pytest.mark.parametrize(
    ("names", "masks"),
    [
        (("lat", "lon"), ["bin:0.1", "bin:0.1"]),
        (("home_latitude", "homeLongitude"), ["bin:0.1", "bin:0.1"]),
        (("lat", "long"), ["bin:0.1", "bin:0.1"]),
        (("speed", "long"), ["keep", "keep"]),
    ],
)
def test_places_are_found_by_name_range_and_pair(names: tuple[str, str], masks: list[str]) -> None:
    batch = pa.record_batch(dict(zip(names, PLACES.values(), strict=True)))
    assert [finding.mask for finding in classify(batch)] == masks


@pytest.mark.parametrize("values", [[95.5, 12.25], [1.0, 2.0]], ids=["out of range", "whole"])
def test_what_cannot_be_degrees_is_no_place(values: list[float]) -> None:
    assert found("lat", values * 20).mask == "keep"


@pytest.mark.parametrize(
    "point",
    ["POINT(13.4049 52.5200)", "SRID=4326;POINT(13.4 52.5)", "(52.52,13.40)", "52.5200, 13.4049", "point (1.5 2)"],
)
def test_texts_that_are_points(point: str) -> None:
    assert (found("attr_7", [point] * 30).category, found("attr_7", [point] * 30).mask) == ("geo", "bin:0.1")
    assert found("attr_7", [point] * 30 + ["nowhere"]).mask == "text"


def test_dates_of_birth_as_texts_and_as_years() -> None:
    assert found("x", [f"{1950 + n % 50}-01-02" for n in range(100)]).category == "date_of_birth"
    assert found("birth_year", [1950 + n % 50 for n in range(100)]).mask == "bin:10"
    assert found("year", [1950 + n % 50 for n in range(100)]).mask == "keep"


@pytest.mark.parametrize(
    ("values", "mask"),
    [
        ([["ada@lovelace.example"], ["a@b.example", "c@d.example"], None, []] * 20, "email"),
        ([["nothing known here"], ["or there"]] * 20, "text"),
        ([["new", "paid"], ["sent"]] * 30, "keep"),
        (pa.array([[2125550100], [2125550101]] * 20, pa.large_list(pa.int64())), "digits"),
        (pa.array([[1, 2], [3, 4]] * 20, pa.list_(pa.int32(), 2)), "keep"),
        (pa.array([[[["over there"]]]] * 20), "text"),
        (pa.array([[b"\0"]] * 20), "null"),
        (pa.array([[]] * 20, pa.list_(pa.string())), "text"),
    ],
    ids=["e-mails", "text", "codes", "large", "fixed", "nested", "bytes", "empty"],
)
def test_the_elements_of_lists_are_classified(values: object, mask: str) -> None:
    finding = found("state" if mask == "keep" else "attr_7", values)
    assert finding.mask == mask
    array = values if isinstance(values, pa.Array) else pa.array(values)
    assert mask in masks_for(array.type)


def test_json_is_known_by_its_paths() -> None:
    document = (
        '{"who": {"name": "Okwuosa", "reach": "+44 20 7946 0018"}, "ok": true, "velthabrock 3": 1,'
        ' "docs": [{"number": 123456789}], "at": {"coordinates": [13.4, 52.5]}, "note": "left late"}'
    )
    finding = found("profile", [document] * 5)
    assert {path.path: path.mask for path in finding.paths} == {
        "$.*": "keep",
        "$.at.coordinates[*]": "bin:0.1",
        "$.docs[*].number": "digits",
        "$.note": "text",
        "$.ok": "keep",
        "$.who.name": "name",
        "$.who.reach": "phone",
    }
    assert "velth" not in str(finding)


def test_confidence_grows_with_what_agrees() -> None:
    emails = many("xxxxx99@xxxxx.example")
    by_both, by_name, by_content = found("email", emails), found("email", ["a", "b"] * 50), found("attr_7", emails)
    assert 0.6 < by_name.confidence < by_content.confidence < by_both.confidence == 1.0
    assert found("notes", many("xxxx xxxxxx xx xxxxxx")).confidence == 0.0
    assert found("x", emails + ["-"] * 50).confidence < by_content.confidence
