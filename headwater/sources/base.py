"""What a source must do: list its tables without a row of them, and give some rows of one, the same ones each time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

    from headwater.models import SourceTable, SourceTablePage


class Drawing(ABC):
    """A read-only look at one table: every query of it sees the same state of the source."""

    table: SourceTable
    schema: pyarrow.Schema
    """The columns as they come. A column of JSON text has ``json`` = ``1`` in its field's metadata."""
    warnings: tuple[str, ...]
    """What the source's types lose on the way, for people."""

    @abstractmethod
    def count(self) -> int:
        """The number of rows in the table."""

    @abstractmethod
    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        """A few rows, to see what the columns hold; they are kept nowhere."""

    @abstractmethod
    def rows(self, seed: int, rows: int) -> Iterator[pyarrow.RecordBatch]:
        """The rows with the smallest places (`headwater.sampling.keyed`), in the order of their key.

        Parameters
        ----------
        seed:
            Another seed gives other rows.
        rows:
            How many; all rows when the table has fewer.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Stop the statement that runs in the source, from another thread; every later one fails too."""


class Source(ABC):
    """A production system. Every method may raise `SourceUnavailable`, without a credential in its text."""

    name: str

    @abstractmethod
    def check(self) -> None:
        """Reach it, and see that it lets Headwater in."""

    @abstractmethod
    def tables(self, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        """Tables and views that may be read, by name; with `query`, those that have it in a name of table or column."""

    @abstractmethod
    def table(self, name: str) -> SourceTable:
        """One table. Raises `TableNotFound`."""

    @abstractmethod
    def draw(self, name: str) -> AbstractContextManager[Drawing]:
        """Begin to read a table, in one read-only transaction that ends with the block."""
