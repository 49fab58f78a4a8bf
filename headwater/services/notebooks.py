"""Which notebook is at a path, and how its file and the ledger's record of its pins are brought together.

An id goes with its notebook through renames. A file that holds the id of another notebook that is still where
it was is a copy and gets an id of its own; when the other is gone, it has moved.

The record and the file are merged three ways. A pin that was changed while the notebook was open is *pending*
until its file is seen to have it. It is dropped when somebody else has changed the file's entry since, or has
written the file after a save that was given the change: with no editor open the file is the truth.
"""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.errors import InvalidNotebook, NotebookNotFound, Unavailable
from headwater.ledger.events import Events
from headwater.ledger.leases import Leases
from headwater.ledger.notebooks import NotebookRow, Notebooks
from headwater.ledger.pins import PinChange, Pins, entry_pin, entry_text
from headwater.models import Pin
from headwater.pin_metadata import METADATA_KEY, notebook_id_of, pins_of, section_of
from headwater.stamping.files import read_file, write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.ledger.base import Database, Reader, Transaction

_TICK_NS = 50_000_000


@dataclass(frozen=True, slots=True)
class NotebookFile:
    """A notebook file when it was in `state`; `section` is its ``metadata.headwater``."""

    path: str
    state: str | None
    raw: bytes | None
    content: dict[str, Any]
    section: dict[str, Any]

    @property
    def notebook(self) -> str | None:
        """The id that the file holds."""
        return notebook_id_of(self.section)

    @property
    def pins(self) -> dict[str, Pin]:
        """The pins that the file holds. Raises `InvalidNotebook` when they are malformed."""
        return pins_of(self.section)

    @property
    def is_young(self) -> bool:
        """Whether the file was written so lately that another write might leave its state as it is.

        File systems stamp files by a clock that ticks every few milliseconds.
        """
        return self.state is not None and time.time_ns() - int(self.state.split(":")[1]) < _TICK_NS

    def write(self, section: dict[str, Any]) -> NotebookFile:
        """The file with another section, written in one step. Raises `DiskFull` or `Unavailable`; then it is
        as it was.
        """
        metadata = {**self.content.get("metadata", {}), METADATA_KEY: section}
        content = {**self.content, "metadata": metadata}
        write_notebook(Path(self.path), content, unless=self.raw)
        return NotebookFile(self.path, file_state(self.path), None, content, section)


def read_notebook_file(path: str) -> NotebookFile:
    """Read a notebook file. Raises `NotebookNotFound` and `InvalidNotebook`; the file is left as it is."""
    # The state first: a write in between then shows as another state.
    state = file_state(path)
    raw, content = read_file(Path(path))
    if not isinstance(content.get("cells"), list):
        raise InvalidNotebook(
            f"{Path(path).name} is JSON but not a notebook: it has no cells.",
            hint="Convert an old notebook with: jupyter nbconvert --to notebook",
        )
    return NotebookFile(path, state, raw, content, section_of(content.get("metadata")))


def posted_notebook(path: str, metadata: Any) -> NotebookFile:
    """What a save is about to write, as if it were the file."""
    return NotebookFile(path, None, None, {}, section_of(metadata))


def file_state(path: str) -> str | None:
    """A text that changes when the file does; None when there is no file."""
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return f"{stat.st_ino}:{stat.st_mtime_ns}:{stat.st_size}"


class NotebookRegister:
    """Keeps the ledger's notebooks and their files together. Every method runs in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self.notebooks = Notebooks(database)
        self.pins = Pins(database)
        self._leases = Leases(database)
        self._events = Events(database)

    def settled(self, tx: Transaction, path: str, *, opening: bool = False) -> NotebookRow:
        """The notebook at `path`, its record brought up to date with its file unless something holds it open.

        `opening` says that an editor or a kernel takes hold of it now: pending changes then hold again.
        """
        row = self.notebooks.by_path(path, tx)
        if row is not None and self.notebooks.is_held(row.id, tx):
            return row
        return self.merge(tx, self.identify(tx, path, file := read_notebook_file(path)), file, opening=opening)

    def is_settled(self, row: NotebookRow, reader: Reader | None = None) -> bool:
        """Whether the record says what the file does, as far as the file's state tells."""
        if row.path is None or row.file_state is None or row.file_state != file_state(row.path):
            return False
        return not any(change.pending for change in self.pins.changes(row.id, reader).values())

    def identify(self, tx: Transaction, path: str, file: NotebookFile) -> NotebookRow:
        """The notebook that `file` at `path` is, which may be a new one, a copy, or one that has moved here."""
        row, claimed = self.notebooks.by_path(path, tx), file.notebook
        if row is not None:
            its_own = claimed == row.id or (not row.in_file and claimed in (None, row.copied_from))
            if its_own or self.notebooks.is_held(row.id, tx):
                return row
        if claimed is None:
            # A new notebook, or one in the place of another that did have an id.
            return self.notebooks.add(tx, str(uuid.uuid4()), path)
        other = self.notebooks.by_id(claimed, tx)
        if other is None:
            copied_from = file.section.get("copiedFrom")
            return self.notebooks.add(tx, claimed, path, copied_from if isinstance(copied_from, str) else None)
        if other.path is not None and other.path != path and self._is_there(tx, other, other.path):
            return self.notebooks.add(tx, str(uuid.uuid4()), path, claimed)
        self.notebooks.move(tx, other.id, path)
        return replace(other, path=path)

    def merge(self, tx: Transaction, row: NotebookRow, file: NotebookFile, *, opening: bool = False) -> NotebookRow:
        """Take the file's pins into the record; with `opening`, pending changes on top of them."""
        in_file = file.pins
        changes = self.pins.changes(row.id, tx)
        wanted = dict(in_file)
        over = []
        for change in changes.values():
            if not change.pending:
                continue
            entry = entry_text(in_file.get(change.dataset))
            written_since = change.offered is not None and change.offered != (file.state or "")
            if entry == change.target or entry != change.base or written_since:
                over.append(change.dataset)
            elif opening:
                pin = entry_pin(change.dataset, change.target)
                if pin is None:
                    wanted.pop(change.dataset, None)
                else:
                    wanted[change.dataset] = pin
        self.pins.settle(tx, row.id, over)
        revision = self._replace(tx, row, wanted)
        return self.observe(tx, replace(row, revision=revision), file)

    def observe(self, tx: Transaction, row: NotebookRow, file: NotebookFile) -> NotebookRow:
        """Note what the notebook's file was seen to be."""
        in_file, state = file.notebook == row.id, None if file.is_young else file.state
        self.notebooks.observe(tx, row.id, in_file, state)
        return replace(row, in_file=in_file, file_state=state)

    def change(
        self, tx: Transaction, row: NotebookRow, changed: dict[str, Pin | None], *, pending: bool
    ) -> NotebookRow:
        """Change the record: set these pins, and take away those that are None."""
        before = self.pins.of(row.id, tx)
        earlier = self.pins.changes(row.id, tx)
        changed = {name: pin for name, pin in changed.items() if pin != before.get(name)}
        if not changed:
            return row
        revision = self.notebooks.revise(tx, row.id)
        for name, pin in changed.items():
            known = earlier.get(name)
            base = known.base if known is not None and known.pending else entry_text(before.get(name))
            target = entry_text(pin)
            waits = pending and target != base
            self.pins.note(
                tx,
                row.id,
                PinChange(name, revision, waits, base if waits else None, target if waits else None, None),
            )
            if pin is None:
                self.pins.remove(tx, row.id, name)
            else:
                self.pins.put(tx, row.id, pin)
        self.published(tx, row, revision, changed)
        return replace(row, revision=revision)

    def offer(self, tx: Transaction, row: NotebookRow, state: str | None) -> None:
        """A save of the notebook, whose file is in `state`, is given the record.

        Changes that an earlier save was given are done: the file has been written since.
        """
        changes = self.pins.changes(row.id, tx).values()
        done = [
            change.dataset
            for change in changes
            if change.pending and change.offered is not None and change.offered != (state or "")
        ]
        self.pins.settle(tx, row.id, done)
        self.pins.offer(tx, row.id, state)

    def published(self, tx: Transaction, row: NotebookRow, revision: int, datasets: Iterable[str]) -> None:
        """Tell that pins changed, and let the leases follow them."""
        pins = self.pins.of(row.id, tx)
        self._leases.hold(tx, row.id, ((pin.dataset, pin.version) for pin in pins.values()))
        self._events.append(tx, "pins", row.id, {"revision": revision, "datasets": sorted(datasets)})

    def _replace(self, tx: Transaction, row: NotebookRow, wanted: dict[str, Pin]) -> int:
        before = self.pins.of(row.id, tx)
        changed = [name for name in {**before, **wanted} if before.get(name) != wanted.get(name)]
        if not changed:
            return row.revision
        revision = self.notebooks.revise(tx, row.id)
        known = self.pins.changes(row.id, tx)
        for name in changed:
            if name in wanted:
                self.pins.put(tx, row.id, wanted[name])
            else:
                self.pins.remove(tx, row.id, name)
            last = known.get(name) or PinChange(name, revision, False, None, None, None)
            self.pins.note(tx, row.id, replace(last, revision=revision))
        self.published(tx, row, revision, changed)
        return revision

    def _is_there(self, tx: Transaction, row: NotebookRow, path: str) -> bool:
        """Whether the notebook is still at `path`."""
        if self.notebooks.is_held(row.id, tx):
            return True
        state = file_state(path)
        if state is None or state == row.file_state:
            return state is not None and row.in_file
        try:
            return read_notebook_file(path).notebook == row.id
        except (NotebookNotFound, Unavailable):
            return False
        except InvalidNotebook:
            # Damaged is not gone: a copy made of it before is a copy still.
            return True
