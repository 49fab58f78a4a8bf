"""Pins: which dataset versions a notebook is held to.

While an editor or a kernel holds a notebook, the ledger's record of its pins is the truth, and the next save
writes it into the file. Else the file is, and a change is written to it at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from headwater.clock import now
from headwater.errors import DatasetNotFound, InvalidNotebook, PinConflict, UsageError, VersionNotFound
from headwater.ledger.notebooks import Binding, NotebookRow
from headwater.models import NotebookPins, Pin, PinOperation, PinStatus, Version
from headwater.naming import check_dataset
from headwater.pin_metadata import MAX_TEXT, entries_of, entry_of, pins_of
from headwater.retention import erased_error
from headwater.services.notebooks import (
    NotebookFile,
    NotebookRegister,
    file_state,
    posted_notebook,
    read_notebook_file,
)

if TYPE_CHECKING:
    from headwater.ledger.base import Database, Transaction
    from headwater.services.catalog import CatalogService
    from headwater.services.floating import FloatingReads

MAX_PINS = 1_000
"""The most pins that a notebook may have."""


class PinService:
    """Reads and changes pins. A path is that of a notebook file, absolute or relative to the working
    directory.

    Parameters
    ----------
    database, catalog:
        The ledger, and what versions there are.
    floating:
        Finds reads of a notebook that no pin holds.
    """

    def __init__(self, database: Database, catalog: CatalogService, floating: FloatingReads) -> None:
        self._db = database
        self._catalog = catalog
        self._floating = floating
        self._register = NotebookRegister(database)
        self._notebooks = self._register.notebooks

    def get(self, path: str | os.PathLike[str]) -> NotebookPins:
        """The pins of a notebook. Raises `NotebookNotFound` and `InvalidNotebook`."""
        place = _place(path)
        row = self._notebooks.by_path(place)
        if row is None or not (self._notebooks.is_held(row.id) or self._register.is_settled(row)):
            with self._db.transaction() as tx:
                row = self._register.settled(tx, place)
        return self._status(row, place)

    def apply(
        self,
        path: str | os.PathLike[str],
        base_revision: int | None,
        operations: Sequence[PinOperation],
        actor: str,
    ) -> NotebookPins:
        """Set and remove pins, all of them or none.

        Parameters
        ----------
        base_revision:
            The revision that the caller has seen; None when it wants its change whatever there is.
        operations:
            Changes of different datasets never conflict. ``set`` takes a version number, a tag or a digest
            prefix, and the newest version when it is given none.

        Raises
        ------
        PinConflict
            The pin of one of these datasets was changed after `base_revision`; nothing was changed now.
        DatasetNotFound, VersionNotFound, BadName, UsageError
            An operation asks for what there is not.
        NotebookNotFound, InvalidNotebook, DiskFull, Unavailable
            The notebook file cannot be read or written; it is as it was.
        """
        place = _place(path)
        wanted = {op.dataset: self._target(op, actor) for op in operations}
        if len(wanted) != len(operations):
            raise UsageError("Two operations change the pin of the same dataset.", hint="Give one for each dataset.")
        with self._db.transaction() as tx:
            row = self._register.settled(tx, place)
            pins = self._register.pins.of(row.id, tx)
            changed = {dataset: pin for dataset, pin in wanted.items() if not _same_choice(pin, pins.get(dataset))}
            self._check_conflicts(tx, row, base_revision, changed, pins)
            if len({**pins, **changed}) > MAX_PINS:
                raise UsageError(f"A notebook can have {MAX_PINS:,} pins.", hint="Unpin what is not used.")
            held = self._notebooks.is_held(row.id, tx)
            row = self._register.change(tx, row, changed, pending=held)
            if changed and not held:
                self._write(tx, row, read_notebook_file(place))
        return self._status(row, place)

    def open(self, path: str | os.PathLike[str], client: str) -> NotebookPins:
        """An editor holds the notebook; call again within 180 s to keep it held. Raises as `get`."""
        place = _place(path)
        with self._db.transaction() as tx:
            row = self._register.settled(tx, place, opening=True)
            self._notebooks.editor_seen(tx, row.id, client)
        return self._status(row, place)

    def close(self, path: str | os.PathLike[str], client: str) -> None:
        """The editor let go. Changes that it did not save wait until the notebook is opened again."""
        place = _place(path)
        with self._db.transaction() as tx:
            row = self._notebooks.by_path(place, tx)
            if row is not None:
                self._notebooks.editor_closed(tx, row.id, client)

    def is_held(self, path: str | os.PathLike[str]) -> bool:
        """Whether an editor or a kernel holds the notebook."""
        row = self._notebooks.by_path(_place(path))
        return row is not None and self._notebooks.is_held(row.id)

    def bind_kernel(self, kernel: str, path: str | os.PathLike[str], owner: str) -> str:
        """A kernel of the calling server runs the notebook at `path`; returns the notebook's id.

        From then on the kernel finds its notebook and its pins by the ledger, also after a rename. Raises as
        `get`.
        """
        place = _place(path)
        with self._db.transaction() as tx:
            self._notebooks.unbind_dead(tx)
            row = self._register.settled(tx, place, opening=True)
            self._notebooks.bind(tx, kernel, row.id, owner)
        return row.id

    def unbind_kernel(self, kernel: str) -> None:
        """The kernel is gone."""
        with self._db.transaction() as tx:
            self._notebooks.unbind(tx, kernel)

    def binding(self, kernel: str) -> Binding | None:
        """What a server bound `kernel` to."""
        return self._notebooks.binding(kernel)

    def record(self, notebook: str) -> tuple[int, list[Pin]]:
        """The revision and the pins of the notebook of this id, as the ledger has them."""
        # The revision first: a change in between then shows as a conflict and not as an overwritten pin.
        row = self._notebooks.by_id(notebook)
        return row.revision if row else 0, list(self._register.pins.of(notebook).values())

    def renamed(self, old: str | os.PathLike[str], new: str | os.PathLike[str]) -> None:
        """A notebook, or a directory with notebooks, was renamed or moved."""
        with self._db.transaction() as tx:
            self._notebooks.rename(tx, _place(old), _place(new))

    def file_section(self, path: str | os.PathLike[str], metadata: Any) -> dict[str, Any]:
        """What a save of the notebook is to write under ``metadata.headwater``: ``id``, ``pins``,
        ``copiedFrom``.

        Of a notebook that is known at `path`, pins are those of the record (or of the file, when nothing
        holds it), whatever the saved content says: a front end's copy of them may be old. Of one that is not,
        they are the content's.

        Parameters
        ----------
        metadata:
            The ``metadata`` of the notebook that is about to be written.
        """
        place = _place(path)
        posted = posted_notebook(place, metadata)
        with self._db.transaction() as tx:
            row = self._notebooks.by_path(place, tx)
            if row is None or not self._is_known(tx, row, posted.notebook):
                row = self._saved_elsewhere(tx, place, posted)
            elif os.path.exists(place) and not (
                self._notebooks.is_held(row.id, tx) or self._register.is_settled(row, tx)
            ):
                row = self._register.merge(tx, row, read_notebook_file(place), opening=True)
            self._register.offer(tx, row, file_state(place))
            pins = self._register.pins.of(row.id, tx)
        return _section(row, pins.values())

    def _is_known(self, tx: Transaction, row: NotebookRow, posted: str | None) -> bool:
        return posted in (None, row.id, row.copied_from) or self._notebooks.is_held(row.id, tx)

    def _saved_elsewhere(self, tx: Transaction, place: str, posted: NotebookFile) -> NotebookRow:
        """A notebook that comes to be at `place` by this save: a new one, a copy, or one from another home."""
        row = self._register.identify(tx, place, posted)
        original = row.copied_from
        copied = original is not None and original == posted.notebook
        pins = posted.pins
        if original is not None and copied and self._notebooks.is_held(original, tx):
            # The content may have been written before the last change of the original's pins; its record was
            # not.
            pins = self._register.pins.of(original, tx)
        before = self._register.pins.of(row.id, tx)
        wanted: dict[str, Pin | None] = {**dict.fromkeys(before), **pins}
        return self._register.change(tx, row, wanted, pending=False)

    def _write(self, tx: Transaction, row: NotebookRow, file: NotebookFile) -> None:
        """Write the record into the file, which nothing holds; what else its section says stays."""
        section = _section(row, self._register.pins.of(row.id, tx).values())
        written = file.write({**file.section, **section})
        self._register.pins.withdraw(tx, row.id)
        self._register.observe(tx, row, written)

    def _target(self, operation: PinOperation, actor: str) -> Pin | None:
        check_dataset(operation.dataset)
        if operation.op == "remove":
            return None
        if operation.pin is not None:
            return self._restored(operation.dataset, operation.pin, actor)
        if len(operation.reason) > MAX_TEXT:
            raise UsageError(f"The reason is longer than {MAX_TEXT:,} characters.", hint="Shorten it.")
        spec = f"@{operation.version}" if operation.version else ""
        version = self._catalog.resolve(operation.dataset + spec)
        if version.erased is not None:
            raise erased_error(version.dataset, version.version, version.kind, **asdict(version.erased))
        return Pin(version.dataset, version.version, version.digest, version.kind, actor, now(), operation.reason)

    def _restored(self, dataset: str, before: Pin, actor: str) -> Pin:
        """A pin as it was. Who pinned and when is of now; a kind that this home knows is not the caller's to say."""
        try:
            pin = pins_of({"pins": {dataset: entry_of(before)}})[dataset]
        except InvalidNotebook:
            pin = None
        if pin != before:
            raise UsageError(f"What is to be put back is no pin of {dataset}.", hint="Pin it to a version instead.")
        known, _ = self._versions(dataset, pin.version)
        kind = known.kind if known is not None and pin.digest in ("", known.digest) else pin.kind
        return replace(pin, kind=kind, pinned_by=actor, pinned_at=now())

    def _check_conflicts(
        self,
        tx: Transaction,
        row: NotebookRow,
        base_revision: int | None,
        changed: Iterable[str],
        pins: dict[str, Pin],
    ) -> None:
        if base_revision is None:
            return
        changes = self._register.pins.changes(row.id, tx)
        for dataset in changed:
            last = changes.get(dataset)
            if base_revision <= row.revision and (last is None or last.revision <= base_revision):
                continue
            pin = pins.get(dataset)
            state = f"is pinned to {pin.version} by {pin.pinned_by}" if pin else "is not pinned any more"
            raise PinConflict(
                f"The pin of {dataset} was changed by somebody else in the meantime: it {state}.",
                hint="Look at the pins again, then decide.",
                details={
                    "dataset": dataset,
                    "version": pin.version if pin else None,
                    "revision": row.revision,
                },
            )

    def _status(self, row: NotebookRow, place: str) -> NotebookPins:
        pins = self._register.pins.of(row.id)
        shown = [self._pin_status(pin) for pin in pins.values()]
        for dataset, version in self._floating.of(row.id, self._notebooks.kernels(row.id)).items():
            if dataset not in pins:
                shown.append(self._floating_status(dataset, version))
        return NotebookPins(place, row.id, row.revision, tuple(sorted(shown, key=lambda status: status.dataset)))

    def _pin_status(self, pin: Pin) -> PinStatus:
        pinned, newest = self._versions(pin.dataset, pin.version)
        if pinned is None or newest is None or (pin.digest and pin.digest != pinned.digest):
            return PinStatus(pin.dataset, "missing", 0, pin, None, newest)
        behind = _number(newest) - _number(pinned)
        if pinned.erased is not None:
            return PinStatus(pin.dataset, "erased", behind, pin, pinned, newest)
        return PinStatus(pin.dataset, "behind" if behind else "current", behind, pin, pinned, newest)

    def _floating_status(self, dataset: str, version: str) -> PinStatus:
        read, newest = self._versions(dataset, version)
        behind = _number(newest) - _number(read) if read and newest else 0
        return PinStatus(dataset, "floating", behind, None, read, newest)

    def _versions(self, dataset: str, version: str) -> tuple[Version | None, Version | None]:
        """The version of this name, and the newest."""
        try:
            newest = self._catalog.resolve(dataset)
        except DatasetNotFound:
            return None, None
        if newest.version == version:
            return newest, newest
        try:
            return self._catalog.resolve(f"{dataset}@{version}"), newest
        except VersionNotFound:
            return None, newest


def _section(row: NotebookRow, pins: Iterable[Pin]) -> dict[str, Any]:
    section: dict[str, Any] = {"id": row.id, "pins": entries_of(pins)}
    if row.copied_from is not None:
        section["copiedFrom"] = row.copied_from
    return section


def _same_choice(wanted: Pin | None, pin: Pin | None) -> bool:
    if wanted is None or pin is None:
        return wanted is pin
    return (wanted.version, wanted.digest, wanted.reason) == (pin.version, pin.digest, pin.reason)


def _place(path: str | os.PathLike[str]) -> str:
    return os.path.realpath(path)


def _number(version: Version) -> int:
    return int(version.version[1:])
