"""Uniform draws by the keyed hash of the key: which statements find the rows, and which of two ways touches less.

The rows are always those with the smallest places (`headwater.sampling.keyed`), whichever way finds them. *Scanning*
hashes each row of the table once and takes them out on the way. *Probing* hashes the keys alone, which an index holds
in far fewer pages, and then asks for the rows by their keys, some thousands at a time. One statement that joins the
two is a planner's trap: it takes the hash for a third of the table, and sorts that on disk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from headwater.sources.sql.dialect import Dialect, KeyColumn

CHUNK = 5_000
"""Keys asked for in one statement: what a statement holds in production stays short."""

_RANDOM = 2.0
"""What a page that is fetched out of order costs, in pages that are read in order; chunks go in the order of keys."""


class Extent(NamedTuple):
    """The size of a table and of the index over its key, in pages; 0 where there are none or nobody knows."""

    pages: int = 0
    key_pages: int = 0


def probing_pays(rows: int, extent: Extent) -> bool:
    """Whether asking for `rows` rows by their keys touches less than reading the table."""
    if not extent.pages or not extent.key_pages:
        return False
    touched = extent.pages * (1 - math.exp(-rows / extent.pages))
    return extent.key_pages + _RANDOM * touched < extent.pages


class Uniform:
    """The statements of one draw.

    Parameters
    ----------
    dialect:
        How the engine writes them.
    table, columns:
        SQL: the table's whole name, and its select list.
    names:
        The columns that the select list is made of: those that may be read.
    key:
        The key's columns.
    """

    def __init__(
        self, dialect: Dialect, table: str, columns: str, names: Sequence[str], key: Sequence[KeyColumn], seed: int
    ) -> None:
        self._dialect = dialect
        self._table = f"{table} chosen"
        self._columns = columns
        self._names = ", ".join(map(dialect.quoted, names))
        self._key = key
        # With the table's name before it: a column of the select list may have the same name and another type.
        self._order = ", ".join(f"chosen.{dialect.quoted(name)}" for name, _ in key)
        self._place = dialect.place(seed, key)

    def whole(self) -> str:
        """Every row."""
        return f"SELECT {self._columns} FROM {self._table} ORDER BY {self._order}"

    def scan(self, rows: int, above: int, upto: int) -> str:
        """The `rows` rows with the smallest places above one and up to another."""
        smallest = self._smallest(self._names, rows, above, upto)
        return f"SELECT {self._columns} FROM ({smallest}) chosen ORDER BY {self._order}"

    def keys(self, rows: int, above: int, upto: int) -> str:
        """Their keys, each column as text."""
        columns = [self._dialect.text(self._dialect.quoted(name), kind) for name, kind in self._key]
        texts = ", ".join(f"{column} AS k{n}" for n, column in enumerate(columns))
        return f"SELECT {texts} FROM ({self._smallest(self._order, rows, above, upto)}) chosen ORDER BY {self._order}"

    def probe(self) -> str:
        """The rows of some keys, which are bound: one list of texts for each column of the key."""
        wanted = self._dialect.among([(f"chosen.{self._dialect.quoted(name)}", kind) for name, kind in self._key], 1)
        return f"SELECT {self._columns} FROM {self._table} WHERE {wanted} ORDER BY {self._order}"

    def _smallest(self, what: str, rows: int, above: int, upto: int) -> str:
        # A key is bound to one place, so only one row in 2**60 has another's: the key decides between those.
        return (
            f"SELECT {what} FROM {self._table} WHERE {self._place} > {int(above)} AND {self._place} <= {int(upto)}"
            f" ORDER BY {self._place}, {self._order} {self._dialect.limit(rows)}"
        )
