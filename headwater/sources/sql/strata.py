"""Rows of each stratum: of each combination of values that some columns have.

The strata and their sizes come from one counting pass, exact and not from the server's statistics, which say other
things on another day. The rows come in a second pass that keeps, of each stratum, what lies below its own place and
then ranks only that: ranking the whole table took seventeen times as long.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from headwater.sources.sql.dialect import KeyColumn, Statement
from headwater.sources.sql.table import TableSql

MOST = 1_000
"""More strata than this are no strata but values."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rows that are equal in some columns: the `content` of these, how many there are, how many are taken."""

    content: str
    size: int
    rows: int


def sizes(table: TableSql, by: Sequence[str]) -> Statement:
    """Content and size of each stratum, one more than `MOST` at most."""
    content = table.dialect.content(table.key_columns(by))
    return Statement(
        f"SELECT {content} AS stratum, count(*) AS n FROM {table.name}{table.where()}"
        f" GROUP BY 1 ORDER BY 2 DESC, 1 {table.dialect.limit(MOST + 1)}",
        table.condition.values,
    )


def proportional(sizes: Sequence[int], rows: int) -> list[int]:
    """`rows` seats in proportion to `sizes`, at least one for each and none more than its size.

    Webster's method: the next seat goes to the largest size / (seats + 1/2). A divisor method never takes a seat away
    when there are more to give, so that a larger sample holds a smaller one; rounding shares by the largest remainder
    does.

    Raises `ValueError` for fewer rows than strata.
    """
    if rows < len(sizes):
        raise ValueError(f"{rows} rows for {len(sizes)} strata")
    total = sum(sizes)
    if rows >= total:
        return list(sizes)
    # With the divisor d a size gets at most size/d + 1, so no size gets less than its share of so many seats; only the
    # few that are left go one by one.
    sure = max(0, rows - 2 * len(sizes))
    seats = [min(size, max(1, size * sure // total)) for size in sizes]
    waiting = [
        (-size / (seat + 0.5), n) for n, (size, seat) in enumerate(zip(sizes, seats, strict=True)) if seat < size
    ]
    heapq.heapify(waiting)
    for _ in range(rows - sum(seats)):
        _, n = heapq.heappop(waiting)
        seats[n] += 1
        if seats[n] < sizes[n]:
            heapq.heappush(waiting, (-sizes[n] / (seats[n] + 0.5), n))
    return seats


def equal(sizes: Sequence[int], rows: int) -> list[int]:
    """`rows` seats, as many for each of `sizes` as for the next; what a small one leaves goes to the others."""
    seats = [0] * len(sizes)
    left = min(rows, sum(sizes))
    while left:
        open_ = [n for n, size in enumerate(sizes) if seats[n] < size]
        if left < len(open_):
            for n in open_[:left]:
                seats[n] += 1
            break
        step = min(left // len(open_), min(sizes[n] - seats[n] for n in open_))
        for n in open_:
            seats[n] += step
        left -= step * len(open_)
    return seats


def stratified(
    table: TableSql, by: Sequence[str], seed: int, strata: Sequence[Stratum], ceilings: Sequence[int], *, below: bool
) -> Statement:
    """The rows with the smallest places of each stratum.

    Parameters
    ----------
    ceilings:
        A place for each stratum, below which its rows lie but for a small chance.
    below:
        Those up to the ceilings; else those above, which only chance leaves there.
    """
    sql = table.dialect
    stratum, place, rank = table.free("hw_stratum"), table.free("hw_place"), table.free("hw_rank")
    taken, ceiling = table.free("hw_taken"), table.free("hw_ceiling")
    content = sql.content(table.key_columns(by))
    keys = "".join(f", looked.{sql.quoted(column.name)}" for column in table.key)
    names = ", ".join(f"looked.{sql.quoted(name)}" for name in table.columns)
    lists = [
        KeyColumn("content", sql.text_type),
        KeyColumn("taken", sql.integer_type),
        KeyColumn("ceiling", sql.integer_type),
    ]
    looked = (
        f"SELECT {table.names}, {content} AS {stratum}, {table.place(seed)} AS {place} FROM {table.name}{table.where()}"
    )
    ranked = (
        f"SELECT {names}, looked.{place}, wanted.taken AS {taken}, wanted.ceiling AS {ceiling},"
        f" row_number() OVER (PARTITION BY looked.{stratum} ORDER BY looked.{place}{keys}) AS {rank}"
        f" FROM ({looked}) looked JOIN {sql.listed('wanted', lists, table.next_marker)}"
        f" ON wanted.content = looked.{stratum}{f' WHERE looked.{place} <= wanted.ceiling' if below else ''}"
    )
    above = "" if below else f" AND {place} > {ceiling}"
    chosen = f"SELECT {table.names} FROM ({ranked}) ranked WHERE {rank} <= {taken}{above}"
    return Statement(
        table.fetched(chosen),
        (
            *table.condition.values,
            tuple(one.content for one in strata),
            tuple(str(one.rows) for one in strata),
            tuple(str(place) for place in ceilings),
        ),
    )
