"""Which columns look personal: by their names, and by patterns voted over some cells. Nothing of a cell is kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from headwater.sampling.fields import promised, promised_of_numbers, promises_codes
from headwater.sampling.names import looks_like_name, names_someone
from headwater.sampling.patterns import UUID, category, is_whole, luhn

if TYPE_CHECKING:
    import numpy
    import pyarrow

CELLS = 1_000
"""Cells of a column that are looked at."""

CODES = 50
"""A text column with at most so many values, all short, holds codes."""

CODE_LENGTH = 24

_REPEATED = 20
"""With fewer cells nobody can tell codes from a few people's words."""

_SEEN = 3
"""A code is seen so often; somebody's word among codes is not."""

_NEARLY_ALL = 0.9
_CODE = re.compile(r"[a-z0-9_./+-]+|[A-Z0-9_./+-]+")
_LONG_RUN = re.compile(r"\d{5}")
_MANY = 0.6
"""The share of values of one category that makes a column one of that category."""

_LONG = 9
"""Digits of a number that may be somebody's, such as a telephone number."""

_SOME = 0.2
_UNSEEN = "no value was seen, so it cannot be classified"

_MASKS = {
    "email": "email", "phone": "phone", "card": "card", "iban": "iban", "national_id": "national_id",
    "address": "address", "name": "name", "ip": "ip", "date_of_birth": "date_of_birth",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a column looks like. `codes` are the values of a column of codes: others that come later are masked."""

    column: str
    personal: bool
    category: str
    mask: str
    reason: str
    codes: frozenset[str] = frozenset()


def classify(batch: pyarrow.RecordBatch, keys: Iterable[str] = ()) -> list[Finding]:
    """Look at each column of `batch`, at most `CELLS` rows of it; `keys` are columns of the table's keys."""
    sample = batch.slice(0, CELLS)
    known = frozenset(keys)
    return [
        _column(field.name, sample.column(place), field.name in known, field.metadata or {})
        for place, field in enumerate(batch.schema)
    ]


def _column(name: str, values: pyarrow.Array, key: bool, metadata: dict[bytes, bytes]) -> Finding:
    from pyarrow import types

    if types.is_string(values.type) or types.is_large_string(values.type):
        return _text(name, [text for text in values.to_pylist() if text], key, metadata.get(b"json") == b"1")
    if types.is_integer(values.type):
        return _integer(name, [number for number in values.to_pylist() if number is not None], key)
    if types.is_date(values.type) or types.is_timestamp(values.type):
        return _date(name, values)
    if types.is_boolean(values.type):
        return _keep(name, "yes or no")
    if types.is_floating(values.type) or types.is_decimal(values.type):
        return _fraction(name, [number for number in values.to_pylist() if number is not None])
    return Finding(name, False, "unknown", "null", f"the type {values.type} cannot be classified")


def _text(name: str, cells: list[str], key: bool, is_json: bool) -> Finding:
    personal = promised(name)
    if is_json or _is_json(cells):
        return Finding(name, True, "json", "json", "JSON: each text in it is masked")
    if personal == "date_of_birth":
        return Finding(name, True, personal, "pseudonym", "its name says date of birth")
    if personal is not None:
        return _personal(name, personal, _says(personal))
    if not cells:
        return Finding(name, False, "unknown", "text", _UNSEEN)
    counts = Counter(cells)
    if found := _voted(name, counts):
        return found
    if all(UUID.fullmatch(cell) for cell in counts):
        kept = Finding(name, False, "uuid", "keep", "UUIDs")
        return kept if key else Finding(name, True, "id", "pseudonym", "UUIDs that are no key")
    if codes := _codes(counts, promises_codes(name)):
        return Finding(name, False, "code", "keep", f"{len(codes)} short values that repeat", codes)
    if key:
        return Finding(name, True, "key", "pseudonym", "a key of text")
    return Finding(name, False, "unknown", "text", "text that cannot be classified")


def _codes(counts: Counter[str], named: bool) -> frozenset[str]:
    """The values that repeat, where nearly all do and look like codes, or the column's name says that they are."""
    cells = counts.total()
    codes = frozenset(value for value, count in counts.items() if count >= _SEEN)
    if cells < max(_REPEATED, 2 * len(counts)) or not 0 < len(codes) <= CODES:
        return frozenset()
    if sum(counts[code] for code in codes) < _NEARLY_ALL * cells:
        return frozenset()
    if any(len(code) > CODE_LENGTH or _LONG_RUN.search(code) for code in codes):
        return frozenset()
    return codes if named or all(_CODE.fullmatch(code) for code in codes) else frozenset()


def _voted(name: str, counts: Counter[str]) -> Finding | None:
    """What the cells look like. One that looks personal is enough: a value that was seen once will come again."""
    votes: dict[str, int] = {}
    whole = 0
    for cell, count in counts.items():
        if UUID.fullmatch(cell):
            continue
        if found := category(cell):
            votes[found] = votes.get(found, 0) + count
            whole += count * is_whole(cell, found)
        elif looks_like_name(cell):
            votes["name"] = votes.get("name", 0) + count
            whole += count
        elif names_someone(cell):
            votes["name"] = votes.get("name", 0) + count
    if not votes:
        return None
    total, cells = sum(votes.values()), counts.total()
    best = max(votes, key=lambda one: votes[one])
    part = round(100 * votes[best] / cells)
    share = f"{part or 'under 1'}% of the values look like {_article(best)}"
    if votes[best] >= _MANY * cells and whole >= 0.9 * total:
        return _personal(name, best, share)
    return Finding(name, True, "text", "text", f"text that holds personal data: {share}")


def _integer(name: str, numbers: list[int], key: bool) -> Finding:
    if personal := promised_of_numbers(name):
        return Finding(name, True, personal, "digits", _says(personal))
    if not numbers:
        return Finding(name, False, "unknown", "digits", _UNSEEN)
    texts = [str(abs(number)) for number in numbers]
    cards = sum(len(text) >= 13 and luhn(text) for text in texts)
    if cards >= 0.5 * len(texts):
        return Finding(name, True, "card", "digits", "most values pass the check of card numbers")
    long = sum(len(text) >= _LONG for text in texts)
    # Some long ones among short ones are as telling as many: ids of people do not get shorter.
    if long >= _SOME * len(texts):
        return Finding(name, True, "number", "digits", "long numbers, such as phone numbers or ids of people")
    return _keep(name, "a key" if key else "a number")


def _fraction(name: str, numbers: list[float | Decimal]) -> Finding:
    """A column of fractions; one that holds long whole numbers only holds no measurements."""
    if personal := promised_of_numbers(name):
        return Finding(name, True, personal, "null", _says(personal))
    if not numbers:
        return Finding(name, False, "unknown", "null", _UNSEEN)
    long = sum(isfinite(number) and number == int(number) and 10 ** (_LONG - 1) <= abs(number) for number in numbers)
    if long >= _SOME * len(numbers):
        return Finding(name, True, "number", "null", "long whole numbers, such as phone numbers or ids of people")
    return _keep(name, "a number")


def _date(name: str, values: pyarrow.Array) -> Finding:
    if promised(name) == "date_of_birth":
        return Finding(name, True, "date_of_birth", "date_of_birth", _says("date_of_birth"))
    years = _years(values.drop_null())
    if not len(years):
        return Finding(name, False, "unknown", "date_of_birth", _UNSEEN)
    if years.max() - years.min() >= 30 and years.max() <= 2020:
        return Finding(name, True, "date_of_birth", "date_of_birth", "dates over decades, such as dates of birth")
    return _keep(name, "a date or time")


def _years(values: pyarrow.Array) -> numpy.ndarray:
    """Years, also those beyond 9999, which Python's own dates do not reach."""
    import numpy as np

    years: numpy.ndarray = values.to_numpy(zero_copy_only=False).astype("datetime64[Y]").astype(np.int64)
    return years + 1970


def _is_json(cells: list[str]) -> bool:
    objects = 0
    for cell in cells[:50]:
        if cell[:1] not in "{[":
            return False
        try:
            json.loads(cell)
        except (ValueError, RecursionError):
            return False
        objects += 1
    return objects > 0


def _personal(name: str, found: str, reason: str) -> Finding:
    return Finding(name, True, found, _MASKS[found], reason)


def _says(found: str) -> str:
    return f"its name says {found.replace('_', ' ')}"


def _keep(name: str, reason: str) -> Finding:
    return Finding(name, False, "plain", "keep", reason)


def _article(found: str) -> str:
    words = {
        "email": "e-mail addresses", "phone": "phone numbers", "card": "card numbers", "iban": "IBANs",
        "national_id": "national ids", "address": "addresses", "name": "names", "ip": "IP addresses",
    }  # fmt: skip
    return words.get(found, found)
