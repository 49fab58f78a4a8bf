"""Erased versions in the ledger: the tombstones, and which files are still to be removed."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from headwater.clock import now
from headwater.ledger.base import Database, Transaction
from headwater.models import Erasure


@dataclass(frozen=True, slots=True)
class Doomed:
    """A version that is erased, or is about to be. `paths` are the data files that no version that stays has."""

    dataset_id: int
    dataset: str
    number: int
    paths: tuple[str, ...]
    bytes: int


class Erasures:
    """The tombstones of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def doomed(self, tx: Transaction, dataset_id: int, dataset: str, number: int) -> Doomed:
        """What goes when this version does: its files that are in no other version whose rows are still there."""
        rows = tx.query(
            "SELECT v.number FROM version v LEFT JOIN erased e ON e.dataset_id = v.dataset_id AND e.number = v.number"
            " WHERE v.dataset_id = ? AND v.number <> ? AND e.number IS NULL ORDER BY v.number",
            (dataset_id, number),
        )
        kept = [int(row["number"]) for row in rows]
        mine: dict[str, int] = {}
        shared: set[str] = set()
        for row in tx.query("SELECT path, bytes, added, removed FROM data_file WHERE dataset_id = ?", (dataset_id,)):
            end = row["removed"]
            if row["added"] <= number and (end is None or end > number):
                mine[row["path"]] = row["bytes"]
            place = bisect_left(kept, row["added"])
            if place < len(kept) and (end is None or kept[place] < end):
                shared.add(row["path"])
        paths = tuple(path for path in mine if path not in shared)
        return Doomed(dataset_id, dataset, number, paths, sum(mine[path] for path in paths))

    def begin(self, tx: Transaction, doomed: Doomed, erasure: Erasure) -> None:
        """Set the tombstone, and let go of all that the ledger has of the version's rows."""
        tx.execute(
            "INSERT INTO erased (dataset_id, number, reason, actor, at) VALUES (?, ?, ?, ?, ?)",
            (doomed.dataset_id, doomed.number, erasure.reason, erasure.by, erasure.at),
        )
        tx.execute(
            "DELETE FROM profile WHERE version_id = (SELECT id FROM version WHERE dataset_id = ? AND number = ?)",
            (doomed.dataset_id, doomed.number),
        )
        # A file that is to be removed must never be shared with a version to come.
        tx.execute_many(
            "DELETE FROM data_file WHERE dataset_id = ? AND path = ?",
            [(doomed.dataset_id, path) for path in doomed.paths],
        )
        tx.execute("DELETE FROM protected WHERE dataset = ? AND version = ?", (doomed.dataset, f"v{doomed.number}"))
        self.await_removal(tx, doomed, doomed.paths, data=True)

    def await_removal(self, tx: Transaction, doomed: Doomed, paths: Iterable[str], *, data: bool) -> None:
        """Remember files that are to be removed: data files, or those of the store's own that describe them."""
        tx.execute_many(
            "INSERT INTO erasing (dataset_id, number, path, data) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (dataset_id, number, path) DO NOTHING",
            [(doomed.dataset_id, doomed.number, path, int(data)) for path in paths],
        )

    def awaiting(self, doomed: Doomed, *, data: bool) -> list[str]:
        """The files that are still to be removed and that no version has."""
        rows = self._db.query(
            "SELECT e.path FROM erasing e LEFT JOIN data_file f ON f.dataset_id = e.dataset_id AND f.path = e.path"
            " WHERE e.dataset_id = ? AND e.number = ? AND e.data = ? AND f.path IS NULL ORDER BY e.path",
            (doomed.dataset_id, doomed.number, int(data)),
        )
        return [row["path"] for row in rows]

    def finish(self, tx: Transaction, doomed: Doomed) -> None:
        """Note that nothing of the version's rows is left."""
        key = (doomed.dataset_id, doomed.number)
        tx.execute("DELETE FROM erasing WHERE dataset_id = ? AND number = ?", key)
        tx.execute("UPDATE erased SET finished = ? WHERE dataset_id = ? AND number = ?", (now(), *key))

    def restore(self, tx: Transaction, dataset_id: int, number: int, erasure: Erasure) -> None:
        """Set the tombstone of a version in a ledger that is rebuilt; nothing is left to be removed."""
        tx.execute(
            "INSERT INTO erased (dataset_id, number, reason, actor, at, finished) VALUES (?, ?, ?, ?, ?, ?)",
            (dataset_id, number, erasure.reason, erasure.by, erasure.at, erasure.at),
        )

    def unfinished(self) -> list[Doomed]:
        """Erasures that were interrupted, oldest first; `paths` are the data files that may be left."""
        rows = self._db.query(
            "SELECT e.dataset_id, d.name, e.number FROM erased e JOIN dataset d ON d.id = e.dataset_id"
            " WHERE e.finished IS NULL ORDER BY e.at"
        )
        found = [Doomed(row["dataset_id"], row["name"], row["number"], (), 0) for row in rows]
        return [
            Doomed(one.dataset_id, one.dataset, one.number, tuple(self.awaiting(one, data=True)), 0) for one in found
        ]

    def unfinished_of(self, dataset: str, number: int) -> Doomed | None:
        """The erasure of this version, when it was interrupted."""
        return next((one for one in self.unfinished() if (one.dataset, one.number) == (dataset, number)), None)

    def samples_before(self, created: str) -> list[str]:
        """References of samples that were drawn before `created` and whose rows are still there, oldest first."""
        rows = self._db.query(
            "SELECT d.name, v.number FROM version v JOIN dataset d ON d.id = v.dataset_id"
            " LEFT JOIN erased e ON e.dataset_id = v.dataset_id AND e.number = v.number"
            " WHERE v.kind = 'sample' AND v.created < ? AND e.number IS NULL ORDER BY v.created, d.name, v.number",
            (created,),
        )
        return [f"{row['name']}@v{row['number']}" for row in rows]

    def derived_from(self, dataset: str, number: int) -> list[str]:
        """References of versions that were made from this one and whose rows are still there."""
        ref = f"{dataset}@v{number}"
        rows = self._db.query(
            "SELECT d.name, v.number, v.inputs FROM version v JOIN dataset d ON d.id = v.dataset_id"
            " LEFT JOIN erased e ON e.dataset_id = v.dataset_id AND e.number = v.number"
            " WHERE v.inputs LIKE ? AND e.number IS NULL ORDER BY d.name, v.number",
            (f'%"{ref}"%',),
        )
        # LIKE takes _ for any character, and in one dialect A for a.
        return [f"{row['name']}@v{row['number']}" for row in rows if ref in json.loads(row["inputs"])]
