"""Samples of several tables: the rows of a root and all that their foreign keys need, in one snapshot, as one set."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import ColumnNotFound, UsageError
from headwater.naming import namespace_of, suggest
from headwater.processes import is_alive, this_process
from headwater.sample_models import Link, SampleRequest
from headwater.sampling.alike import Column, TableMasks, alike, leaders
from headwater.sampling.closure import Budget, Closure, Outcome, orphans, reached

if TYPE_CHECKING:
    import pyarrow

    from headwater.sample_models import SourceTable
    from headwater.sampling.masker import Masker
    from headwater.services.budgets import Meter
    from headwater.services.jobs import JobContext
    from headwater.sources.base import Drawing, Snapshot

_SPOOL = "sample-set-"


class SetTables:
    """The tables of one set within a snapshot, as a closure reads them."""

    def __init__(
        self, snapshot: Snapshot, root: Drawing, links: Sequence[Link], request: SampleRequest, meter: Meter
    ) -> None:
        self._meter = meter
        self.root = root.table.name
        self.known = _with_logical(links, request.links)
        self.links = [
            link
            for link in reached(self.root, self.known, request.children, request.cut)
            if link.name not in request.cut
        ]
        names = {name: None for link in self.links for name in (link.child, link.parent) if name != self.root}
        self.drawings: dict[str, Drawing] = {self.root: root, **{name: snapshot.table(name) for name in sorted(names)}}
        for link in request.links:
            _check_columns(link, self.drawings)

    def table(self, name: str) -> SourceTable:
        return self.drawings[name].table

    def schema(self, name: str) -> pyarrow.Schema:
        return self.drawings[name].schema

    def among(self, name: str, columns: Sequence[str], keys: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
        return self._meter.counted(self.drawings[name].among(columns, keys))

    def masks(self, chosen: Mapping[str, TableMasks]) -> tuple[dict[str, TableMasks], dict[str, dict[str, str]]]:
        """The masks of all tables, so that joins hold; and for each table whose values its columns hold."""
        led = leaders(self.links, chosen)
        names: dict[str, dict[str, str]] = {name: {} for name in self.drawings}
        for column, leader in led.items():
            names[column.table][column.name] = str(leader)
        return alike(chosen, led), names


def masks_asked(request: SampleRequest, table: str, tables: Sequence[str]) -> dict[str, str]:
    """What `request` asks for the columns of one of `tables`, the root first.

    A mask is for ``schema.table.column``; what names none of the other tables is a column of the root.
    """
    found = {}
    for name, mask in request.masks.items():
        owner = next((one for one in tables if name.startswith(f"{one}.")), tables[0])
        if owner == table:
            found[name.removeprefix(f"{table}.")] = mask
    return found


def root_masks(request: SampleRequest, root: str, columns: Sequence[str]) -> dict[str, str]:
    """What `request` asks for the columns of the root, before anybody knows the other tables."""
    found = masks_asked(request, root, (root,))
    return {name: mask for name, mask in found.items() if not request.related or name.partition("$")[0] in columns}


def datasets_of(root: str, dataset: str, tables: Sequence[str], first_schema: str) -> dict[str, str]:
    """What each table's dataset is called: the root's as given, the others' in its namespace. Each name once."""
    names, taken = {root: dataset}, {dataset}
    for table in tables:
        if table == root:
            continue
        schema, _, name = table.partition(".")
        plain = name if schema == first_schema else f"{schema}_{name}"
        for offered in (plain, f"{schema}_{name}", *(f"{schema}_{name}_{n}" for n in range(2, 100))):
            chosen = suggest(f"{namespace_of(dataset)}.{offered.replace('.', '_')}")
            if chosen not in taken:
                break
        names[table] = chosen
        taken.add(chosen)
    return names


class Spool:
    """Masked rows of a set on disk, table by table, until they are committed. Nothing unmasked is written."""

    def __init__(self, folder: Path, schemas: Mapping[str, pyarrow.Schema]) -> None:
        import pyarrow as pa

        self._schemas = dict(schemas)
        self._paths = {name: folder / f"{number}.arrows" for number, name in enumerate(schemas)}
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writers = {
            name: pa.ipc.new_stream(path, schemas[name], options=options) for name, path in self._paths.items()
        }

    def write(self, table: str, batch: pyarrow.RecordBatch) -> None:
        """Keep masked rows."""
        self._writers[table].write_batch(batch)

    def end(self) -> None:
        """Nothing more will be written."""
        for writer in self._writers.values():
            writer.close()

    def reader(self, table: str) -> pyarrow.RecordBatchReader:
        """The rows of one table."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self._schemas[table], self.batches(table))

    def batches(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pyarrow.RecordBatch]:
        """The rows of one table, or some columns of them."""
        import pyarrow as pa

        with pa.memory_map(str(self._paths[table])) as file, pa.ipc.open_stream(file) as stream:
            for batch in stream:
                yield batch if columns is None else batch.select(list(columns))

    def orphans(self, links: Sequence[Link]) -> dict[str, int]:
        """Rows that refer to a row which is not there, by the name of the link, as they are after masking."""
        found = {}
        for link in links:
            mine, theirs = self._schemas.get(link.child), self._schemas.get(link.parent)
            if mine is None or theirs is None or not set(link.columns) <= set(mine.names):
                continue
            if not set(link.parent_columns) <= set(theirs.names):
                continue
            lost = orphans(link, self.batches(link.child, link.columns), self.batches(link.parent, link.parent_columns))
            if lost:
                found[link.name] = lost
        return found


@contextmanager
def spooled(run: Path, schemas: Mapping[str, pyarrow.Schema]) -> Iterator[Spool]:
    """A spool in the home, gone with the block; those of processes that were killed go now."""
    for left in run.glob(f"{_SPOOL}*"):
        if not is_alive(left.name.removeprefix(_SPOOL).rpartition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    folder = run / f"{_SPOOL}{this_process()}-{secrets.token_hex(4)}"
    os.mkdir(folder, 0o700)
    spool = Spool(folder, schemas)
    try:
        yield spool
    finally:
        spool.end()
        shutil.rmtree(folder, ignore_errors=True)


def fill(
    tables: SetTables,
    rows: Iterator[pyarrow.RecordBatch],
    request: SampleRequest,
    maskers: Mapping[str, Masker],
    spool: Spool,
    max_rows: int,
    context: JobContext,
) -> Outcome:
    """Draw the root's rows and all that they need, mask them, and keep them in `spool`.

    Raises `SampleRefused` where that is more than `max_rows`.
    """
    drawn: dict[str, int] = {}

    def keep(table: str, batch: pyarrow.RecordBatch) -> None:
        context.check()
        spool.write(table, maskers[table].apply(batch))
        drawn[table] = drawn.get(table, 0) + batch.num_rows
        context.progress(sum(drawn.values()), None, f"{table}: {drawn[table]:,} rows")

    closure = Closure(
        tables,
        tables.root,
        tables.known,
        children=request.children,
        cut=request.cut,
        keep=keep,
        budget=Budget(max_rows),
    )
    outcome = closure.run(rows)
    spool.end()
    return outcome


def unique_columns(table: str, key: Sequence[str], links: Sequence[Link]) -> set[str]:
    """The columns of `table` whose different values must stay different: those of its key and of links."""
    mine = (link.columns for link in links if link.child == table)
    theirs = (link.parent_columns for link in links if link.parent == table)
    return {*key}.union(*mine, *theirs)


def _with_logical(links: Sequence[Link], logical: Sequence[Link]) -> tuple[Link, ...]:
    named = {link.name: link for link in links}
    for link in logical:
        if len(link.columns) != len(link.parent_columns) or not link.columns:
            raise UsageError(
                f"The link {link.name} has not as many columns on both sides.",
                hint="Give one column of the parent for each of the child.",
                details={"field": "links"},
            )
        named.setdefault(link.name, link)
    return tuple(named.values())


def _check_columns(link: Link, drawings: Mapping[str, Drawing]) -> None:
    for table, columns in ((link.child, link.columns), (link.parent, link.parent_columns)):
        known = drawings[table].schema.names if table in drawings else None
        for column in columns:
            if known is not None and column not in known:
                raise ColumnNotFound(
                    f"{table} has no column {column}, which the link {link.name} names.",
                    hint=f"Columns: {', '.join(known)}.",
                    details={"field": "links", "column": str(Column(table, column))},
                )
