"""Places on the earth: columns of coordinates, and texts that are points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from headwater.sampling.fields import tokens

_LATITUDE = frozenset({"lat", "latitude"})
_LONGITUDE = frozenset({"lon", "lng", "longitude"})
_PAIRED = frozenset({"long", "x"})
"""Names that are a longitude's only beside a latitude."""

FIELDS = _LATITUDE | _LONGITUDE | {"coordinates"}
"""Fields of a document that hold degrees; ``coordinates`` are GeoJSON's (RFC 7946)."""

WIDTH = "0.1"
"""Degrees, about 11 km: the bin that a place gets by itself."""

_NUMBER = r"-?\d{1,3}(?:\.\d+)?"
POINT = re.compile(
    rf"(?:SRID=\d+;)?POINT ?Z? ?\({_NUMBER} {_NUMBER}(?: {_NUMBER})?\)|\({_NUMBER}, ?{_NUMBER}\)"
    r"|-?\d{1,3}\.\d{3,}, ?-?\d{1,3}\.\d{3,}",
    re.IGNORECASE,
)
"""A point as PostGIS, PostgreSQL or a map writes it."""


def degrees(name: str, others: Sequence[str]) -> int | None:
    """90 or 180 where the name of a column, beside those of `others`, is a latitude's or a longitude's; else None."""
    words = set(tokens(name))
    if words & _LATITUDE:
        return 90
    if words & _LONGITUDE:
        return 180
    return 180 if words & _PAIRED and any(set(tokens(other)) & _LATITUDE for other in others) else None


def are_degrees(numbers: Sequence[float], limit: int) -> bool:
    """Whether all of some numbers lie from ``-limit`` to ``limit``, and are no whole numbers only."""
    return all(isfinite(number) and abs(number) <= limit for number in numbers) and any(
        number != int(number) for number in numbers
    )
