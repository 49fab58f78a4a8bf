"""Which cell of the notebook a run belongs to, and which runs its cells still show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.stamping.canonical import CanonicalCell
from headwater.stamping.records import Run


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the execution of a notebook.

    `latest` has the newest run of each cell that is in the notebook. `before` has older runs, of these cells
    and of cells that are gone, that some cell may still rest on: it ran after them in the same kernel
    process. Each comes with the name of its cell, or None for a cell that is gone.
    """

    latest: dict[str, Run]
    before: tuple[tuple[str | None, Run], ...]


def attribute(runs: Sequence[Run], cells: Sequence[CanonicalCell], counts: Mapping[str, int | None]) -> Evidence:
    """Give each run its cell.

    Parameters
    ----------
    runs:
        Oldest first.
    cells:
        The notebook's cells in document order.
    counts:
        The execution count that the notebook shows for each cell, by cell name.
    """
    owners = _Owners(cells, counts)
    latest: dict[str, Run] = {}
    placed: list[tuple[str | None, Run]] = []
    for run in runs:
        cell = owners.of(run)
        placed.append((cell, run))
        if cell is not None:
            latest[cell] = run
    shown = {id(run) for run in latest.values()}
    ends: dict[str, tuple[str, str, int, int]] = {}
    for run in latest.values():
        ends[run.session] = max(run.order, ends.get(run.session, run.order))
    before = tuple(
        (cell, run)
        for cell, run in placed
        if id(run) not in shown and run.session in ends and run.order < ends[run.session]
    )
    return Evidence(latest, before)


class _Owners:
    """Finds the cell of a run: by the output that held its record, by cell id, else by its source."""

    def __init__(self, cells: Iterable[CanonicalCell], counts: Mapping[str, int | None]) -> None:
        self._counts = counts
        self._sources: dict[str, str] = {}
        self._by_source: dict[str, list[str]] = {}
        self._taken: dict[str, int] = {}
        for cell in cells:
            if cell.type == "code":
                self._sources[cell.id] = cell.source
                self._by_source.setdefault(cell.source, []).append(cell.id)

    def of(self, run: Run) -> str | None:
        # Cells that ran before Headwater was imported are recorded by the cell that imported it, in its
        # outputs.
        is_own_output = run.ended is not None or self._sources.get(run.anchor or "") == run.source
        if run.anchor is not None and is_own_output:
            return run.anchor if run.anchor in self._sources else None
        if run.cell is not None:
            return run.cell if run.cell in self._sources else None
        candidates = self._by_source.get(run.source or "", [])
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        # Cells with equal text that ran without ids: the count on show tells them apart, else their order
        # does.
        by_count = [cell for cell in candidates if run.count is not None and self._counts.get(cell) == run.count]
        if len(by_count) == 1:
            return by_count[0]
        turn = self._taken.get(run.source or "", 0)
        self._taken[run.source or ""] = turn + 1
        return candidates[turn % len(candidates)]


def execution_counts(cells: Sequence[Any], ids: Sequence[str]) -> dict[str, int | None]:
    """The execution counts that a notebook shows, by cell name."""
    shown: dict[str, int | None] = {}
    for cell, name in zip(cells, ids, strict=True):
        count = cell.get("execution_count") if isinstance(cell, Mapping) else None
        shown[name] = count if isinstance(count, int) and not isinstance(count, bool) else None
    return shown
