"""Pins in the ledger, and which of their changes the notebook files do not have yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from headwater.ledger.base import Database, Reader, Transaction
from headwater.models import Pin
from headwater.pin_metadata import entry_of, pins_of

Entry = str | None
"""What a file holds for one dataset, as canonical JSON; None for nothing."""

_PIN = "dataset, version, digest, kind, pinned_by, pinned_at, reason"


@dataclass(frozen=True, slots=True)
class PinChange:
    """The last change of the pin of one dataset.

    While `pending` the file is not known to have it: it takes the file's entry from `base` to `target`.
    `offered` is the state of the file when a save was last given the change.
    """

    dataset: str
    revision: int
    pending: bool
    base: Entry
    target: Entry
    offered: str | None


class Pins:
    """The pins of a ledger's notebooks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, notebook: str, reader: Reader | None = None) -> dict[str, Pin]:
        """The pins of a notebook, by dataset."""
        rows = (reader or self._db).query(f"SELECT {_PIN} FROM pin WHERE notebook_id = ? ORDER BY dataset", (notebook,))
        return {
            row["dataset"]: Pin(
                row["dataset"], row["version"], row["digest"], row["kind"], row["pinned_by"],
                row["pinned_at"], row["reason"],
            )
            for row in rows
        }  # fmt: skip

    def put(self, tx: Transaction, notebook: str, pin: Pin) -> None:
        """Pin the notebook, in place of what its dataset was pinned to."""
        self.remove(tx, notebook, pin.dataset)
        tx.execute(
            f"INSERT INTO pin (notebook_id, {_PIN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                notebook, pin.dataset, pin.version, pin.digest, pin.kind, pin.pinned_by, pin.pinned_at,
                pin.reason,
            ),
        )  # fmt: skip

    def remove(self, tx: Transaction, notebook: str, dataset: str) -> None:
        """Take the pin of a dataset away."""
        tx.execute("DELETE FROM pin WHERE notebook_id = ? AND dataset = ?", (notebook, dataset))

    def changes(self, notebook: str, reader: Reader | None = None) -> dict[str, PinChange]:
        """The last change of each dataset's pin, those that were taken away included."""
        rows = (reader or self._db).query(
            "SELECT dataset, revision, pending, base, target, offered FROM pin_change WHERE notebook_id = ?",
            (notebook,),
        )
        return {
            row["dataset"]: PinChange(
                row["dataset"], row["revision"], bool(row["pending"]), row["base"], row["target"],
                row["offered"],
            )
            for row in rows
        }  # fmt: skip

    def note(self, tx: Transaction, notebook: str, change: PinChange) -> None:
        """Keep the last change of a dataset's pin."""
        tx.execute(
            "INSERT INTO pin_change (notebook_id, dataset, revision, pending, base, target, offered)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (notebook_id, dataset) DO UPDATE SET"
            " revision = excluded.revision, pending = excluded.pending, base = excluded.base,"
            " target = excluded.target, offered = excluded.offered",
            (
                notebook, change.dataset, change.revision, int(change.pending), change.base, change.target,
                change.offered,
            ),
        )  # fmt: skip

    def offer(self, tx: Transaction, notebook: str, state: str | None) -> None:
        """Note that a save of a file in this state was given all pending changes."""
        tx.execute(
            "UPDATE pin_change SET offered = ? WHERE notebook_id = ? AND pending = 1 AND offered IS NULL",
            (state or "", notebook),
        )

    def withdraw(self, tx: Transaction, notebook: str) -> None:
        """Note that no save that was given a pending change is under way."""
        tx.execute("UPDATE pin_change SET offered = NULL WHERE notebook_id = ? AND pending = 1", (notebook,))

    def settle(self, tx: Transaction, notebook: str, datasets: Iterable[str]) -> None:
        """Note that these changes are pending no more."""
        tx.execute_many(
            "UPDATE pin_change SET pending = 0, base = NULL, target = NULL, offered = NULL"
            " WHERE notebook_id = ? AND dataset = ?",
            [(notebook, dataset) for dataset in datasets],
        )


def entry_text(pin: Pin | None) -> Entry:
    """What a file holds for `pin`."""
    return None if pin is None else json.dumps(entry_of(pin), sort_keys=True, ensure_ascii=False)


def entry_pin(dataset: str, entry: Entry) -> Pin | None:
    """The pin that an entry stands for."""
    if entry is None:
        return None
    document: Mapping[str, object] = {"pins": {dataset: json.loads(entry)}}
    return pins_of(document)[dataset]
