"""A table as the statements of a draw see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headwater.sources.sql.dialect import Dialect, KeyColumn, Statement


@dataclass(frozen=True, slots=True)
class ColumnSql:
    """A column that may be read.

    Attributes
    ----------
    type:
        As the engine writes it.
    fetched:
        SQL of the select list.
    value:
        SQL of the value as it comes, in the order that it has on our side.
    guard:
        SQL that is true where the column itself is its `value`; empty where it always is.
    """

    name: str
    type: str
    fetched: str
    value: str
    guard: str = ""


@dataclass(frozen=True, slots=True)
class TableSql:
    """A table, or of it the rows that meet `condition`, whose markers begin with number 1.

    A table without a `key` is told apart by all that a row holds: equal rows may stand for each other.
    """

    dialect: Dialect
    name: str
    columns: Mapping[str, ColumnSql]
    key: tuple[KeyColumn, ...]
    condition: Statement = Statement("")

    @property
    def names(self) -> str:
        """All columns, as they are."""
        return ", ".join(map(self.dialect.quoted, self.columns))

    @property
    def next_marker(self) -> int:
        """The first marker that the condition leaves free."""
        return len(self.condition.values) + 1

    def key_columns(self, names: Sequence[str]) -> tuple[KeyColumn, ...]:
        """Columns with their types."""
        return tuple(KeyColumn(name, self.columns[name].type) for name in names)

    def place(self, seed: int) -> str:
        """The place of a row."""
        if self.key:
            return self.dialect.place(seed, self.key)
        return self.dialect.content_place(seed, self.key_columns(list(self.columns)))

    def within(self, seed: int, above: int, upto: int) -> str:
        """Whether a row's place is above one and up to another; every place is above -1."""
        if self.key:
            return self.dialect.within(seed, self.key, above, upto)
        place = self.place(seed)
        return f"{place} > {int(above)} AND {place} <= {int(upto)}"

    def order(self, seed: int) -> str:
        """The order of places. A key is bound to one place, so the key decides between rows of one."""
        return ", ".join([self.place(seed), *(self.dialect.quoted(column.name) for column in self.key)])

    def where(self, *more: str) -> str:
        """``WHERE`` with the condition and others, or nothing."""
        terms = [term for term in (self.condition.sql, *more) if term]
        return f" WHERE {' AND '.join(terms)}" if terms else ""

    def fetched(self, chosen: str) -> str:
        """The select list over rows that a statement has chosen, in the order of the key."""
        # With the table's name before it: a column of the select list may have the same name and another type.
        keys = ", ".join(f"chosen.{self.dialect.quoted(column.name)}" for column in self.key)
        listed = ", ".join(
            f"{column.fetched} AS {self.dialect.quoted(column.name)}" for column in self.columns.values()
        )
        return f"SELECT {listed} FROM ({chosen}) chosen{f' ORDER BY {keys}' if keys else ''}"

    def free(self, name: str) -> str:
        """A name for what is computed, as SQL, that no column has."""
        taken = {column.lower() for column in self.columns}
        while name in taken:
            name += "_"
        return self.dialect.quoted(name)
