"""The newest rows by one column."""

from __future__ import annotations

from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.table import TableSql


def newest(table: TableSql, by: str, seed: int, rows: int) -> Statement:
    """The `rows` rows with the largest values of `by`; places decide between equal ones.

    An index over `by` serves it from its end. A row without a value is not among them.
    """
    column = table.columns[by]
    name = table.dialect.quoted(by)
    chosen = (
        f"SELECT {table.names} FROM {table.name}{table.where(f'{name} IS NOT NULL', column.guard)}"
        f" ORDER BY {name} DESC, {table.order(seed)} {table.dialect.limit(rows)}"
    )
    return Statement(table.fetched(chosen), table.condition.values)
