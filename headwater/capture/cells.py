"""Which cell runs, and a record of each run: hooks on IPython's ``pre_run_cell`` and ``post_run_cell``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from headwater.clock import now


@dataclass(frozen=True, slots=True)
class RunningCell:
    """One execution. `cell` is the notebook's cell id, None where none is sent (headless runs)."""

    cell: str | None
    source_sha256: str
    execution_count: int
    started: str | None

    def as_document(self) -> dict[str, Any]:
        """The fields that every record of this execution has."""
        return {
            "cell": self.cell,
            "source_sha256": self.source_sha256,
            "execution_count": self.execution_count,
        }


@dataclass(frozen=True, slots=True)
class FinishedCell:
    """A cell that ended. `ended` is None for one that ran before Headwater was imported."""

    run: RunningCell
    status: str
    ended: str | None


class CellHooks:
    """Follows the cells of an IPython shell.

    Parameters
    ----------
    shell:
        The IPython shell.
    started:
        Called when a cell begins, and at once for the one in whose middle the hooks are made.
    finished:
        Called when one has ended, also for the cells that ran before the hooks were there.

    What these raise never reaches the user's cell.
    """

    def __init__(self, shell: Any, started: Callable[[], None], finished: Callable[[FinishedCell], None]) -> None:
        self._shell = shell
        self._started = started
        self._finished = finished
        self.current: RunningCell | None = None

    def follow(self) -> None:
        """Tell of the cells that have run so far, and of every one from the running one on."""
        self.current = _interrupted_cell(self._shell)
        if self.current is not None:
            self._start()
        for cell in _earlier_cells(self._shell):
            self._tell(cell)
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)

    def remove(self) -> None:
        """Follow no more."""
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.events.unregister("post_run_cell", self._after)

    def _before(self, info: Any) -> None:
        try:
            self.current = RunningCell(
                getattr(info, "cell_id", None),
                source_digest(info.raw_cell),
                len(_history(self._shell)),
                now(),
            )
        except Exception:
            # A fault of ours must not cost the user a cell: without a record the stamp says less, never
            # wrong.
            return
        self._start()

    def _after(self, result: Any) -> None:
        run, self.current = self.current, None
        if run is not None:
            self._tell(FinishedCell(run, "ok" if result.success else "error", now()))

    def _start(self) -> None:
        try:
            self._started()
        except Exception:
            return

    def _tell(self, cell: FinishedCell) -> None:
        try:
            self._finished(cell)
        except Exception:
            return


def source_digest(source: str) -> str:
    """The SHA-256 of a cell's source, its line ends as LF: the form that stamps compare by."""
    return hashlib.sha256(source.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()


def _interrupted_cell(shell: Any) -> RunningCell | None:
    """The cell in whose middle the hooks were made, by the request that runs it."""
    parent = getattr(shell, "parent_header", None)
    content = parent.get("content", {}) if isinstance(parent, dict) else {}
    source = content.get("code")
    history = _history(shell)
    if source is None:
        source = history[-1]
    if not source:
        return None
    cell = parent.get("metadata", {}).get("cellId") if isinstance(parent, dict) else None
    return RunningCell(cell, source_digest(source), len(history) - 1, now())


def _earlier_cells(shell: Any) -> list[FinishedCell]:
    """The cells that ran before Headwater was imported, from IPython's history, which knows no cell ids.

    IPython keeps which of them failed since version 9; with an older one nothing is claimed.
    """
    history = shell.history_manager
    failed = getattr(history, "exceptions", None)
    if failed is None:
        return []
    return [
        FinishedCell(RunningCell(None, source_digest(source), count, None), "error" if count in failed else "ok", None)
        for count, source in enumerate(_history(shell)[:-1])
        if count > 0 and source
    ]


def _history(shell: Any) -> list[str]:
    """The sources that ran, at the place of their execution count; that of a running cell comes last.

    The counter itself does not tell which cell runs: since IPython 9.16 it is one ahead by then.
    """
    sources: list[str] = shell.history_manager.input_hist_raw
    return sources
