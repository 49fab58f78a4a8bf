"""The preview: a window of a version's rows as text, however large the version is."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
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

    from headwater.services.catalog import CatalogService

MAX_ROWS = 1_000
"""The most rows of one page."""

MAX_TESTED = 20_000_000
"""How many rows a filtered page tests before it stops counting and says that its total is at least so many.
"""

MAX_SCANS = 32
"""How many filters are remembered with the places of the rows that they keep; the oldest unused one is forgotten."""

_BATCH_ROWS = 16_384


class PreviewService:
    """Pages of rows. It opens only the files and row groups that a page lies in."""

    def __init__(self, catalog: CatalogService) -> None:
        self._catalog = catalog
        self._scans: OrderedDict[tuple[str, str, str], _Scan] = OrderedDict()
        self._lock = threading.Lock()

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
        scan = self._scan(version, files, where)
        with scan.lock:
            scan.go_on(offset + limit)
            parts = list(scan.window(offset, limit))
            return _page(version, parts, offset, scan.found, not scan.complete)

    def _scan(self, version: Version, files: VersionFiles, where: str) -> _Scan:
        """What is known of the rows that `where` keeps of `version`, which never changes: from page to page the same
        groups need no second look."""
        key = (version.dataset, version.files, where)
        with self._lock:
            scan = self._scans.get(key)
            if scan is None:
                scan = self._scans[key] = _Scan(files, where)
                if len(self._scans) > MAX_SCANS:
                    self._scans.popitem(last=False)
            self._scans.move_to_end(key)
            return scan


def version_files(version: Version, catalog: CatalogService) -> VersionFiles:
    """What the readers need of `version`."""
    types = {column.name: column.type for column in version.schema}
    return VersionFiles(version.dataset, version.version, catalog.files(version), types)


class _Scan:
    """How far a filter has been tried on a version, and how many rows it kept of each row group.

    A group is kept as its place and a number, never as rows: 16 bytes for 256,000 rows.
    """

    def __init__(self, files: VersionFiles, where: str) -> None:
        from headwater.predicate import Predicate

        self._files = files
        self._predicate = Predicate(where, files.types)
        self._names = list(files.types)
        self._groups: list[tuple[int, int]] = []
        self._ends: list[int] = []
        self._tested = 0
        self._next: tuple[int, int] = (0, 0)
        self.complete = not files.files
        self.lock = threading.Lock()

    @property
    def found(self) -> int:
        """Rows kept so far; all of them once `complete`."""
        return self._ends[-1] if self._ends else 0

    def go_on(self, wanted: int) -> None:
        """Test on until `wanted` rows are found and `MAX_TESTED` rows were tested, or all were."""
        import pyarrow.compute as pc

        from headwater.reading.arrow import leaf_positions, open_file

        tested = [name for name in self._names if name in self._predicate.columns] or self._names[:1]
        while not self.complete and (self._tested < MAX_TESTED or self.found < wanted):
            place, first = self._next
            file = open_file(self._files.files[place].path)
            positions = leaf_positions(file.metadata)
            for index in range(first, file.num_row_groups):
                group = file.metadata.row_group(index)
                if self._predicate.may_match(group, positions):
                    if self._tested >= MAX_TESTED and self.found >= wanted:
                        return
                    mask = self._predicate.arrow_mask(file.read_row_group(index, columns=tested))
                    self._tested += group.num_rows
                    if kept := int(pc.sum(mask).as_py() or 0):
                        self._groups.append((place, index))
                        self._ends.append(self.found + kept)
                self._next = (place, index + 1)
            self._next = (place + 1, 0)
            self.complete = place + 1 == len(self._files.files)

    def window(self, offset: int, limit: int) -> Iterator[pyarrow.Table]:
        """The kept rows from `offset` on, at most `limit`, of the groups that hold them."""
        from headwater.reading.arrow import open_file

        at = bisect_right(self._ends, offset)
        while at < len(self._ends) and limit > 0:
            place, index = self._groups[at]
            start = self._ends[at - 1] if at else 0
            group = open_file(self._files.files[place].path).read_row_group(index).select(self._names)
            part = group.filter(self._predicate.arrow_mask(group)).slice(max(0, offset - start), limit)
            limit -= part.num_rows
            yield part
            at += 1


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
