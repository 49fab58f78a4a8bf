"""The rows with the largest values of a column for each of some groups.

Groups are taken whole, those with the smallest places first, until there are rows enough: so a larger sample holds a
smaller one. Their list is made first, by one pass that counts; the rows are then ranked in these groups alone, where a
ranking of the whole table would sort it.
"""

from __future__ import annotations

from collections.abc import Sequence

from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.table import TableSql


def groups(table: TableSql, by: Sequence[str], per: int, seed: int, rows: int) -> Statement:
    """Groups in the order of their places: each column of `by` as text, and how many rows a group gives at most.

    Rows in which one of `by` is null belong to no group.
    """
    sql = table.dialect
    names = [sql.quoted(name) for name in by]
    columns = table.key_columns(by)
    texts = ", ".join(
        f"{sql.text(name, column.type)} AS k{n}" for n, (name, column) in enumerate(zip(names, columns, strict=True))
    )
    known = table.where(*(f"{name} IS NOT NULL" for name in names))
    given = f"CASE WHEN count(*) > {int(per)} THEN {int(per)} ELSE count(*) END"
    return Statement(
        f"SELECT {texts}, {given} AS n FROM {table.name}{known}"
        f" GROUP BY {', '.join(names)} ORDER BY {sql.place(seed, columns)}, {', '.join(names)} {sql.limit(rows)}",
        table.condition.values,
    )


def top(
    table: TableSql, by: Sequence[str], order: str, per: int, seed: int, rows: int, chosen: Sequence[Sequence[str]]
) -> Statement:
    """Of the groups `chosen` the `per` rows with the largest `order` each, and of all these the first `rows`.

    Parameters
    ----------
    chosen:
        One list for each column of `by`, as `groups` gives them.
    """
    sql = table.dialect
    names = ", ".join(sql.quoted(name) for name in by)
    columns = table.key_columns(by)
    value = table.columns[order].value
    rank, group = table.free("hw_rank"), table.free("hw_group")
    among = sql.among([(sql.quoted(name), kind) for name, kind in columns], table.next_marker)
    ranked = (
        f"SELECT {table.names}, {sql.place(seed, columns)} AS {group}, row_number() OVER (PARTITION BY {names}"
        f" ORDER BY CASE WHEN {value} IS NULL THEN 1 ELSE 0 END, {value} DESC, {table.order(seed)}) AS {rank}"
        f" FROM {table.name}{table.where(among)}"
    )
    taken = (
        f"SELECT {table.names} FROM ({ranked}) ranked WHERE {rank} <= {int(per)}"
        f" ORDER BY {group}, {names}, {rank} {sql.limit(rows)}"
    )
    return Statement(table.fetched(taken), (*table.condition.values, *(tuple(column) for column in chosen)))
