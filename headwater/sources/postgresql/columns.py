"""How each type of PostgreSQL comes over: as it is, or through a text or a guard where the driver would change it.

The driver wraps infinite dates around, flattens nested arrays and hands out the wire format of types it does not
know. The select list made here leaves it nothing to change: such a column comes as text, and an infinite time as null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.sources.postgresql.identifiers import quoted

if TYPE_CHECKING:
    import pyarrow

    from headwater.sources.losses import Losses

_AS_IS = {
    "int2": "int16",
    "int4": "int32",
    "int8": "int64",
    "float4": "float",
    "float8": "double",
    "bool": "bool",
    "text": "string",
    "varchar": "string",
    "bytea": "binary",
}
_FINITE = {"date": "date32", "timestamp": "timestamp", "timestamptz": "timestamptz"}
_JSON = frozenset({"json", "jsonb"})
_INTEGER_DIGITS = 18
_DECIMAL_DIGITS = 38
_SCALE = 20
"""Digits after the point of a numeric without bounds, as many as a division in PostgreSQL gives."""

_WHOLE_DIGITS = _DECIMAL_DIGITS - _SCALE
_NOT_HELD = f"not finite or longer than {_WHOLE_DIGITS} digits before the point and {_SCALE} after it"
_EARLIEST = "'4714-11-24 BC'"
"""The first day that PostgreSQL has stands for an infinite one on the way here, which the driver would wrap around."""

_DAYS = -2_440_588
"""That day in Arrow."""

_NO_NUMBER = -(1 << 63)
"""Stands for NaN on the way here, among whole numbers of 18 digits."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column's type as the catalog has it, domains resolved: `typmod` is -1 where none was given."""

    name: str
    typmod: int = -1

    @property
    def precision(self) -> tuple[int, int] | None:
        """Digits and scale of a numeric, or None where it is unbounded."""
        if self.name != "numeric" or self.typmod < 4:
            return None
        packed = self.typmod - 4
        # The scale is signed, in eleven bits, since PostgreSQL 15.
        scale = ((packed & 0x7FF) ^ 1024) - 1024
        return packed >> 16 & 0xFFFF, scale


@dataclass(frozen=True, slots=True)
class Fetched:
    """One column of the select list: SQL, the type it is given on our side, and what is lost.

    Attributes
    ----------
    value:
        SQL of the value as it comes, in the order of our side: what filters and orders look at.
    lost:
        What becomes null since Arrow cannot hold it, one and several of it; empty where nothing does.
    guard:
        SQL that is true where the column itself is its `value`; empty where it always is. The two together let an index
        serve a comparison.
    """

    name: str
    sql: str
    kind: str
    json: bool = False
    value: str = ""
    guard: str = ""
    lost: tuple[str, str] = ("", "")

    def field(self) -> pyarrow.Field:
        """The Arrow field of the column."""
        import pyarrow as pa

        if self.kind.startswith("decimal"):
            digits, scale = (int(part) for part in self.kind.removeprefix("decimal:").split(","))
            kind = pa.decimal128(digits, scale)
        elif self.kind == "timestamp":
            kind = pa.timestamp("us")
        elif self.kind == "timestamptz":
            kind = pa.timestamp("us", tz="UTC")
        else:
            kind = pa.type_for_alias(self.kind)
        return pa.field(self.name, kind, metadata={"json": "1"} if self.json else None)


def fetched(name: str, kind: ColumnType) -> Fetched:
    """How the column `name` is selected."""
    column = quoted(name)
    if kind.name in _AS_IS:
        value = f'{column} COLLATE "C"' if _AS_IS[kind.name] == "string" else column
        return Fetched(name, column, _AS_IS[kind.name], value=value)
    if kind.name in _FINITE:
        finite = f"isfinite({column})"
        value = f"CASE WHEN {finite} THEN {column} END"
        marked = f"CASE WHEN {column} IS NULL OR {finite} THEN {column} ELSE {_EARLIEST}::pg_catalog.{kind.name} END"
        # As bounds, and not as the function, since the planner knows what share of a column a bound keeps.
        kind_sql = f"pg_catalog.{kind.name}"
        guard = f"{column} > '-infinity'::{kind_sql} AND {column} < 'infinity'::{kind_sql}"
        return Fetched(
            name, marked, _FINITE[kind.name], value=value, guard=guard, lost=("infinite time", "infinite times")
        )
    if kind.name == "numeric":
        return _numeric(name, column, kind)
    text = f"{column}::pg_catalog.text"
    return Fetched(name, text, "string", json=kind.name in _JSON, value=f'{text} COLLATE "C"')


def _numeric(name: str, column: str, kind: ColumnType) -> Fetched:
    known = kind.precision
    number = f"NULLIF({column}, 'NaN'::pg_catalog.numeric)"
    guard = f"{column} <> 'NaN'::pg_catalog.numeric"
    if known is None:
        fits = f"({column} > -1e{_WHOLE_DIGITS} AND {column} < 1e{_WHOLE_DIGITS} AND scale({column}) <= {_SCALE})"
        return Fetched(
            name,
            f"{column}::pg_catalog.text",
            f"decimal:{_DECIMAL_DIGITS},{_SCALE}",
            value=f"CASE WHEN {fits} THEN {column} END",
            guard=fits,
            lost=(f"number that is {_NOT_HELD}", f"numbers that are {_NOT_HELD}"),
        )
    digits, scale = known
    if scale == 0 and digits <= _INTEGER_DIGITS:
        marked = f"(CASE WHEN {column} = 'NaN' THEN {_NO_NUMBER} ELSE {column} END)::pg_catalog.int8"
        return Fetched(name, marked, "int64", value=number, guard=guard, lost=("NaN", "NaNs"))
    if 0 <= scale <= digits <= _DECIMAL_DIGITS and scale > 0:
        text = f"{column}::pg_catalog.text"
        return Fetched(name, text, f"decimal:{digits},{scale}", value=number, guard=guard, lost=("NaN", "NaNs"))
    # Longer numbers, and long whole ones, which may be numbers of people: text is looked at before it is kept.
    text = f"{column}::pg_catalog.text"
    return Fetched(name, text, "string", value=f'{text} COLLATE "C"')


def converted(
    batch: pyarrow.RecordBatch, columns: Sequence[Fetched], schema: pyarrow.Schema, losses: Losses
) -> pyarrow.RecordBatch:
    """A batch of the driver in the types of `schema`."""
    import pyarrow as pa

    made = []
    for values, column, field in zip(batch.columns, columns, schema, strict=True):
        storage = values.storage if isinstance(values, pa.ExtensionArray) else values
        if column.lost[0]:
            storage = _held(storage, column, field.type, losses)
        made.append(storage if storage.type == field.type else storage.cast(field.type))
    return pa.record_batch(made, schema=schema)


def _held(values: pyarrow.Array, column: Fetched, kind: pyarrow.DataType, losses: Losses) -> pyarrow.Array:
    """The values that Arrow can hold, and null for each other one, which is counted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_decimal(kind):
        held = pc.match_substring_regex(
            values, f"^-?[0-9]{{1,{kind.precision - kind.scale}}}([.][0-9]{{1,{kind.scale}}})?$"
        )
    else:
        first = (
            _DAYS if pa.types.is_date(kind) else _DAYS * 86_400_000_000 if pa.types.is_timestamp(kind) else _NO_NUMBER
        )
        numbers = values.cast(pa.int32() if pa.types.is_date(kind) else pa.int64())
        held = pc.not_equal(numbers, pa.scalar(first, numbers.type))
    lost = len(values) - values.null_count - (pc.sum(held).as_py() or 0)
    if not lost:
        return values
    losses.add(column.name, column.lost, lost)
    return pc.if_else(held, values, pa.scalar(None, values.type))
