"""Statements that find rows by values of some columns, a list of them at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.sources.sql.dialect import Statement, Value
from headwater.sources.sql.table import TableSql

if TYPE_CHECKING:
    import pyarrow

PROBED = 20_000
"""Keys that are asked for in one statement, where an index finds the rows of each."""

SCANNED = 1_000_000
"""Keys that are asked for in one statement, where each statement reads the whole table."""


def among(table: TableSql, columns: Sequence[str], keys: pyarrow.RecordBatch, at_once: int) -> Iterator[Statement]:
    """The statements for the rows of `table` whose `columns` are among `keys`, in no order."""
    from pyarrow import types

    sql = table.dialect
    wanted = [(sql.quoted(column.name), column.type) for column in table.key_columns(columns)]
    unordered = replace(table, key=())
    whole = all(types.is_integer(column.type) for column in keys.columns)
    for start in range(0, keys.num_rows, at_once):
        lists = [_texts(column) for column in keys.slice(start, at_once).columns]
        listed = sql.among_integers(wanted, lists) if whole else None
        condition = listed or sql.among(wanted, 1)
        values: tuple[Value, ...] = () if listed else tuple(lists)
        yield Statement(unordered.fetched(f"SELECT {table.names} FROM {table.name} WHERE {condition}"), values)


def _texts(values: pyarrow.Array) -> tuple[str, ...]:
    import pyarrow as pa
    from pyarrow import types

    if types.is_binary(values.type) or types.is_large_binary(values.type):
        return tuple(f"\\x{value.hex()}" for value in values.to_pylist())
    return tuple(values.cast(pa.string()).to_pylist())
