"""What a draw would take of a PostgreSQL, by ``EXPLAIN`` and the catalog: no row is read for it.

The planner takes a place for a third of a table, so the rows that a draw gives are not those that it expects, but
those of the table or of the filter. Its costs are right for scans; what a draw reads by keys it never sees as a whole,
so that is counted in pages here, which are its unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.sampling.gauge import Gauge
from headwater.sampling.keyed import BITS
from headwater.sources.postgresql.uniform import Extent, Uniform, enumerating_pays, probing_pays, touched
from headwater.sources.sql import strata
from headwater.sources.sql.block import block
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.newest import newest
from headwater.sources.sql.smallest import counted, smallest, whole
from headwater.sources.sql.top import groups

if TYPE_CHECKING:
    from headwater.sampling.selection import Selection
    from headwater.sources.sql.table import TableSql

_WAITING = frozenset({"Sort", "Aggregate", "WindowAgg", "Hash", "Materialize"})
"""Nodes that have all rows before they give the first."""

_NULL_TESTS = re.compile(r"(?:[( ]*[^()]+ IS NOT NULL\)+(?: AND)?)*")
"""A condition that leaves nearly all of an index."""

_ROW_COST = 0.02
"""What the planner takes for a row that an index finds."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: the planner's cost, rows and width of a row, and whether a table is read from end to end."""

    cost: float
    rows: int
    width: int
    scans: bool


Explain = Callable[[Statement], Planned]


def planned(plan: Mapping[str, Any]) -> Planned:
    """The answer of ``EXPLAIN (FORMAT JSON)``, its topmost plan."""
    return Planned(float(plan["Total Cost"]), int(plan["Plan Rows"]), int(plan["Plan Width"]), _scans(plan, False))


def _scans(node: Mapping[str, Any], limited: bool) -> bool:
    """Whether a node reads a table from end to end; one that is `limited` stops when it has rows enough."""
    kind = node["Node Type"]
    if kind in ("Seq Scan", "Foreign Scan"):
        return True
    if kind in ("Index Scan", "Index Only Scan"):
        return not limited and _NULL_TESTS.fullmatch(node.get("Index Cond", "")) is not None
    limited = kind == "Limit" or (limited and kind not in _WAITING)
    return any(_scans(inner, limited) for inner in node.get("Plans", ()))


def gauged(table: TableSql, selection: Selection, extent: Extent, known: int, explain: Explain) -> Gauge:
    """The gauge of a draw from `table`, which has what the selection asks of every row; `known` are its rows."""
    everything = explain(Statement(f"SELECT {table.names} FROM {table.name}{table.where()}", table.condition.values))
    met = everything.rows if table.condition.sql else known
    if selection.method == "keys":
        met = len(selection.keys)
    rows = min(selection.rows, met)
    if selection.method == "uniform" and not table.condition.sql and table.key and rows < known:
        by_keys = _by_keys(table, selection, extent, known, explain)
        if by_keys is not None:
            pages = min(extent.pages, round(touched(rows, extent)))
            return Gauge(
                rows, everything.width, by_keys, f"reads about {pages:,} of {extent.pages:,} pages by their keys"
            )
    plans = [explain(statement) for statement in _statements(table, selection, max(1, met))]
    scans = sum(plan.scans for plan in plans)
    if selection.method == "block":
        return Gauge(rows, everything.width, plans[0].cost, "reads some whole blocks")
    touches = "reads by an index" if not scans else f"reads the whole table {'once' if scans == 1 else 'twice'}"
    return Gauge(rows, everything.width, sum(plan.cost for plan in plans), touches)


def _by_keys(table: TableSql, selection: Selection, extent: Extent, known: int, explain: Explain) -> float | None:
    """The cost of asking for rows by their keys, where a draw does."""
    rows = selection.rows
    fetching = touched(rows, extent) + _ROW_COST * rows
    if table.dialect.places_whole(table.key) and enumerating_pays(rows, known, extent):
        return fetching
    if not probing_pays(rows, extent):
        return None
    uniform = Uniform(table.dialect, table.name, "", list(table.columns), table.key, selection.seed)
    return explain(Statement(uniform.keys(rows, -1, ceiling(rows, known)))).cost + fetching


def _statements(table: TableSql, selection: Selection, met: int) -> list[Statement]:
    """What a draw sends, or what costs as much: the second pass over strata and groups is about as the first."""
    rows, seed = selection.rows, selection.seed
    if selection.method == "newest":
        return [newest(table, selection.by[0], seed, rows)]
    if selection.method == "top":
        return 2 * [groups(table, selection.by, selection.per, seed, rows)]
    if selection.method == "stratified":
        return 2 * [strata.sizes(table, selection.by)]
    if selection.method == "all":
        return [whole(table)]
    if selection.method == "block":
        return [block(table, seed, rows, met)]
    if rows >= met and selection.method != "keys":
        return [whole(table)]
    once = smallest(table, seed, rows, -1, min(1 << BITS, ceiling(rows, met)))
    return [counted(table), once] if table.condition.sql and selection.method != "keys" else [once]
