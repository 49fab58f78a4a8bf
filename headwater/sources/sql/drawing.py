"""A look at one table of an SQL engine: which statements give the rows of a selection."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from headwater.errors import SampleRefused
from headwater.predicate.bound import And
from headwater.sampling.bounds import window
from headwater.sampling.keyed import BITS
from headwater.sampling.selection import Selection
from headwater.sources.base import Drawing
from headwater.sources.sql import strata
from headwater.sources.sql.among import SCANNED, among
from headwater.sources.sql.block import block
from headwater.sources.sql.ceiling import ceiling
from headwater.sources.sql.dialect import Statement
from headwater.sources.sql.newest import newest
from headwater.sources.sql.smallest import counted, smallest, whole
from headwater.sources.sql.table import TableSql
from headwater.sources.sql.top import groups, top

if TYPE_CHECKING:
    import pyarrow

    from headwater.predicate.bound import Node

_HIGHEST = 1 << BITS


class SqlDrawing(Drawing):
    """What engines share. Each gives the table as SQL, compiles conditions, and runs statements."""

    sql: TableSql
    """The table, without a condition."""

    @abstractmethod
    def condition(self, node: Node) -> Statement:
        """A bound filter as SQL; its markers begin with number 1."""

    @abstractmethod
    def stream(self, statement: Statement, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        """The rows that a statement gives, in the types of `schema`."""

    @abstractmethod
    def listed(self, statement: Statement) -> list[dict[str, Any]]:
        """A short answer as a whole."""

    @abstractmethod
    def uniform(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        """Any rows of the whole table, by the engine's fastest way."""

    def keys_at_once(self, columns: Sequence[str]) -> int:
        """How many keys one statement asks for, where `columns` are compared with them."""
        return SCANNED

    def among(self, columns: Sequence[str], keys: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
        for statement in among(self.sql, columns, keys, self.keys_at_once(columns)):
            yield from self.stream(statement, Selection(keys.num_rows, pace="fast"))

    def rows(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        if selection.method == "uniform" and selection.where is None and self.sql.key:
            return self.uniform(selection)
        return self._METHODS[selection.method](self, self.met(selection), selection)

    def met(self, selection: Selection) -> TableSql:
        """The table with what a selection asks of every row."""
        nodes = [selection.where.bound] if selection.where is not None else []
        if selection.method == "window":
            types = {field.name: str(field.type) for field in self.schema}
            nodes.append(window(selection.by[0], selection.start, selection.end, types))
        table = replace(self.sql, condition=self.condition(And(tuple(nodes)))) if nodes else self.sql
        return self._keyed(table, selection.keys) if selection.method == "keys" else table

    def _keyed(self, table: TableSql, keys: Sequence[Sequence[str]]) -> TableSql:
        if not table.key:
            raise SampleRefused(
                f"{self.table.name} has no key, so no list of keys names its rows.",
                hint="Give a filter with where instead.",
                details={"field": "keys", "table": self.table.name},
            )
        sql = table.dialect
        wanted = sql.among([(sql.quoted(name), kind) for name, kind in table.key], table.next_marker)
        columns = tuple(tuple(column) for column in zip(*keys, strict=True))
        terms = " AND ".join(term for term in (table.condition.sql, wanted) if term)
        return replace(table, condition=Statement(terms, table.condition.values + columns))

    def _count(self, table: TableSql) -> int:
        return int(next(iter(self.listed(counted(table))[0].values())) or 0)

    def _smallest(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        total = self._count(table) if table.condition.sql else self.count()
        if selection.rows >= total:
            yield from self.stream(whole(table), selection)
            return
        limit = ceiling(selection.rows, total)
        found = 0
        for batch in self.stream(smallest(table, selection.seed, selection.rows, -1, limit), selection):
            found += batch.num_rows
            yield batch
        if found < selection.rows:
            # Chance put fewer rows below the ceiling than were counted on: the rest lie above it.
            rest = smallest(table, selection.seed, selection.rows - found, limit, _HIGHEST)
            yield from self.stream(rest, selection)

    def _newest(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        return self.stream(newest(table, selection.by[0], selection.seed, selection.rows), selection)

    def _keys(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        return self.stream(smallest(table, selection.seed, selection.rows, -1, _HIGHEST), selection)

    def _all(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        total = self._count(table) if table.condition.sql else self.count()
        if total > selection.rows:
            raise SampleRefused(
                f"{self.table.name} has {total:,} rows, and at most {selection.rows:,} are given at once.",
                hint="Draw a uniform sample, or narrow it with where.",
                details={"table": self.table.name, "rows": total, "max_rows": selection.rows},
            )
        return self.stream(whole(table), selection)

    def _block(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        return self.stream(block(table, selection.seed, selection.rows, self.count()), selection)

    def _top(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        chosen: list[list[str]] = [[] for _ in selection.by]
        found = 0
        for group in self.listed(groups(table, selection.by, selection.per, selection.seed, selection.rows)):
            *texts, rows = group.values()
            for column, text in zip(chosen, texts, strict=True):
                column.append(str(text))
            found += int(rows)
            if found >= selection.rows:
                break
        if not found:
            return iter(())
        assert selection.order is not None
        statement = top(table, selection.by, selection.order, selection.per, selection.seed, selection.rows, chosen)
        return self.stream(statement, selection)

    def _stratified(self, table: TableSql, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        allotted = self._allotted(table, selection)
        ceilings = [ceiling(one.rows, one.size) for one in allotted]
        found = 0
        for batch in self.stream(
            strata.stratified(table, selection.by, selection.seed, allotted, ceilings, below=True), selection
        ):
            found += batch.num_rows
            yield batch
        if found < sum(one.rows for one in allotted):
            above = strata.stratified(table, selection.by, selection.seed, allotted, ceilings, below=False)
            yield from self.stream(above, selection)

    def _allotted(self, table: TableSql, selection: Selection) -> Sequence[strata.Stratum]:
        sizes = [(str(row["stratum"]), int(row["n"])) for row in self.listed(strata.sizes(table, selection.by))]
        columns = ", ".join(selection.by)
        if len(sizes) > strata.MOST:
            raise SampleRefused(
                f"{self.table.name} has more than {strata.MOST:,} strata by {columns}.",
                hint="Stratify by columns with fewer different values.",
                details={"field": "by"},
            )
        if len(sizes) > selection.rows:
            raise SampleRefused(
                f"{self.table.name} has {len(sizes):,} strata by {columns}: of {selection.rows:,} rows "
                "not each can have one.",
                hint=f"Ask for at least {len(sizes):,} rows.",
                details={"field": "rows", "strata": len(sizes)},
            )
        share = strata.equal if selection.allocation == "equal" else strata.proportional
        taken = share([size for _, size in sizes], selection.rows)
        return [strata.Stratum(content, size, rows) for (content, size), rows in zip(sizes, taken, strict=True)]

    _METHODS: ClassVar[dict[str, Callable[[Any, TableSql, Selection], Iterator[pyarrow.RecordBatch]]]] = {
        "uniform": _smallest,
        "block": _block,
        "stratified": _stratified,
        "newest": _newest,
        "window": _smallest,
        "top": _top,
        "keys": _keys,
        "all": _all,
    }
