"""Which columns look personal: by their names, and by patterns voted over some cells. Nothing of a cell is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from headwater.sampling.names import looks_like_name, names_someone
from headwater.sampling.patterns import UUID, category, is_whole, luhn

if TYPE_CHECKING:
    import pyarrow

CELLS = 1_000
"""Cells of a column that are looked at."""

CODES = 50
"""A text column with at most so many values, all short, holds codes."""

CODE_LENGTH = 24

_REPEATED = 20
"""With fewer cells nobody can tell codes from a few people's words."""

_FEW = 0.02
"""The share of cells that makes a column suspect: text that sometimes holds an address is masked whole."""
_MANY = 0.6

_NAMES: tuple[tuple[str, frozenset[str]], ...] = (
    ("email", frozenset({"email", "mail", "e_mail", "emailaddress"})),
    ("phone", frozenset({"phone", "mobile", "tel", "telephone", "cell", "cellphone", "fax", "msisdn"})),
    ("card", frozenset({"card", "pan", "creditcard", "cardnumber", "cc"})),
    ("iban", frozenset({"iban", "bankaccount"})),
    (
        "national_id",
        frozenset({"ssn", "passport", "nino", "nationalid", "taxid", "tin", "socialsecurity", "licence", "license"}),
    ),
    ("date_of_birth", frozenset({"birth", "birthday", "birthdate", "dob", "born", "dateofbirth"})),
    ("ip", frozenset({"ip", "ipaddress", "ipaddr"})),
    ("address", frozenset({"address", "addr", "street", "postcode", "zip", "zipcode", "postal", "residence"})),
    (
        "name",
        frozenset(
            {
                "firstname", "lastname", "surname", "fullname", "givenname", "familyname", "forename", "contact",
                "passenger", "holder", "cardholder", "customername", "username", "nickname", "maiden",
            }
        ),
    ),
)  # fmt: skip
_NAME_PAIRS = frozenset(
    {"first", "last", "full", "given", "family", "middle", "customer", "passenger", "person", "user"}
)

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


def name_category(column: str) -> str | None:
    """The category that a column's name promises, or None."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", column).lower()
    tokens = [token for token in re.split(r"[^a-z0-9]+", words) if token]
    joined = {"".join(tokens), *tokens, *("".join(pair) for pair in zip(tokens, tokens[1:], strict=False))}
    for found, promised in _NAMES:
        if joined & promised:
            return found
    if "name" in tokens and (len(tokens) == 1 or _NAME_PAIRS & set(tokens)):
        return "name"
    return None


def _text(name: str, cells: list[str], key: bool, is_json: bool) -> Finding:
    promised = name_category(name)
    if is_json or _is_json(cells):
        return Finding(name, True, "json", "json", "JSON: each text in it is masked")
    if promised in ("email", "phone", "card", "iban", "national_id", "address", "name", "ip"):
        return _personal(name, promised, f"its name says {promised.replace('_', ' ')}")
    if promised == "date_of_birth":
        return Finding(name, True, promised, "pseudonym", "its name says date of birth")
    if not cells:
        return Finding(name, False, "unknown", "text", "no value was seen, so it cannot be classified")
    if found := _voted(name, cells):
        return found
    if all(UUID.fullmatch(cell) for cell in cells):
        return _keep(name, "UUIDs") if key else Finding(name, True, "id", "pseudonym", "UUIDs that are no key")
    distinct = frozenset(cells)
    repeat = len(cells) >= max(_REPEATED, 2 * len(distinct))
    if repeat and len(distinct) <= CODES and max(map(len, distinct)) <= CODE_LENGTH:
        return Finding(name, False, "code", "keep", f"{len(distinct)} short values that repeat", distinct)
    if key:
        return Finding(name, True, "key", "pseudonym", "a key of text")
    return Finding(name, False, "unknown", "text", "text that cannot be classified")


def _voted(name: str, cells: list[str]) -> Finding | None:
    votes: dict[str, int] = {}
    whole = 0
    for cell in cells:
        if UUID.fullmatch(cell):
            continue
        if found := category(cell):
            votes[found] = votes.get(found, 0) + 1
            whole += is_whole(cell, found)
        elif looks_like_name(cell):
            votes["name"] = votes.get("name", 0) + 1
            whole += 1
        elif names_someone(cell):
            votes["name"] = votes.get("name", 0) + 1
    total = sum(votes.values())
    if total < max(1, _FEW * len(cells)):
        return None
    best = max(votes, key=lambda one: votes[one])
    share = f"{round(100 * votes[best] / len(cells))}% of the values look like {_article(best)}"
    if votes[best] >= _MANY * len(cells) and whole >= 0.9 * total:
        return _personal(name, best, share)
    return Finding(name, True, "text", "text", f"text that holds personal data: {share}")


def _integer(name: str, numbers: list[int], key: bool) -> Finding:
    promised = name_category(name)
    if promised in ("phone", "card", "national_id", "iban"):
        return Finding(name, True, promised, "digits", f"its name says {promised.replace('_', ' ')}")
    if key:
        return _keep(name, "a key")
    texts = [str(abs(number)) for number in numbers]
    cards = sum(len(text) >= 13 and luhn(text) for text in texts)
    if texts and cards >= 0.5 * len(texts):
        return Finding(name, True, "card", "digits", "most values pass the check of card numbers")
    long = sum(9 <= len(text) <= 18 for text in texts)
    if texts and long >= 0.5 * len(texts):
        return Finding(name, True, "number", "digits", "long numbers, such as phone numbers or ids of people")
    return _keep(name, "a number")


def _fraction(name: str, numbers: list[float | Decimal]) -> Finding:
    """A column of fractions; one that holds long whole numbers only holds no measurements."""
    promised = name_category(name)
    if promised in ("phone", "card", "national_id", "iban"):
        return Finding(name, True, promised, "null", f"its name says {promised.replace('_', ' ')}")
    long = sum(isfinite(number) and number == int(number) and 10**8 <= abs(int(number)) < 10**18 for number in numbers)
    if numbers and long >= 0.5 * len(numbers):
        return Finding(name, True, "number", "null", "long whole numbers, such as phone numbers or ids of people")
    return _keep(name, "a number")


def _date(name: str, values: pyarrow.Array) -> Finding:
    import pyarrow.compute as pc
    from pyarrow import types

    if name_category(name) == "date_of_birth":
        return Finding(name, True, "date_of_birth", "date_of_birth", "its name says date of birth")
    if not types.is_date(values.type) or values.null_count == len(values):
        return _keep(name, "a time" if types.is_timestamp(values.type) else "a date")
    years = pc.year(values)
    spread = pc.max(years).as_py() - pc.min(years).as_py()
    if spread >= 30 and pc.max(years).as_py() <= 2020:
        return Finding(name, True, "date_of_birth", "date_of_birth", "dates over decades, such as dates of birth")
    return _keep(name, "a date")


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


def _keep(name: str, reason: str) -> Finding:
    return Finding(name, False, "plain", "keep", reason)


def _article(found: str) -> str:
    words = {
        "email": "e-mail addresses", "phone": "phone numbers", "card": "card numbers", "iban": "IBANs",
        "national_id": "national ids", "address": "addresses", "name": "names", "ip": "IP addresses",
    }  # fmt: skip
    return words.get(found, found)
