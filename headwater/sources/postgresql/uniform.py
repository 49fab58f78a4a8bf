"""Uniform draws by the keyed place of the key: which statements find the rows, and which of three ways touches less.

The rows are always those with the smallest places (`headwater.sampling.keyed`), whichever way finds them. *Scanning*
looks at each row of the table once and takes them out on the way. *Probing* looks at the keys alone, which an index
holds in far fewer pages, and then asks for the rows by their keys, some thousands at a time. One statement that joins
the two is a planner's trap: it takes the place for a third of the table, and sorts that on disk. *Enumerating*
(`headwater.sources.sql.enumerated`) knows the keys without looking, and asks for their rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from headwater.sources.sql.dialect import Dialect, KeyColumn

if TYPE_CHECKING:
    from headwater.sampling.selection import Pace

CHUNKS = {"gentle": 2_000, "fast": 20_000}
"""Keys asked for in one statement, by pace: what a statement holds in production stays short."""

_CHUNK_BYTES = 16 << 20
"""The driver has the answer to one statement as a whole."""

_ROW = 30
"""What a row that is asked for by its key costs, in rows whose place is looked at."""

_RANDOM = 2.0
"""What a page that is fetched out of order costs, in pages that are read in order; chunks go in the order of keys."""


class Extent(NamedTuple):
    """The size of a table and of the index over its key, in pages; 0 where there are none or nobody knows."""

    pages: int = 0
    key_pages: int = 0


def probing_pays(rows: int, extent: Extent) -> bool:
    """Whether finding `rows` rows by all keys and then asking for them touches less than reading the table."""
    if not extent.pages or not extent.key_pages:
        return False
    return extent.key_pages + touched(rows, extent) < extent.pages


def enumerating_pays(rows: int, total: int, extent: Extent) -> bool:
    """Whether asking for `rows` rows of `total`, whose keys are known, touches less than reading the table."""
    return bool(extent.key_pages) and touched(rows, extent) < extent.pages and _ROW * rows < total


def chunk(pace: Pace, row_bytes: float) -> int:
    """How many rows of so many bytes are asked for in one statement."""
    return max(100, min(CHUNKS[pace], round(_CHUNK_BYTES / max(1.0, row_bytes))))


def touched(rows: int, extent: Extent) -> float:
    """What the pages with `rows` rows cost."""
    return _RANDOM * extent.pages * (1 - math.exp(-rows / max(1, extent.pages)))


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
        self._seed = seed
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

    def range(self) -> str:
        """The smallest and the largest key, where it is one whole number."""
        ((name, _),) = self._key
        key = self._dialect.whole(self._dialect.quoted(name))
        return f"SELECT min({key}) AS lowest, max({key}) AS highest FROM {self._table}"

    def present(self) -> str:
        """Which of some keys, bound as in `probe`, there are, where the key is one whole number."""
        ((name, _),) = self._key
        key = self._dialect.whole(f"chosen.{self._dialect.quoted(name)}")
        return f"SELECT {key} AS k FROM {self._table} WHERE {self._wanted()} ORDER BY {self._order}"

    def probe(self) -> str:
        """The rows of some keys, which are bound: one list of texts for each column of the key."""
        return f"SELECT {self._columns} FROM {self._table} WHERE {self._wanted()} ORDER BY {self._order}"

    def _wanted(self) -> str:
        return self._dialect.among([(f"chosen.{self._dialect.quoted(name)}", kind) for name, kind in self._key], 1)

    def _smallest(self, what: str, rows: int, above: int, upto: int) -> str:
        # A key is bound to one place, so only one row in 2**60 has another's: the key decides between those.
        within = self._dialect.within(self._seed, self._key, above, upto)
        return (
            f"SELECT {what} FROM {self._table} WHERE {within}"
            f" ORDER BY {self._place}, {self._order} {self._dialect.limit(rows)}"
        )
