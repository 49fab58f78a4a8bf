"""Telephone numbers: whether what looks like them are numbers that a country gives out, by its own plan."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_ASKED = 24
"""Numbers of a column that are parsed: one takes as long as a hundred patterns."""

_PLANS = {
    "US": "", "GB": "0", "DE": "0", "FR": "0", "NL": "0", "IN": "", "ES": "", "IT": "", "JP": "0", "AU": "0", "BR": "",
}  # fmt: skip
"""Countries whose numbers are known without a country code, and how these begin."""


def share_of_numbers(candidates: Iterable[str]) -> float:
    """The share of `candidates` that are valid, of those without a country code all in one country: 0 to 1.

    Validity is that of libphonenumber: digits and lengths that the country's plan has.
    """
    asked = list(islice(candidates, _ASKED))
    if not asked:
        return 0.0
    abroad = [number for number in asked if number.strip().startswith(("+", "00"))]
    home = [number for number in asked if not number.strip().startswith(("+", "00"))]
    known = sum(_is_valid(f"+{number.strip().lstrip('+0')}", None) for number in abroad)
    return (known + max(_valid_in(plan, home) for plan in _PLANS)) / len(asked)


def _valid_in(country: str, numbers: list[str]) -> int:
    prefix = _PLANS[country]
    return sum(number.strip("( ").startswith(prefix) and _is_valid(number, country) for number in numbers)


def _is_valid(text: str, country: str | None) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, country))
    except phonenumbers.NumberParseException:
        return False
