"""A store that forgets: its catalog is in memory, its files in a temporary directory. For tests and trials."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from headwater.datafile import DataFile
from headwater.stores.base import Staging, Store
from headwater.stores.files import FileArea

if TYPE_CHECKING:
    import pyarrow


class _Table:
    def __init__(self, root: str) -> None:
        self.area = FileArea(root)
        self.snapshots: dict[str, tuple[tuple[DataFile, ...], dict[str, str]]] = {}
        self.tags: dict[str, str] = {}


class _MemoryStaging(Staging):
    def __init__(self, store: MemoryStore, table: _Table, schema: pyarrow.Schema) -> None:
        self._store = store
        self._table = table
        self.schema = schema
        self.area = table.area
        self.location = table.area.root

    def commit(self, files: Sequence[DataFile], summary: Mapping[str, str]) -> str:
        snapshot = str(next(self._store.numbers))
        self._table.snapshots[snapshot] = (tuple(files), dict(summary))
        return snapshot


class MemoryStore(Store):
    """Keeps what the process that made it committed, until it ends."""

    name = "memory"

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="headwater-")
        self._tables: dict[str, _Table] = {}
        self.numbers = itertools.count(1)

    def stage(self, dataset: str, schema: pyarrow.Schema) -> Staging:
        if dataset not in self._tables:
            self._tables[dataset] = _Table(f"{self._directory.name}/{dataset}")
        return _MemoryStaging(self, self._tables[dataset], schema)

    def find(self, dataset: str, key: str, value: str) -> str | None:
        table = self._tables.get(dataset)
        if table is None:
            return None
        return next((name for name, (_, facts) in table.snapshots.items() if facts.get(key) == value), None)

    def area(self, dataset: str) -> FileArea | None:
        table = self._tables.get(dataset)
        return table.area if table else None

    def protect(self, dataset: str, snapshot: str, tag: str) -> None:
        self._tables[dataset].tags[tag] = snapshot

    def release(self, dataset: str, tag: str) -> None:
        self._tables[dataset].tags.pop(tag, None)

    def protected(self, dataset: str) -> dict[str, str]:
        return dict(self._tables[dataset].tags)

    def vacate(self, dataset: str, snapshot: str, paths: Collection[str]) -> list[str]:
        return []

    def forget(self, dataset: str, snapshot: str, paths: Collection[str], note: Mapping[str, str]) -> None:
        table = self._tables[dataset]
        gone = {
            name
            for name, (files, _) in table.snapshots.items()
            if name == snapshot or any(file.path in paths for file in files)
        }
        table.snapshots = {name: found for name, found in table.snapshots.items() if name not in gone}
        table.tags = {tag: name for tag, name in table.tags.items() if name not in gone}

    def discard(self, dataset: str, files: Collection[str]) -> None:
        """A store without files of its own has none to remove."""
