"""The preview: a window of a version's rows as text, however large the version is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from headwater.cell_text import cell_texts, is_numeric
from headwater.errors import UsageError
from headwater.models import Column, RowsPage, Version
from headwater.reading.files import VersionFiles, check

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

    from headwater.predicate import Predicate
    from headwater.services.catalog import CatalogService

MAX_ROWS = 1_000
"""The most rows of one page."""

MAX_TESTED = 20_000_000
"""How many rows a filtered page tests before it stops counting and says that its total is at least so many.
"""

_BATCH_ROWS = 16_384


class PreviewService:
    """Pages of rows. It opens only the files and row groups that a page lies in."""

    def __init__(self, catalog: CatalogService) -> None:
        self._catalog = catalog

    def rows(self, ref: str, offset: int = 0, limit: int = 100, where: str | None = None) -> RowsPage:
        """The rows `offset` to `offset + limit` of the version `ref`, in the version's order.

        Parameters
        ----------
        where:
            A filter (see `headwater.predicate`); then `offset` and the page's total count the rows it keeps.
            The total of a filtered page is capped (`total_is_capped`) once `MAX_TESTED` rows were tested.

        Raises
        ------
        UsageError
            An offset or a limit that no page can have.
        BadPredicate, ColumnNotFound
            A filter that is wrong.
        StoreUnavailable
            A data file is missing or damaged.
        """
        if offset < 0 or not 1 <= limit <= MAX_ROWS:
            raise UsageError(
                f"A page of {limit} rows from row {offset} cannot be had.",
                hint=f"Ask for 1 to {MAX_ROWS} rows from row 0 or later.",
            )
        version = self._catalog.resolve(ref)
        files = version_files(version, self._catalog)
        check(files)
        if where and where.strip():
            return self._filtered(version, files, offset, limit, where)
        return _page(version, list(_window(files, offset, limit)), offset, files.rows)

    def _filtered(self, version: Version, files: VersionFiles, offset: int, limit: int, where: str) -> RowsPage:
        from headwater.predicate import Predicate

        predicate = Predicate(where, files.types)
        parts: list[pyarrow.Table] = []
        found = tested = 0
        capped = False
        for group in _kept_groups(files, predicate):
            if tested >= MAX_TESTED and found >= offset + limit:
                capped = True
                break
            tested += group.rows
            skip = max(0, offset - found)
            found += group.kept
            if skip < group.kept and (missing := limit - sum(part.num_rows for part in parts)) > 0:
                parts.append(group.table().slice(skip, missing))
        return _page(version, parts, offset, found, capped)


def version_files(version: Version, catalog: CatalogService) -> VersionFiles:
    """What the readers need of `version`."""
    types = {column.name: column.type for column in version.schema}
    return VersionFiles(version.dataset, version.version, catalog.files(version), types)


class _Group:
    """One row group and the rows of it that a filter keeps; other columns are read when asked for."""

    def __init__(
        self, file: pyarrow.parquet.ParquetFile, index: int, names: list[str], mask: pyarrow.ChunkedArray
    ) -> None:
        import pyarrow.compute as pc

        self._file, self._index, self._names, self._mask = file, index, names, mask
        self.rows = len(mask)
        self.kept = int(pc.sum(mask).as_py() or 0)

    def table(self) -> pyarrow.Table:
        return self._file.read_row_group(self._index).select(self._names).filter(self._mask)


def _kept_groups(files: VersionFiles, predicate: Predicate) -> Iterator[_Group]:
    from headwater.reading.arrow import leaf_positions, open_file

    names = list(files.types)
    tested = [name for name in names if name in predicate.columns] or names[:1]
    for entry in files.files:
        file = open_file(entry.path)
        positions = leaf_positions(file.metadata)
        for index in range(file.num_row_groups):
            if predicate.may_match(file.metadata.row_group(index), positions):
                mask = predicate.arrow_mask(file.read_row_group(index, columns=tested))
                yield _Group(file, index, names, mask)


def _window(files: VersionFiles, offset: int, limit: int) -> Iterator[pyarrow.Table]:
    """The rows from `offset` on, at most `limit`, from as few row groups as hold them."""
    from headwater.reading.arrow import open_file

    names = list(files.types)
    starts = accumulate((entry.rows for entry in files.files), initial=0)
    for entry, start in zip(files.files, starts, strict=False):
        if start >= offset + limit:
            return
        if start + entry.rows <= offset:
            continue
        file = open_file(entry.path)
        at = start
        for index in range(file.num_row_groups):
            rows = file.metadata.row_group(index).num_rows
            if at < offset + limit and at + rows > offset:
                first, last = max(0, offset - at), min(rows, offset + limit - at)
                yield from _slice(file, index, names, first, last)
            at += rows


def _slice(
    file: pyarrow.parquet.ParquetFile, index: int, names: list[str], first: int, last: int
) -> Iterator[pyarrow.Table]:
    """The rows `first` to `last` of a row group, decoded no further than `last`."""
    import pyarrow as pa

    at = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, row_groups=[index]):
        if at + batch.num_rows > first:
            part = batch.slice(max(0, first - at), last - max(first, at))
            yield pa.Table.from_batches([part]).select(names)
        at += batch.num_rows
        if at >= last:
            return


def _page(version: Version, parts: list[pyarrow.Table], offset: int, total: int, capped: bool = False) -> RowsPage:
    columns = tuple(Column(column.name, column.type, column.nullable) for column in version.schema)
    texts = [[text for part in parts for text in cell_texts(part.column(column.name))] for column in columns]
    return RowsPage(
        dataset=version.dataset,
        version=version.version,
        columns=columns,
        numeric=_numeric(version, parts),
        rows=tuple(zip(*texts, strict=True)),
        offset=offset,
        total=total,
        total_is_capped=capped,
    )


def _numeric(version: Version, parts: list[pyarrow.Table]) -> tuple[bool, ...]:
    from headwater.predicate.types import column_type

    if parts:
        return tuple(is_numeric(parts[0].schema.field(column.name).type) for column in version.schema)
    return tuple(column_type(column.type).family in ("integer", "float", "decimal") for column in version.schema)
