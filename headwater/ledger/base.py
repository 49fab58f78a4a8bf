"""What every ledger database offers. The repositories are written against this and know no dialect.

SQL is portable: ``?`` stands for a value, DDL may use the tokens ``{identity}``, ``{blob}``, ``{json}`` and ``{text}``
(text that sorts by code point). What only one database can do is a method of its dialect class.

Writers take turns: at most one transaction is open at a time, over all processes, in every dialect. A number
that is read inside a transaction (the next version, the next event) is therefore still right when it is written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from headwater.ledger.words import WordIndex

Value: TypeAlias = str | int | float | bytes | None

KERNEL_VIEWS = 1
"""The generation of the ``kernel_v1_*`` views that this Headwater makes and reads."""


class Row(Protocol):
    """One result row; columns by name."""

    def __getitem__(self, column: str, /) -> Any: ...


class Reader(ABC):
    """Something that answers queries: a database, or a transaction in it."""

    @abstractmethod
    def query(self, sql: str, params: Sequence[Value] = ()) -> list[Row]:
        """All rows of a statement."""

    def one(self, sql: str, params: Sequence[Value] = ()) -> Row | None:
        """The first row of a statement, or None."""
        rows = self.query(sql, params)
        return rows[0] if rows else None


class Transaction(Reader):
    """Writes that become visible together, or not at all."""

    @abstractmethod
    def execute(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Run a statement; returns the number of rows it touched."""

    @abstractmethod
    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""

    @abstractmethod
    def insert(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Run an ``INSERT`` into a table with an ``id``; returns the new id."""


class Database(Reader):
    """A ledger. Safe to share between threads; every thread has its own connection."""

    dialect: str

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction: committed at the end of the block, rolled back when the block raises.

        Raises `Unavailable` when another writer holds the ledger for more than five seconds.
        """

    @abstractmethod
    def ddl(self, statement: str) -> str:
        """`statement` with the DDL tokens in this dialect."""

    @property
    @abstractmethod
    def words(self) -> WordIndex:
        """This dialect's word index."""

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Whether the ledger has a table of this name."""

    @abstractmethod
    def data_version(self) -> int:
        """A number that changes when anybody commits to this ledger; cheap enough to ask each second."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection."""
