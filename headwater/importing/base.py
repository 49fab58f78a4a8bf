"""What an importer is: a file's columns, and its rows in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow

BLOCK_BYTES = 8 * 1024 * 1024
"""Bytes of text read at once. Types are inferred from the first block, so it is not small."""


class TabularFile(Protocol):
    """One data file, opened: its first block was read, so `schema` is known."""

    @property
    def schema(self) -> pyarrow.Schema:
        """The columns, with the types that were inferred, given, or written in the file."""
        ...

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """All rows in the file's order.

        Raises
        ------
        ImportFailed
            A row does not fit; `details` has ``file``, and ``line`` and ``column`` where the format has lines.
        """
        ...


class Importer(Protocol):
    """Opens files of one format."""

    def __call__(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> TabularFile:
        """Open `path`; `types` are those that the caller gave for some columns."""
        ...
