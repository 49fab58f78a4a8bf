"""Column types as people write them: ``int64``, ``decimal128(12, 2)``, ``timestamp[us, tz=UTC]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from headwater.errors import ColumnNotFound, UsageError

if TYPE_CHECKING:
    import pyarrow

_DECIMAL = re.compile(r"decimal(?:128)?\((\d{1,2}),\s*(\d{1,2})\)")
_ZONED = re.compile(r"timestamp\[(s|ms|us|ns),\s*(?:tz=)?([A-Za-z0-9_+:/-]{1,64})\]")
_WORDS = {"text": "string", "integer": "int64", "boolean": "bool", "date": "date32", "timestamp": "timestamp[us]"}

EXAMPLES = "string, int64, double, bool, date32, timestamp[us], timestamp[us, tz=UTC], decimal128(12, 2)"


def arrow_type(text: str) -> pyarrow.DataType:
    """The Arrow type that `text` names.

    Raises `UsageError` for a text that names none, with examples.
    """
    import pyarrow as pa

    wanted = text.strip()
    try:
        if found := _DECIMAL.fullmatch(wanted):
            return pa.decimal128(int(found[1]), int(found[2]))
        if found := _ZONED.fullmatch(wanted):
            return pa.timestamp(found[1], found[2])
        return pa.type_for_alias(_WORDS.get(wanted, wanted))
    except ValueError:
        raise UsageError(f"{text!r} is no column type.", hint=f"Some that are: {EXAMPLES}.") from None


def arrow_types(texts: Mapping[str, str]) -> dict[str, pyarrow.DataType]:
    """`arrow_type` of each value."""
    return {column: arrow_type(text) for column, text in texts.items()}


def check_columns(types: Iterable[str], columns: Iterable[str]) -> None:
    """Raise `ColumnNotFound` when a type was given for a column that the file has not."""
    known = list(columns)
    for column in types:
        if column not in known:
            raise ColumnNotFound(
                f"A type was given for the column {column!r}, which the file does not have.",
                hint=f"Its columns: {', '.join(known[:20])}.",
                details={"column": column},
            )
