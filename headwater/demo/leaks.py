"""Whether a value of the demo's planted columns came over with a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headwater.demo.planted import PLANTED

if TYPE_CHECKING:
    import psycopg
    import pyarrow

_CHANCE = 0.001

TABLES = tuple(sorted({planted.table for planted in PLANTED}))


@dataclass(slots=True)
class Comparison:
    """What was compared: `columns` of production, `values` in them that a sampled row has, and columns that leaked."""

    columns: int = 0
    values: int = 0
    leaked: list[str] = field(default_factory=list)

    def add(self, table: str, rows: pyarrow.Table, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        """Hold every row of a sample of `table` against the same row in production.

        A cell is compared as text whatever its type. A value that is one of a few (a first name, a day) may be
        another row's mask or fact, so it must only be gone from its own cell; any other must be gone from the
        whole row. Nor may it be a cell of another row, but for what chance gives: a mask keeps the shape of a
        passport number, so of 40,000 masks one or two are somebody's number.
        """
        key = f"{table.removesuffix('s')}_id"
        planted = [one for one in PLANTED if one.table == table]
        place = {name: number for number, name in enumerate(rows.column_names)}
        kept = {row[place[key]]: row for row in zip(*(_texts(column) for column in rows.columns), strict=True)}
        cells = {cell for column in rows.columns for cell in _texts(column.unique())}
        # Tables, columns and values are SQL of our own; the keys are bound.
        query = f"SELECT {key}, {', '.join(one.value for one in planted)} FROM {table} WHERE {key} = ANY(%s)"  # noqa: S608
        held: Counter[str] = Counter()
        here: set[str] = set()
        elsewhere: Counter[str] = Counter()
        for id, *values in connection.execute(query.encode(), (rows[key].to_pylist(),)):
            row = kept[str(id)]
            whole = "\n".join(row)
            for one, found in zip(planted, values, strict=True):
                if not found:
                    continue
                value = str(found)
                held[one.column] += 1
                if value in (whole if one.anywhere else row[place[one.column]]):
                    here.add(one.column)
                elsewhere[one.column] += one.anywhere and value in cells
        moved = {column for column, count in elsewhere.items() if count > held[column] * _CHANCE}
        self.columns += len(held)
        self.values += held.total()
        self.leaked += [f"{table}.{column}" for column in sorted(here | moved)]


def _texts(column: pyarrow.ChunkedArray | pyarrow.Array) -> Sequence[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]
