"""This process as Headwater sees it: the kernel, its notebook, the pins that hold in it, and what it records."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from headwater.capture.cells import CellHooks, FinishedCell, RunningCell
from headwater.capture.environment import environment
from headwater.capture.kernel import kernel_id, shell
from headwater.capture.ledger import kernel_ledger
from headwater.capture.mime import publish
from headwater.capture.notebook import FoundNotebook, find_notebook, is_to_be_bound
from headwater.capture.pins import NotebookPinboard
from headwater.capture.spool import Spool
from headwater.clock import now

if TYPE_CHECKING:
    from headwater.capture.git import Repository
    from headwater.home import Home


_BOUND_WITHIN_S = 2.0
"""How long a kernel waits, once, to be bound: a server compares its sessions each second."""


class VersionFacts(Protocol):
    """What a record says of a version; `Version` and the transports' `Resolved` have it."""

    @property
    def dataset(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def files(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def rests_on(self) -> Sequence[str]: ...


class KernelSession:
    """One kernel process and one home. Made by `kernel_session`; safe to use from several threads.

    The cells are followed from the moment it is made. Recording never raises.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.kernel = kernel_id()
        self._ledger = kernel_ledger(home)
        self._spool = Spool(home.spool, self.kernel)
        self._lock = threading.RLock()
        self._seq = 0
        self._reads: dict[str, None] = {}
        self._unpublished: list[dict[str, Any]] = []
        self._repositories: dict[str, Repository] = {}
        self._has_waited = False
        self.pins = NotebookPinboard(home, self._ledger, self.notebook, self._record)
        self._cells: CellHooks | None = None
        running = shell()
        if running is not None:
            self._cells = CellHooks(running, self._cell_started, self._cell_finished)
            self._cells.follow()

    def notebook(self) -> FoundNotebook | None:
        """The notebook that this kernel runs, asked anew each time, so that a rename is followed."""
        found = find_notebook(self.kernel, self._ledger.binding)
        if not self._has_waited and is_to_be_bound(found):
            self._has_waited = True
            deadline = time.monotonic() + _BOUND_WITHIN_S
            while is_to_be_bound(found) and time.monotonic() < deadline:
                time.sleep(0.02)
                found = find_notebook(self.kernel, self._ledger.binding)
        return found

    def record_read(
        self,
        version: VersionFacts,
        *,
        rows: int,
        columns: Sequence[str] | None = None,
        floating: bool = False,
        tag: str | None = None,
    ) -> None:
        """Record that the running cell read `rows` rows of `version`; `columns` None means all of them.

        `floating`: no pin, number or digest holds the next read to this version; `tag`: the one it was asked for by.
        """
        self._reads[f"{version.dataset}@{version.version}"] = None
        self._record(
            "read",
            {
                **_facts(version),
                "rows": rows,
                "columns": None if columns is None else list(columns),
                "floating": floating,
                **({} if tag is None else {"tag": tag}),
            },
        )

    def record_write(self, version: VersionFacts, *, rows: int, inputs: Sequence[str] = ()) -> None:
        """Record that the running cell made `version` out of `inputs`, each ``name@v12``."""
        self._record("write", {**_facts(version), "rows": rows, "inputs": list(inputs)})

    def versions_read(self) -> tuple[str, ...]:
        """What this process has read so far, each ``name@v12``, in the order of the first read."""
        return tuple(self._reads)

    def close(self) -> None:
        """Follow no more cells and close what is open."""
        if self._cells is not None:
            self._cells.remove()
        self._spool.close()
        self._ledger.close()

    @property
    def _running(self) -> RunningCell | None:
        return self._cells.current if self._cells is not None else None

    def _cell_started(self) -> None:
        repository = self._repository(self.notebook())
        if repository is not None:
            repository.refresh()

    def _cell_finished(self, cell: FinishedCell) -> None:
        facts: dict[str, Any] = {
            **cell.run.as_document(),
            "status": cell.status,
            "started": cell.run.started,
            "ended": cell.ended,
            "environment": None,
            "git": None,
        }
        if cell.ended is not None:
            facts["environment"] = environment()
            repository = self._repository(self.notebook())
            facts["git"] = repository.state() if repository is not None else None
        self._write("cell", facts)
        self._publish()

    def _record(self, kind: str, data: Mapping[str, Any]) -> None:
        try:
            running = self._running
            cell = running.as_document() if running else dict.fromkeys(_NO_CELL)
            self._write(kind, {**cell, **data})
        except Exception:
            # A record that is lost makes the stamp say less; a load that fails for it would cost the user a
            # cell.
            return

    def _write(self, kind: str, data: dict[str, Any]) -> None:
        found = self.notebook()
        with self._lock:
            self._seq += 1
            record = {
                "v": 1,
                "id": str(uuid.uuid4()),
                "kernel": self.kernel,
                "notebook": found.notebook if found and found.bound else self.pins.notebook_id(found),
                "path": found.path if found else None,
                "seq": self._seq,
                "at": now(),
                "type": kind,
                "data": data,
            }
            if self._cells is not None and not (found and found.bound):
                # The outputs go wherever the notebook goes; a machine's path must not.
                self._unpublished.append({**record, "path": None})
        try:
            self._spool.append(record)
        except OSError:
            # No room, or a home that cannot be written: the outputs still carry the record in a headless run.
            return

    def _publish(self) -> None:
        with self._lock:
            records, self._unpublished = self._unpublished, []
        for record in records:
            publish(record)

    def _repository(self, found: FoundNotebook | None) -> Repository | None:
        if found is None:
            return None
        repository = self._repositories.get(found.path)
        if repository is None:
            from headwater.capture.git import Repository

            repository = self._repositories[found.path] = Repository(found.path)
        return repository


_NO_CELL = ("cell", "source_sha256", "execution_count")
_sessions: dict[tuple[int, str], KernelSession] = {}
_sessions_lock = threading.Lock()


def kernel_session(home: Home) -> KernelSession:
    """The session of this process with `home`; after a fork the child gets one of its own."""
    key = (os.getpid(), os.fspath(home.path))
    with _sessions_lock:
        found = _sessions.get(key)
        if found is None:
            found = _sessions[key] = KernelSession(home)
        return found


def _facts(version: VersionFacts) -> dict[str, Any]:
    return {
        "dataset": version.dataset,
        "version": version.version,
        "digest": version.digest,
        "files": version.files,
        "kind": version.kind,
        "rests_on": list(version.rests_on),
    }
