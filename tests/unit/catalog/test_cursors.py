"""Cursors come back from outside: they fit the list that they came from, or are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.cursors import decode_cursor, encode_cursor
from headwater.errors import UsageError

KEYS = st.lists(st.one_of(st.text(st.characters(codec="utf-8")), st.integers(-(2**63) + 1, 2**63 - 1)), min_size=1)


@given(KEYS)
def test_a_cursor_reads_back(key: list[str | int]) -> None:
    cursor = encode_cursor(("datasets", None), key)
    assert decode_cursor(("datasets", None), cursor, tuple(type(part) for part in key)) == key
    assert cursor.isascii()
    assert "=" not in cursor


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        decode_cursor(("datasets",), text, (str,))


@given(KEYS)
def test_a_cursor_of_another_list_is_refused(key: list[str | int]) -> None:
    cursor = encode_cursor(("datasets", "sales"), key)
    with pytest.raises(UsageError, match="does not belong"):
        decode_cursor(("datasets", "prod"), cursor, tuple(type(part) for part in key))


def test_a_key_of_another_shape_is_refused() -> None:
    cursor = encode_cursor(("versions",), ["12; DROP TABLE version"])
    with pytest.raises(UsageError):
        decode_cursor(("versions",), cursor, (int,))
    with pytest.raises(UsageError):
        decode_cursor(("versions",), encode_cursor(("versions",), [2**70]), (int,))
