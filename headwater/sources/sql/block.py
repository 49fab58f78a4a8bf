"""Whole blocks of a table: what lies together in them is drawn together."""

from __future__ import annotations

from headwater.errors import SampleRefused
from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.table import TableSql

_MORE = 1.2
"""Blocks are not equally full, and a filter takes rows of some: so many times what is wanted is read."""


def block(table: TableSql, seed: int, rows: int, total: int) -> Statement:
    """About `rows` of `total` rows, in whole blocks; of more the `rows` with the smallest places.

    Raises `SampleRefused` where the engine has no blocks.
    """
    percent = min(100.0, 100 * _MORE * (rows + 100) / max(1, total))
    source = table.dialect.blocks(table.name, percent, seed)
    if source is None:
        raise SampleRefused(
            "This kind of source has no blocks to draw.", hint="Use the method uniform.", details={"method": "block"}
        )
    chosen = (
        f"SELECT {table.names} FROM {source}{table.where()} ORDER BY {table.order(seed)} {table.dialect.limit(rows)}"
    )
    return Statement(table.fetched(chosen), table.condition.values)
