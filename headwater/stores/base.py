"""What a store must do: keep immutable data files, and tie those of one version together in its own catalog."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

    from headwater.datafile import DataFile
    from headwater.stores.files import FileArea


ERASED = "headwater.erased."
"""Begins the name of the note that a table keeps of an erased version, for a ledger that is rebuilt."""


class Staging(ABC):
    """A version in the making. Files with the columns of `schema` are written to `area`, then `commit` is called."""

    schema: pyarrow.Schema
    area: FileArea
    location: str

    @abstractmethod
    def commit(self, files: Sequence[DataFile], summary: Mapping[str, str]) -> str:
        """Make exactly `files` the table's current state, in one step; returns the store's name for it.

        `summary` is kept with it. Raises `CommitConflict` when another writer kept winning.
        """


class Store(ABC):
    """Where rows live. Stores know nothing of the ledger; a dataset is ``namespace.name``."""

    name: str

    @abstractmethod
    def stage(self, dataset: str, schema: pyarrow.Schema) -> Staging:
        """Begin a version with these columns, already in the store's own types (see `storable`)."""

    @abstractmethod
    def find(self, dataset: str, key: str, value: str) -> str | None:
        """The snapshot whose summary has this entry, or None."""

    @abstractmethod
    def area(self, dataset: str) -> FileArea | None:
        """Where the dataset's files are, or None when the store has no such dataset."""

    @abstractmethod
    def protect(self, dataset: str, snapshot: str, tag: str) -> None:
        """Keep a snapshot from the store's own clean-up, under a native tag."""

    @abstractmethod
    def release(self, dataset: str, tag: str) -> None:
        """Take a protection away; nothing happens when there is none."""

    @abstractmethod
    def protected(self, dataset: str) -> dict[str, str]:
        """The native tags of a dataset, as tag to snapshot."""

    @abstractmethod
    def vacate(self, dataset: str, snapshot: str, paths: Collection[str]) -> list[str]:
        """Have the table's current state rest neither on `snapshot` nor on the data files `paths`.

        Returns the files of the store's own that describe nothing but what goes; none is removed yet.
        """

    @abstractmethod
    def forget(self, dataset: str, snapshot: str, paths: Collection[str], note: Mapping[str, str]) -> None:
        """Take `snapshot`, and whatever else needs one of `paths`, out of the table's history, and its tags with it.

        `note` is kept with the table. Call `vacate` first.
        """

    @abstractmethod
    def discard(self, dataset: str, files: Collection[str]) -> None:
        """Remove files that `vacate` named, but for any that the table needs after all."""
