"""Text for people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headwater.cli.output import ago, change, fields, kinds, size, table
from headwater.clock import as_datetime, as_text

NOW = as_datetime("2026-03-01T12:00:00.000Z")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-5, "just now"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (7200, "2 h ago"),
        (86_400 * 4, "4 d ago"),
        (86_400 * 31, "1 month ago"),
        (86_400 * 70, "2 months ago"),
        (86_400 * 400, "1 year ago"),
        (86_400 * 800, "2 years ago"),
    ],
)
def test_ago(seconds: int, text: str) -> None:
    assert ago(as_text(NOW - timedelta(seconds=seconds)), NOW) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_999, "1.0 MB"),
        (5 * 10**18, "5000.0 PB"),
    ],
)
def test_size(count: int, text: str) -> None:
    assert size(count) == text


def test_change() -> None:
    assert [change(number) for number in (None, 0, 1200, -3)] == ["", "", "+1,200", "-3"]


def test_a_table_is_aligned() -> None:
    assert table(("Name", "Rows"), [("a", "1,000"), ("long", "2")], right=("Rows",)) == (
        "Name   Rows\na     1,000\nlong      2"
    )
    assert table(("Name",), []) == ""


def test_fields_leave_out_what_is_empty() -> None:
    assert fields([("A", "1"), ("Longer", ""), ("Bcd", "x\ny")]) == "A    1\nBcd  x y"


@pytest.mark.parametrize(
    ("kind", "rests_on", "text"),
    [
        ("real", ["real"], ""),
        ("sample", ["sample"], "SAMPLE"),
        ("derived", ["derived", "real", "sample"], "DERIVED from SAMPLE"),
        ("derived", ["real"], "DERIVED"),
        ("simulated", [], "SIM"),
    ],
)
def test_kinds(kind: str, rests_on: list[str], text: str) -> None:
    assert kinds(kind, rests_on) == text
