"""How each type of MariaDB comes over: as the text that the server writes, and from it exactly into Arrow.

Texts lose nothing on the way, where a driver's own types would: decimals, unsigned numbers, times beyond a day. What
Arrow has no value for, such as the day 0000-00-00, becomes null and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.sources.losses import Losses
from headwater.sources.mariadb.dialect import BYTES, base_type

if TYPE_CHECKING:
    import pyarrow

_WHOLE = {"tinyint": 8, "smallint": 16, "mediumint": 32, "int": 32, "bigint": 64, "year": 16}
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_BIT = re.compile(r"bit\((\d+)\)")
_GEOMETRY = frozenset(
    {
        "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
        "geometrycollection",
    }
)  # fmt: skip


_NO_DAY = ("day that no calendar has, such as 0000-00-00,", "days that no calendar has, such as 0000-00-00,")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One column of the select list: SQL, its Arrow field, and SQL of the value that this field then has.

    `guard` is SQL that is true where the column itself is that value; empty where it always is.
    """

    name: str
    sql: str
    field: pyarrow.Field
    value: str
    guard: str = ""


def fetched(name: str, column: str, kind: str, *, json: bool, exact: str) -> Fetched:
    """How the column `name`, in SQL `column`, of MariaDB's whole type `kind` is selected.

    `exact` is the collation that tells all texts apart.
    """
    import pyarrow as pa

    base = base_type(kind)

    def made(sql: str, arrow: pyarrow.DataType) -> Fetched:
        value = f"(CONVERT({column} USING utf8mb4) COLLATE {exact})" if pa.types.is_string(arrow) else sql
        return Fetched(name, sql, pa.field(name, arrow, metadata={"json": "1"} if json else None), value)

    def day(arrow: pyarrow.DataType) -> Fetched:
        # The day zero, and days such as the 30th of February, are in no calendar.
        real = f"DAYOFMONTH({column}) BETWEEN 1 AND DAYOFMONTH(LAST_DAY({column}))"
        return Fetched(name, column, pa.field(name, arrow), f"CASE WHEN {real} THEN {column} END", real)

    if base in _WHOLE:
        return made(column, _integer(_WHOLE[base], unsigned="unsigned" in kind))
    if found := _DECIMAL.match(kind):
        return made(column, _decimal(int(found[1]), int(found[2])))
    if base == "float":
        # Its own text has six digits of the eight or nine that tell two floats apart.
        return made(f"({column} + 0e0)", pa.float32())
    if base == "double":
        return made(column, pa.float64())
    if found := _BIT.match(kind):
        bits = int(found[1])
        return made(f"CAST({column} AS UNSIGNED)", pa.bool_() if bits == 1 else _integer(64, unsigned=bits > 63))
    if base == "date":
        return day(pa.date32())
    if base in ("datetime", "timestamp"):
        return day(pa.timestamp("us", "UTC" if base == "timestamp" else None))
    if base in BYTES:
        return made(column, pa.binary())
    if base in _GEOMETRY:
        return made(f"ST_AsWKB({column})", pa.binary())
    return made(column, pa.string())


def _integer(bits: int, *, unsigned: bool) -> pyarrow.DataType:
    import pyarrow as pa

    return pa.type_for_alias(f"{'u' if unsigned else ''}int{bits}")


def _decimal(digits: int, scale: int) -> pyarrow.DataType:
    """As PostgreSQL's numeric comes: short whole numbers as integers, long ones as text."""
    import pyarrow as pa

    if scale == 0:
        return pa.int64() if digits <= 18 else pa.string()
    return pa.decimal128(digits, scale) if digits <= 38 else pa.string()


class Converter:
    """Brings rows of texts to Arrow, and counts what has no value there."""

    def __init__(self, schema: pyarrow.Schema) -> None:
        self._schema = schema
        self.losses = Losses()

    def batch(self, rows: Sequence[Sequence[Any]]) -> pyarrow.RecordBatch:
        """Rows of the driver as a batch of the schema."""
        import pyarrow as pa

        columns = list(zip(*rows, strict=True)) or [() for _ in self._schema]
        arrays = [self._column(field, cells) for field, cells in zip(self._schema, columns, strict=True)]
        return pa.record_batch(arrays, schema=self._schema)

    def _column(self, field: pyarrow.Field, cells: Sequence[Any]) -> pyarrow.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = field.type
        if pa.types.is_binary(kind):
            return pa.array([None if cell is None else bytes(cell) for cell in cells], kind)
        texts = pa.array(cells, pa.string())
        if pa.types.is_string(kind):
            return texts
        if pa.types.is_boolean(kind):
            return texts.cast(pa.int8()).cast(kind)
        if not pa.types.is_temporal(kind):
            return texts.cast(kind)
        local = pa.timestamp("us") if pa.types.is_timestamp(kind) else kind
        try:
            days = texts.cast(local)
        except pa.ArrowInvalid:
            days = pa.array([_day(text, local) for text in texts.to_pylist()], local)
            lost = days.null_count - texts.null_count
            self.losses.add(field.name, _NO_DAY, lost)
        return pc.assume_timezone(days, "UTC") if pa.types.is_timestamp(kind) and kind.tz else days


def _day(text: str | None, kind: pyarrow.DataType) -> Any:
    """The value of one text, or None where it is none."""
    import pyarrow as pa

    try:
        return None if text is None else pa.scalar(text, pa.string()).cast(kind)
    except pa.ArrowInvalid:
        return None
