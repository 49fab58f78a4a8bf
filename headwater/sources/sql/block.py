"""Whole blocks of a table: what lies together in them is drawn together."""

from __future__ import annotations

import math

from headwater.errors import SampleRefused
from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.table import TableSql

_PER_BLOCK = 200
"""About the most rows that a block has."""


def block(table: TableSql, seed: int, rows: int, total: int) -> Statement:
    """About `rows` of `total` rows, in whole blocks; of more the `rows` with the smallest places.

    Raises `SampleRefused` where the engine has no blocks.
    """
    # Each block is taken by chance: four standard deviations more than are wanted.
    expected = rows + 4 * math.sqrt(rows * _PER_BLOCK) + _PER_BLOCK
    percent = min(100.0, 100 * expected / max(1, total))
    source = table.dialect.blocks(table.name, percent, seed)
    if source is None:
        raise SampleRefused(
            "This kind of source has no blocks to draw.", hint="Use the method uniform.", details={"method": "block"}
        )
    chosen = (
        f"SELECT {table.names} FROM {source}{table.where()} ORDER BY {table.order(seed)} {table.dialect.limit(rows)}"
    )
    return Statement(table.fetched(chosen), table.condition.values)
