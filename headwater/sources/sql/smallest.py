"""The rows with the smallest places of those that meet a condition: filters, windows and lists of keys."""

from __future__ import annotations

from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.table import TableSql


def counted(table: TableSql) -> Statement:
    """How many rows there are."""
    return Statement(f"SELECT count(*) FROM {table.name}{table.where()}", table.condition.values)


def smallest(table: TableSql, seed: int, rows: int, above: int, upto: int) -> Statement:
    """The `rows` rows with the smallest places above one and up to another."""
    chosen = (
        f"SELECT {table.names} FROM {table.name}{table.where(table.within(seed, above, upto))}"
        f" ORDER BY {table.order(seed)} {table.dialect.limit(rows)}"
    )
    return Statement(table.fetched(chosen), table.condition.values)


def whole(table: TableSql) -> Statement:
    """Every row."""
    return Statement(table.fetched(f"SELECT {table.names} FROM {table.name}{table.where()}"), table.condition.values)
