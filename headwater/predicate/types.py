"""Which family a column's Arrow type belongs to, read from the type's text so that no engine need be
installed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["boolean", "integer", "float", "decimal", "text", "date", "time", "timestamp", "other"]
Unit = Literal["s", "ms", "us", "ns"]

NANOSECONDS: dict[Unit, int] = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
"""Nanoseconds in one tick of each Arrow time unit."""

DAY = 86_400_000_000_000
"""Nanoseconds in a day."""

_INTEGER = re.compile(r"(u?)int(8|16|32|64)")
_FLOATS = {"halffloat": 16, "float16": 16, "float": 32, "float32": 32, "double": 64, "float64": 64}
_DECIMAL = re.compile(r"decimal(?:32|64|128|256)?\((\d+), ?(-?\d+)\)")
_TEMPORAL = re.compile(r"(date32|date64|time32|time64|timestamp)(?:\[(day|s|ms|us|ns)(?:, tz=(.+))?\])?")
_DICTIONARY = re.compile(r"dictionary<values=(.+), indices=u?int\d+, ordered=[01]>")
_TEXTS = {"string", "utf8", "large_string", "large_utf8", "string_view"}
_UNITS: dict[str, Unit] = {"s": "s", "ms": "ms", "us": "us", "ns": "ns"}


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column's type as far as a filter cares.

    `text` is the Arrow text; `bits` and `signed` are for integers and floats, `precision` and `scale` for
    decimals, `unit` for times (a date32 counts days and has none), `zoned` for timestamps that are instants.
    `encoded` is true for a dictionary type, which engines show in types of their own.
    """

    text: str
    family: Family
    bits: int = 64
    signed: bool = True
    precision: int = 0
    scale: int = 0
    unit: Unit | None = None
    zone: str | None = None
    encoded: bool = False

    @property
    def zoned(self) -> bool:
        return self.zone is not None

    @property
    def tick(self) -> int:
        """Nanoseconds in one tick of a date, time or timestamp column."""
        return NANOSECONDS[self.unit] if self.unit is not None else DAY

    @property
    def noun(self) -> str:
        """The family in words for an error message."""
        if self.family == "timestamp":
            return "a timestamp with a time zone" if self.zoned else "a timestamp without a time zone"
        return {
            "boolean": "true or false", "integer": "a number", "float": "a number", "decimal": "a number",
            "text": "text", "date": "a date", "time": "a time of day",
        }.get(self.family, f"of type {self.text}")  # fmt: skip


def column_type(text: str) -> ColumnType:
    """The `ColumnType` of an Arrow type's text, ``timestamp[us, tz=UTC]``; unknown ones are ``other``."""
    if match := _DICTIONARY.fullmatch(text):
        plain = column_type(match[1])
        return ColumnType(
            text,
            plain.family,
            plain.bits,
            plain.signed,
            plain.precision,
            plain.scale,
            plain.unit,
            plain.zone,
            True,
        )
    if text in ("bool", "boolean"):
        return ColumnType(text, "boolean")
    if match := _INTEGER.fullmatch(text):
        return ColumnType(text, "integer", bits=int(match[2]), signed=not match[1])
    if text in _FLOATS:
        return ColumnType(text, "float", bits=_FLOATS[text])
    if match := _DECIMAL.fullmatch(text):
        return ColumnType(text, "decimal", precision=int(match[1]), scale=int(match[2]))
    if text in _TEXTS:
        return ColumnType(text, "text")
    if match := _TEMPORAL.fullmatch(text):
        return _temporal(text, match[1], match[2], match[3])
    return ColumnType(text, "other")


def _temporal(text: str, name: str, unit: str | None, zone: str | None) -> ColumnType:
    if name == "date32":
        return ColumnType(text, "date")
    if name == "date64":
        return ColumnType(text, "date", unit="ms")
    family: Family = "timestamp" if name == "timestamp" else "time"
    return ColumnType(text, family, unit=_UNITS.get(unit or "us", "us"), zone=zone)
