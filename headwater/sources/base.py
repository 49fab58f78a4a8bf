"""What a source must do: list its tables without a row of them, and give some rows of one, the same ones each time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from headwater.sampling.gauge import Gauge

if TYPE_CHECKING:
    import pyarrow

    from headwater.sample_models import Link, SourceTable, SourceTablePage
    from headwater.sampling.distance import ColumnStatistics
    from headwater.sampling.selection import Selection

_ROW_BYTES = 100.0
"""The width of a row of which nothing is known."""


class Drawing(ABC):
    """A read-only look at one table, within a snapshot."""

    table: SourceTable
    schema: pyarrow.Schema
    """The columns as they come. A column of JSON text has ``json`` = ``1`` in its field's metadata."""
    warnings: tuple[str, ...]
    """What the source's types lose on the way, for people."""

    @property
    def losses(self) -> Mapping[str, str]:
        """What was lost of each column in the rows that were read so far, with its number, for the proof sheet."""
        return {}

    @abstractmethod
    def count(self) -> int:
        """The number of rows in the table."""

    @abstractmethod
    def peek(self, seed: int, rows: int) -> pyarrow.RecordBatch:
        """A few rows, to see what the columns hold; they are kept nowhere."""

    def statistics(self, columns: Sequence[str]) -> Mapping[str, ColumnStatistics]:
        """What the source knows of `columns` without reading rows; those of which it knows nothing are not there."""
        return {}

    def gauge(self, selection: Selection) -> Gauge:
        """What a draw of `selection` would take, by what the source knows without reading rows."""
        known = self.table.rows
        width = (self.table.bytes or 0) / known if known else 0.0
        return Gauge(min(selection.rows, known) if known is not None else selection.rows, width or _ROW_BYTES)

    @abstractmethod
    def among(self, columns: Sequence[str], keys: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
        """The rows whose `columns` have one of the values in `keys`, each row once, in no order.

        `keys` has a column for each of `columns`, of its type in `schema`, and distinct rows without a null. They are
        compared in the source, in the columns' own types there.
        """

    @abstractmethod
    def rows(self, selection: Selection) -> Iterator[pyarrow.RecordBatch]:
        """The rows that `selection` takes, in the order of their key, or in a few runs that are each in its order.

        Raises `SampleRefused` for a method that this table or source cannot do, and why.
        """


class Snapshot(ABC):
    """One read-only transaction of a source: every query of it, on any table, sees the same state."""

    @abstractmethod
    def table(self, name: str) -> Drawing:
        """A table of it. Raises `TableNotFound`."""

    @abstractmethod
    def cancel(self) -> None:
        """Stop the statement that runs in the source, from another thread; every later one fails too."""


class Source(ABC):
    """A production system. Every method may raise `SourceUnavailable`, without a credential in its text."""

    name: str

    @property
    @abstractmethod
    def first_schema(self) -> str:
        """The schema whose name may be left out, and is, in the names of datasets."""

    @abstractmethod
    def check(self) -> float | None:
        """Reach it, and see that it lets Headwater in.

        Returns the seconds that it is behind production where it is a replica, else None.
        """

    @abstractmethod
    def powers(self) -> tuple[str, ...]:
        """What the configured user could do there beyond reading, each as the end of "its user may …"."""

    @abstractmethod
    def tables(self, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        """Tables and views that may be read, by name; with `query`, those that have it in a name of table or column."""

    @abstractmethod
    def table(self, name: str) -> SourceTable:
        """One table. Raises `TableNotFound`."""

    def links(self) -> tuple[Link, ...]:
        """Its foreign keys, between tables and columns that may be read; none where it knows of none."""
        return ()

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Begin to read, in one read-only transaction that ends with the block."""
