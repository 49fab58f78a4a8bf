"""The tables that every kind of source is tested with, and what a system of a kind must give to be tested."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa

from headwater.config import SourceConfig

SECRET = "sesame-1f4"
HOSTILE = "ho'st\"ile; --%sé"
ORDERS = 2_000


def shop() -> dict[str, tuple[pa.Table, tuple[str, ...]]]:
    """Tables and their keys, of types that every kind of source has."""
    numbers = range(1, ORDERS + 1)
    orders = pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "email": [f"person{i}@canary.example" for i in numbers],
            "city_id": pa.array([i % 7 if i % 11 else None for i in numbers], pa.int32()),
            "price": pa.array([Decimal(i) / 4 for i in numbers], pa.decimal128(8, 2)),
        }
    )
    pairs = pa.table({"b": [f"k'{i}\\é" for i in range(300)], "a": pa.array([i % 50 for i in range(300)], pa.int32())})
    hostile = pa.table({'se"lect': pa.array([1, 2], pa.int32()), "na%sme": ["%s", "\\"], "x;--`ключ": ["a", "b"]})
    return {
        "orders": (orders, ("id",)),
        "pairs": (pairs, ("b", "a")),
        "keyless": (pa.table({"a": ["x", "y"]}), ()),
        HOSTILE: (hostile, ('se"lect',)),
    }


class System(ABC):
    """A system of one kind with the tables of `shop` in it."""

    kind: str
    schema: str
    """What stands before a table's name."""

    @abstractmethod
    def config(self, **settings: Any) -> SourceConfig:
        """How Headwater is told of it. `settings` are of `SourceConfig`."""

    @abstractmethod
    def misled(self) -> Iterator[SourceConfig]:
        """Configurations that lead nowhere, each with `SECRET` in its credential where it has one."""

    @abstractmethod
    def slow(self) -> str:
        """The name of a table whose rows take far longer than a test to count or draw."""

    @abstractmethod
    def busy(self) -> bool:
        """Whether a statement of Headwater runs in it."""

    @abstractmethod
    def attempts(self) -> Iterator[tuple[Any, Any]]:
        """Statements that a source must refuse, each with what runs it in a snapshot."""
