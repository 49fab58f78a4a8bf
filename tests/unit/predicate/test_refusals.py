"""A filter that is wrong is refused with the place and what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.errors import BadPredicate, ColumnNotFound
from headwater.predicate import Predicate
from headwater.predicate.syntax import parse
from headwater.predicate.tokens import MAX_TEXT

TYPES = {
    "id": "int64", "amount": "decimal128(10, 2)", "price": "decimal128(38, 30)", "city": "string", "active": "bool",
    "at": "timestamp[us]", "seen": "timestamp[us, tz=UTC]", "fine": "timestamp[ns]", "day": "date32[day]",
    "clock": "time64[us]", "tags": "list<item: string>", "raw": "binary", "big": "uint64", "x": "double",
    "select": "int64", "date": "date32[day]", "Ünï cödé": "string",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("id >", 4, "a column or a value is expected"),
        ("id > AND active", 5, "a column or a value is expected"),
        ("id > 1 active", 7, "should end here"),
        ("id > 1 AND", 10, "a column or a value is expected"),
        ("(id > 1", 7, "closing parenthesis"),
        ("id > 1)", 6, "should end here"),
        ("id == 1", 3, "== is not an operator"),
        ("id = 1 && active", 7, "& is not an operator"),
        ("city = 'Lon", 7, "no closing quote"),
        ('"city = 1', 0, "no closing quote"),
        ("city = ;", 7, "has no meaning"),
        ("lower(city) = 'a'", 0, "functions such as lower()"),
        ("city ILIKE 'a%'", 5, "ILIKE"),
        ("id + 1 > 2", 3, "arithmetic"),
        ("id > -city", 5, "a sign goes before a number"),
        ("id IN 1", 6, "a list in parentheses"),
        ("id IN (1 2)", 9, "separated by commas"),
        ("id IN (city)", 7, "values, not columns"),
        ("id IS 5", 6, "IS goes with NULL"),
        ("id BETWEEN 1", 12, "BETWEEN needs AND"),
        ("id NOT 5", 7, "NOT goes before"),
        ("city LIKE 5", 10, "a pattern in single quotes"),
        ("city LIKE 'a' ESCAPE 'ab'", 21, "one character"),
        ("city LIKE 'a!b' ESCAPE '!'", 10, "not before %, _ or itself"),
        ("city LIKE 'a!' ESCAPE '!'", 10, "not before %, _ or itself"),
        ("tags.item = 1", 4, "a field inside a column"),
        ("id = 1e999999999", 5, "too large"),
        ("id = " + "9" * 401, 5, "too large"),
        ("id", 0, "alone it is no condition"),
        ("5", 0, "a value alone"),
        ("id LIKE 'a%'", 0, "LIKE needs text"),
        ("'a' LIKE 'a'", 0, "LIKE needs a column"),
        ("city = 5", 7, "'city' is text, and this is a number"),
        ("id = '5'", 5, "'id' is a number, and this is text"),
        ("id = TRUE", 5, "this is true or false"),
        ("active > TRUE", 9, "no order"),
        ("active < active", 7, "no order"),
        ("tags = 'a'", 7, "only IS NULL can test it"),
        ("raw = 'a'", 6, "only IS NULL can test it"),
        ("at = '2024-13-01'", 5, "no date or time"),
        ("at = 'yesterday'", 5, "no date or time"),
        ("at = '2024-01-01 24:00'", 5, "no date or time"),
        ("at = '2024-01-01 10:00+01:00'", 5, "has no time zone"),
        ("day = DATE '2024-01-01 10:00'", 6, "a day without a time"),
        ("clock > '25:00'", 8, "no time of day"),
        ("at > 5", 5, "timestamp without a time zone, and this is a number"),
        ("at = seen", 3, "cannot be compared"),
        ("at = fine", 3, "cannot be compared"),
        ("big = id", 4, "cannot be compared"),
        ("amount = x", 7, "cannot be compared"),
        ("price = id", 6, "cannot be compared"),
        ("city = id", 5, "cannot be compared"),
        ("1 = 'a'", 2, "cannot be compared"),
    ],
)
def test_a_wrong_filter_is_refused_at_its_place(text: str, position: int, says: str) -> None:
    with pytest.raises(BadPredicate) as caught:
        Predicate(text, TYPES)
    assert caught.value.details["position"] == position
    assert says in caught.value.message
    assert caught.value.hint


def test_the_message_shows_the_place() -> None:
    with pytest.raises(BadPredicate, match=r"wrong at character 6 \('AND active'\)"):
        parse("id > AND active")


@pytest.mark.parametrize(
    ("text", "near", "hint"),
    [
        ("amuont > 1", ["amount"], "Did you mean 'amount'?"),
        ("CITY = 'x'", ["city"], "Did you mean 'city'?"),
        ('city = "London"', [], "text goes in single quotes: 'London'"),
        ("zzz = 1", [], "The columns are: id, amount"),
    ],
)
def test_an_unknown_column_names_near_ones(text: str, near: list[str], hint: str) -> None:
    with pytest.raises(ColumnNotFound) as caught:
        Predicate(text, TYPES)
    assert caught.value.details["near"] == near
    assert hint in caught.value.hint


def test_names_that_are_no_plain_words_are_quoted() -> None:
    assert Predicate('"select" > 1 AND "Ünï cödé" = \'x\' AND date > \'2024-01-01\'', TYPES).columns == {
        "select", "Ünï cödé", "date",
    }  # fmt: skip


def test_a_hostile_column_name_stays_a_name() -> None:
    name = 'x" = 1 OR 1=1; --'
    condition, values = Predicate('"x"" = 1 OR 1=1; --" = 2', {name: "int64"}).to_duckdb()
    assert condition == '("x"" = 1 OR 1=1; --" = ?)'
    assert values == [2]


def test_text_is_bound_not_written() -> None:
    condition, values = Predicate("city IN ('a''; DROP TABLE x', '?') AND city LIKE '%;%'", TYPES).to_duckdb()
    assert "DROP" not in condition
    assert condition.count("?") == len(values) == 4


@pytest.mark.parametrize("text", ["(" * 5_000 + "active" + ")" * 5_000, "NOT " * 5_000 + "active"])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(BadPredicate, match="nested more than 100 deep"):
        Predicate(text, TYPES)


def test_a_filter_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadPredicate, match="1,000,000 is the most"):
        Predicate("id = 1 OR " * (MAX_TEXT // 10) + "id = 1", TYPES)


@given(st.text(max_size=60) | st.text("()'\"=<>,.-+ idcityANDORNOTINLIKE01%_\\", max_size=60))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        Predicate(text, TYPES)
    except (BadPredicate, ColumnNotFound):
        pass
