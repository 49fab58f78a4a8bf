"""Which columns look personal: by their names, and by patterns voted over some cells. Nothing of a cell is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from headwater.sampling.fields import promised, promised_of_numbers, tokens
from headwater.sampling.finding import Finding, personal, plain, says, unknown
from headwater.sampling.patterns import luhn
from headwater.sampling.phones import share_of_numbers
from headwater.sampling.places import are_degrees, degrees
from headwater.sampling.texts import UNSEEN, classify_texts

if TYPE_CHECKING:
    import numpy
    import pyarrow

CELLS = 1_000
"""Cells of a column that are looked at."""

_LONG = 9
"""Digits of a number that may be somebody's, such as a telephone number."""

_SOME = 0.2
_MOST = 0.6
_BORN = range(1900, 2021)
_DECADE = "bin:10"


def classify(batch: pyarrow.RecordBatch, keys: Iterable[str] = ()) -> list[Finding]:
    """Look at each column of `batch`, at most `CELLS` rows of it; `keys` are columns of the table's keys."""
    sample = batch.slice(0, CELLS)
    known = frozenset(keys)
    names = batch.schema.names
    return [
        _column(field.name, sample.column(place), field.name in known, field.metadata or {}, names)
        for place, field in enumerate(batch.schema)
    ]


def _column(name: str, values: pyarrow.Array, key: bool, metadata: dict[bytes, bytes], names: Sequence[str]) -> Finding:
    from pyarrow import types

    if types.is_list(values.type) or types.is_large_list(values.type) or types.is_fixed_size_list(values.type):
        # Of each list all elements: one of them is as telling as a cell.
        inner = _column(name, values.flatten().slice(0, CELLS), False, metadata, names)
        return replace(inner, reason=f"lists: {inner.reason}")
    if types.is_dictionary(values.type):
        return _column(name, values.dictionary_decode(), key, metadata, names)
    if types.is_string(values.type) or types.is_large_string(values.type):
        cells = [text for text in values.to_pylist() if text]
        return classify_texts(name, cells, key, metadata.get(b"json") == b"1")
    if types.is_integer(values.type):
        return _integer(name, [number for number in values.to_pylist() if number is not None], key)
    if types.is_date(values.type) or types.is_timestamp(values.type):
        return _date(name, values)
    if types.is_boolean(values.type):
        return plain(name, "yes or no", 0.95)
    if types.is_floating(values.type) or types.is_decimal(values.type):
        return _fraction(name, [number for number in values.to_pylist() if number is not None], names)
    return unknown(name, "null", f"the type {values.type} cannot be classified")


def _integer(name: str, numbers: list[int], key: bool) -> Finding:
    by_name = promised_of_numbers(name)
    if by_name == "date_of_birth" and numbers and all(number in _BORN for number in numbers):
        return Finding(name, True, by_name, _DECADE, "years of birth", confidence=0.95)
    if by_name:
        return Finding(name, True, by_name, "digits", says(by_name), confidence=0.8)
    if not numbers:
        return unknown(name, "digits", UNSEEN)
    texts = [str(abs(number)) for number in numbers]
    cards = sum(len(text) >= 13 and luhn(text) for text in texts)
    if cards >= 0.5 * len(texts):
        reason = "most values pass the check of card numbers"
        return Finding(name, True, "card", "digits", reason, confidence=round(0.95 * cards / len(texts), 2))
    long = [text for text in texts if len(text) >= _LONG]
    # Some long ones among short ones are as telling as many: ids of people do not get shorter.
    if len(long) >= _SOME * len(texts):
        if share_of_numbers(f"+{text}" for text in long) >= _MOST or share_of_numbers(long) >= _MOST:
            return Finding(name, True, "phone", "digits", "most long values are valid phone numbers", confidence=0.8)
        return personal(name, "number", "long numbers, such as phone numbers or ids of people", 0.6)
    return plain(name, "a key" if key else "a number", 0.8)


def _fraction(name: str, numbers: list[float | Decimal], names: Sequence[str]) -> Finding:
    """A column of fractions; one that holds long whole numbers only holds no measurements."""
    if by_name := promised_of_numbers(name):
        return Finding(name, True, by_name, "null", says(by_name), confidence=0.8)
    if not numbers:
        return unknown(name, "null", UNSEEN)
    limit = degrees(name, [other for other in names if other != name])
    if limit is not None and are_degrees([float(number) for number in numbers], limit):
        return personal(name, "geo", "latitudes" if limit == 90 else "longitudes", 0.9)
    long = sum(isfinite(number) and number == int(number) and 10 ** (_LONG - 1) <= abs(number) for number in numbers)
    if long >= _SOME * len(numbers):
        reason = "long whole numbers, such as phone numbers or ids of people"
        return Finding(name, True, "number", "null", reason, confidence=0.6)
    return plain(name, "a number", 0.9)


def _date(name: str, values: pyarrow.Array) -> Finding:
    years = _years(values.drop_null())
    decades = bool(len(years)) and years.max() - years.min() >= 30 and years.max() <= _BORN.stop - 1
    if promised(name) == "date_of_birth":
        return personal(name, "date_of_birth", says("date_of_birth"), 0.98 if decades else 0.8)
    if not len(years):
        return unknown(name, "date_of_birth", UNSEEN)
    if decades:
        return personal(name, "date_of_birth", "dates over decades, such as dates of birth", 0.6)
    return plain(name, "a date or time", 0.9 if {"at", "date", "time", "on"} & set(tokens(name)) else 0.7)


def _years(values: pyarrow.Array) -> numpy.ndarray:
    """Years, also those beyond 9999, which Python's own dates do not reach."""
    import numpy as np

    years: numpy.ndarray = values.to_numpy(zero_copy_only=False).astype("datetime64[Y]").astype(np.int64)
    return years + 1970
