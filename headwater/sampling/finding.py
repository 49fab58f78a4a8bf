"""What a column looks like."""

from __future__ import annotations

from dataclasses import dataclass

MASK_OF: dict[str, str] = {
    "email": "email", "phone": "phone", "card": "card", "iban": "iban", "national_id": "national_id",
    "address": "address", "name": "name", "ip": "ip", "date_of_birth": "date_of_birth", "user_agent": "pseudonym",
    "number": "digits", "geo": "bin:0.1",
}  # fmt: skip
"""Category to the mask that its column gets by itself."""

_PLURAL = {
    "email": "e-mail addresses", "phone": "phone numbers", "card": "card numbers", "iban": "IBANs",
    "national_id": "national ids", "address": "addresses", "name": "names", "ip": "IP addresses",
    "number": "long numbers", "geo": "places", "date_of_birth": "dates of birth", "user_agent": "user agents",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PathFinding:
    """What one path of a column of JSON holds: ``$.emergency.reach``, ``$.documents[*].number``."""

    path: str
    category: str
    mask: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a column looks like. `codes` are the values of a column of codes: others that come later are masked.

    `confidence` is how sure the category is: 0 where nobody can tell, 1 where each value passes a check and the name
    agrees. `paths` are those of JSON that were seen.
    """

    column: str
    personal: bool
    category: str
    mask: str
    reason: str
    codes: frozenset[str] = frozenset()
    confidence: float = 0.0
    paths: tuple[PathFinding, ...] = ()


def personal(column: str, category: str, reason: str, confidence: float) -> Finding:
    """One that is somebody's, with the mask of its category."""
    return Finding(column, True, category, MASK_OF[category], reason, confidence=round(confidence, 2))


def plain(column: str, reason: str, confidence: float) -> Finding:
    """One that is nobody's, and is kept."""
    return Finding(column, False, "plain", "keep", reason, confidence=round(confidence, 2))


def unknown(column: str, mask: str, reason: str) -> Finding:
    """One that nobody can tell, and that is masked for it."""
    return Finding(column, False, "unknown", mask, reason)


def says(category: str) -> str:
    """The reason where a name promises a category."""
    return f"its name says {category.replace('_', ' ')}"


def plural(category: str) -> str:
    """The things of a category, for people."""
    return _PLURAL.get(category, category)
