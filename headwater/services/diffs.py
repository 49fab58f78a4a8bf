"""What changed between two versions: columns, rows, and the values of each column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from headwater.errors import UsageError
from headwater.models import Column, ColumnChanges, Difference, RowChanges, SchemaChange, Version
from headwater.predicate.binding import column_not_found
from headwater.predicate.types import column_type
from headwater.reading.files import VersionFiles, check
from headwater.services.preview import version_files

if TYPE_CHECKING:
    import pyarrow

    from headwater.hashing import Hashes
    from headwater.services.catalog import CatalogService

_BATCH_ROWS = 65_536
_KEY_FAMILIES = ("integer", "text")

MAX_CANDIDATES = 4
"""How many columns are tried as a key when none was given; each try reads that column of both versions."""


class DiffService:
    """Compares versions by hashes of their values: some 50 bytes a row, one column at a time, never whole
    tables.

    A wrong answer needs two values that differ and share a 64-bit hash: see `headwater.hashing`.
    """

    def __init__(self, catalog: CatalogService) -> None:
        self._catalog = catalog

    def diff(self, before: str, after: str, key: Sequence[str] | None = None) -> Difference:
        """What it takes to get from the version `before` to the version `after`.

        Parameters
        ----------
        key:
            The columns that say which row is which. With a key a row can be *changed*. None tries columns
            that look like a key; where none is one, rows are compared whole, and a changed row counts as one
            removed and one added.

        Raises
        ------
        ColumnNotFound
            A key column that one of the versions does not have.
        UsageError
            A key that is not unique, or is NULL in some row.
        """
        versions = self._catalog.resolve(before), self._catalog.resolve(after)
        old, new = (_Side(version, version_files(version, self._catalog)) for version in versions)
        for name in key or ():
            for side in (old, new):
                if name not in side.names:
                    raise column_not_found(name, side.names)
        if old.version.digest == new.version.digest:
            return _difference(old, new, tuple(key or ()), RowChanges(0, 0, 0), {})
        check(old.files)
        check(new.files)
        found = _given_key(old, new, list(key)) if key else _likely_key(old, new)
        if found is None:
            return _difference(old, new, (), _whole_rows(old, new), {})
        rows, columns = _keyed(old, new, found)
        return _difference(old, new, found.names, rows, columns)


class _Side:
    """One of the two versions, its columns hashed when they are asked for."""

    def __init__(self, version: Version, files: VersionFiles) -> None:
        self.version = version
        self.files = files
        self.names = [column.name for column in version.schema]

    def hashes(self, names: list[str]) -> Hashes:
        """A hash for each row over the columns `names`."""
        import numpy as np

        from headwater.hashing import row_hashes

        parts = [row_hashes(batch, names) for batch in self._batches(names)]
        return np.concatenate(parts) if parts else np.empty(0, np.uint64)

    def has_nulls(self, names: list[str]) -> bool:
        return any(batch.column(name).null_count for batch in self._batches(names) for name in names)

    def _batches(self, names: list[str]) -> Iterator[pyarrow.RecordBatch]:
        from headwater.reading.arrow import open_file

        for entry in self.files.files:
            yield from open_file(entry.path).iter_batches(batch_size=_BATCH_ROWS, columns=names)


class _Key(NamedTuple):
    """Columns that name each row of both versions, and the hashes of their values."""

    names: tuple[str, ...]
    old: Hashes
    new: Hashes


def _given_key(old: _Side, new: _Side, names: list[str]) -> _Key:
    key = _Key(tuple(names), old.hashes(names), new.hashes(names))
    for side, hashes in ((old, key.old), (new, key.new)):
        if side.has_nulls(names):
            raise _no_key(side, names, "is NULL in some rows")
        if not _is_unique(hashes):
            raise _no_key(side, names, "does not tell all rows apart")
    return key


def _no_key(side: _Side, names: list[str], why: str) -> UsageError:
    return UsageError(
        f"The key {', '.join(names)} of {side.version.dataset} {side.version.version} {why}.",
        hint="Name more columns as the key, or none to compare whole rows.",
        details={"key": names, "version": side.version.version},
    )


def _likely_key(old: _Side, new: _Side) -> _Key | None:
    types = {column.name: column_type(column.type) for column in old.version.schema}
    usable = [name for name in old.names if name in new.names and types[name].family in _KEY_FAMILIES]
    for name in sorted(usable, key=_keyness)[:MAX_CANDIDATES]:
        key = _Key((name,), old.hashes([name]), new.hashes([name]))
        if _is_unique(key.old) and _is_unique(key.new) and not (old.has_nulls([name]) or new.has_nulls([name])):
            return key
    return None


def _keyness(name: str) -> int:
    """Names of keys first; sorting is stable, so that others keep the schema's order."""
    plain = name.lower()
    return 0 if plain in ("id", "key", "uuid") else 1 if plain.endswith(("id", "key")) else 2


def _is_unique(hashes: Hashes) -> bool:
    import numpy as np

    return len(np.unique(hashes)) == len(hashes)


def _keyed(old: _Side, new: _Side, key: _Key) -> tuple[RowChanges, dict[str, ColumnChanges]]:
    import numpy as np

    common, in_old, in_new = np.intersect1d(key.old, key.new, assume_unique=True, return_indices=True)
    changed = np.zeros(len(common), bool)
    columns: dict[str, ColumnChanges] = {}
    for name in old.names:
        if name in new.names and name not in key.names:
            differs = old.hashes([name])[in_old] != new.hashes([name])[in_new]
            columns[name] = ColumnChanges(int(differs.sum()))
            changed |= differs
    rows = RowChanges(len(key.new) - len(common), len(key.old) - len(common), int(changed.sum()))
    return rows, columns


def _whole_rows(old: _Side, new: _Side) -> RowChanges:
    """Rows of the one that the other does not have, over their common columns; equal rows are counted."""
    import numpy as np

    common = [name for name in old.names if name in new.names]
    sides = [np.unique(side.hashes(common), return_counts=True) for side in (old, new)]
    (old_rows, old_counts), (new_rows, new_counts) = sides
    _, in_old, in_new = np.intersect1d(old_rows, new_rows, assume_unique=True, return_indices=True)
    kept = int(np.minimum(old_counts[in_old], new_counts[in_new]).sum())
    return RowChanges(int(new_counts.sum()) - kept, int(old_counts.sum()) - kept, 0)


def _difference(
    old: _Side, new: _Side, key: tuple[str, ...], rows: RowChanges, columns: dict[str, ColumnChanges]
) -> Difference:
    return Difference(
        before=f"{old.version.dataset}@{old.version.version}",
        after=f"{new.version.dataset}@{new.version.version}",
        key=key,
        schema=_schema_changes(old.version.schema, new.version.schema),
        rows=rows,
        columns={name: changes for name, changes in columns.items() if changes.changed},
    )


def _schema_changes(old: Sequence[Column], new: Sequence[Column]) -> tuple[SchemaChange, ...]:
    before = {column.name: column.type for column in old}
    after = {column.name: column.type for column in new}
    gone = [SchemaChange(name, "removed", kind, None) for name, kind in before.items() if name not in after]
    come = [SchemaChange(name, "added", None, kind) for name, kind in after.items() if name not in before]
    retyped = [
        SchemaChange(name, "retyped", kind, after[name])
        for name, kind in before.items()
        if name in after and after[name] != kind
    ]
    return (*gone, *retyped, *come)
