"""What differs between SQL engines, as far as a draw cares. Nothing that a person typed becomes SQL.

Names come from the catalog and are quoted, numbers are ours, and everything else is bound: always as text, and brought
to its type by the statement, so that no driver's idea of a type decides what is compared.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from headwater.sampling.keyed import BITS, WholePlaces

Value = str | tuple[str, ...]
"""What is bound to a marker: a text, or a list of texts."""


class KeyColumn(NamedTuple):
    """A column of a key, with its type as the engine writes it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and the values of its markers: the first is number 1. A marker may stand in several places."""

    sql: str
    values: tuple[Value, ...] = ()


class Dialect(ABC):
    """How one engine writes what a draw needs. Every method returns SQL."""

    text_type = "text"
    integer_type = "bigint"

    @abstractmethod
    def quoted(self, name: str) -> str:
        """`name` as an identifier."""

    def qualified(self, *names: str) -> str:
        """A table's whole name."""
        return ".".join(map(self.quoted, names))

    @abstractmethod
    def text(self, column: str, kind: str) -> str:
        """`column`, SQL of a type `kind`, as the text that every engine has for its value."""

    def place(self, seed: int, key: Sequence[KeyColumn]) -> str:
        """The place of a row by its key: the same number as `headwater.sampling.keyed` has, by the rules there."""
        if self.places_whole(key):
            return WholePlaces(seed).sql(self.whole(self.quoted(key[0].name)), self.quotient)
        return self.hashed(seed, key)

    def within(self, seed: int, key: Sequence[KeyColumn], above: int, upto: int) -> str:
        """Whether a row's place is above one and up to another, without a bound that every place meets."""
        place = self.place(seed, key)
        terms = [f"{place} > {int(above)}"] if above >= 0 else []
        terms += [f"{place} <= {int(upto)}"] if upto < (1 << BITS) - 1 else []
        return " AND ".join(terms) or "1 = 1"

    def places_whole(self, key: Sequence[KeyColumn]) -> bool:
        """Whether a key's places are those of `WholePlaces`."""
        return len(key) == 1 and self.is_whole(key[0].type)

    @abstractmethod
    def is_whole(self, kind: str) -> bool:
        """Whether all values of a type are whole numbers of 64 bits with a sign."""

    @abstractmethod
    def whole(self, column: str) -> str:
        """`column`, SQL of a type that `is_whole`, in 64 bits."""

    @abstractmethod
    def quotient(self, dividend: str, divisor: int) -> str:
        """A whole number divided by another one, rounded towards zero."""

    @abstractmethod
    def hashed(self, seed: int, key: Sequence[KeyColumn]) -> str:
        """The place of a row by the MD5 of its key: the same number as `headwater.sampling.keyed.place`."""

    @abstractmethod
    def content(self, columns: Sequence[KeyColumn]) -> str:
        """The values of several columns as one text, also where some are null: different texts for different values."""

    @abstractmethod
    def content_place(self, seed: int, columns: Sequence[KeyColumn]) -> str:
        """A place by the `content` of columns, for rows that have no key."""

    @abstractmethod
    def bound(self, number: int, kind: str) -> str:
        """The text bound to marker `number`, as a value of type `kind`."""

    @abstractmethod
    def among(self, columns: Sequence[tuple[str, str]], first: int) -> str:
        """Whether `columns` (SQL and type), together, are one of the rows of lists of texts bound from `first` on."""

    @abstractmethod
    def listed(self, name: str, columns: Sequence[KeyColumn], first: int) -> str:
        """Rows for FROM, called `name`, with `columns` (their names are SQL): lists of texts bound from `first` on."""

    def blocks(self, table: str, percent: float, seed: int) -> str | None:
        """`table` for FROM with about `percent` of its blocks, or None where the engine has no such thing."""
        return None

    def among_integers(self, columns: Sequence[tuple[str, str]], numbers: Sequence[Sequence[str]]) -> str | None:
        """The same for whole numbers, written out, where that is faster than to bind them; None where it is not."""
        return None

    def limit(self, rows: int) -> str:
        """At most so many rows."""
        return f"LIMIT {int(rows)}"
