"""How text becomes words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.ledger.words import MAX_TERMS, squeezed, terms_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sales.orders", ["sales", "orders"]),
        ("order_lines-2024", ["order", "lines", "2024"]),
        ("CustomerRevenue", ["customerrevenue", "customer", "revenue"]),
        ("HTTPServer", ["httpserver", "http", "server"]),
        ("Größe café", ["grosse", "cafe"]),
        ("", []),
        ("'; DROP", ["drop"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_query_in_camel_case_asks_for_its_parts() -> None:
    assert terms_of("customerRev orders") == ["customer", "rev", "orders"]


@given(st.text())
def test_words_are_plain(text: str) -> None:
    for word in words_of(text):
        assert word
        assert not any(mark.isspace() or mark in "\"'*:()^._-" for mark in word)


@given(st.text())
def test_a_query_is_bounded(text: str) -> None:
    assert len(terms_of(text)) <= MAX_TERMS


def test_names_are_squeezed_alike() -> None:
    assert squeezed("Order-Lines") == squeezed("order_lines") == "orderlines"
