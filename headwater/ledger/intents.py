"""Commits in flight: what is needed to finish or undo one whose process is gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from headwater.clock import now
from headwater.datafile import DataFile
from headwater.ledger.base import Database, Row, Transaction
from headwater.ledger.versions import NewVersion
from headwater.models import Column


@dataclass(frozen=True, slots=True)
class SetPlace:
    """The place of a commit in a set of them, of which all or none become versions.

    Once it is `sealed` every commit of the set has its files, and all of them will be versions. `schema` are the
    columns as Arrow IPC in base64, for whoever must finish it.
    """

    set: str
    position: int
    schema: str
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A commit in flight. `token` begins the names of its files; `version` is None until all are written."""

    id: int
    dataset: str
    token: str
    version: NewVersion | None = None
    files: tuple[DataFile, ...] = ()
    place: SetPlace | None = None

    def version_at(self, snapshot: str) -> NewVersion:
        """The version, now that the store has it."""
        assert self.version is not None
        return replace(self.version, snapshot=snapshot)

    def summary(self) -> dict[str, Any]:
        """The version's facts, as a store keeps them beside its snapshot; the columns are the table's own."""
        assert self.version is not None
        facts = asdict(self.version)
        return {key: facts[key] for key in facts if key not in ("dataset", "schema", "snapshot", "location")}


class Intents:
    """The intents of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, dataset: str, token: str, place: SetPlace | None = None) -> Intent:
        """Note that a commit to `dataset` begins, as one of a set where it has a `place`."""
        with self._db.transaction() as tx:
            id = tx.insert(
                "INSERT INTO intent (dataset, document, started) VALUES (?, ?, ?)",
                (dataset, json.dumps({"token": token, "place": _placed(place)}), now()),
            )
        return Intent(id, dataset, token, place=place)

    def ready(self, intent: Intent, version: NewVersion, files: Sequence[DataFile]) -> Intent:
        """Note that all files are written, and what the version will be."""
        document = {
            "token": intent.token,
            "place": _placed(intent.place),
            "version": asdict(replace(version, created=version.created or now())),
            "files": [list(file) for file in files],
        }
        with self._db.transaction() as tx:
            tx.execute("UPDATE intent SET document = ? WHERE id = ?", (json.dumps(document), intent.id))
        return _intent(intent.id, intent.dataset, document)

    def seal(self, set: str) -> list[Intent]:
        """Note that all commits of a set have their files, in one step; returns them in the order of their places."""
        with self._db.transaction() as tx:
            for row in tx.query("SELECT id, document FROM intent ORDER BY id"):
                document = json.loads(row["document"])
                if (document.get("place") or {}).get("set") == set:
                    document["place"]["sealed"] = True
                    tx.execute("UPDATE intent SET document = ? WHERE id = ?", (json.dumps(document), row["id"]))
        return self.of_set(set)

    def of_set(self, set: str) -> list[Intent]:
        """The open commits of a set, in the order of their places."""
        found = map(_from_row, self._db.query("SELECT id, dataset, document FROM intent ORDER BY id"))
        placed = [(intent.place.position, intent) for intent in found if intent.place and intent.place.set == set]
        return [intent for _, intent in sorted(placed, key=lambda one: one[0])]

    def end(self, tx: Transaction, intent: Intent) -> None:
        """Forget a commit that is finished or undone."""
        tx.execute("DELETE FROM intent WHERE id = ?", (intent.id,))

    def is_open(self, intent: Intent) -> bool:
        """Whether the commit is neither finished nor undone."""
        return self._db.one("SELECT id FROM intent WHERE id = ?", (intent.id,)) is not None

    def of(self, dataset: str) -> list[Intent]:
        """The open commits to a dataset, oldest first."""
        rows = self._db.query("SELECT id, dataset, document FROM intent WHERE dataset = ? ORDER BY id", (dataset,))
        return [_from_row(row) for row in rows]

    def datasets(self) -> list[str]:
        """The datasets with open commits."""
        return [row["dataset"] for row in self._db.query("SELECT DISTINCT dataset FROM intent ORDER BY dataset")]


def _from_row(row: Row) -> Intent:
    return _intent(row["id"], row["dataset"], json.loads(row["document"]))


def _intent(id: int, dataset: str, document: dict[str, Any]) -> Intent:
    facts = document.get("version")
    place = SetPlace(**document["place"]) if document.get("place") else None
    if facts is None:
        return Intent(id, dataset, document["token"], place=place)
    version = NewVersion(
        **{
            **facts,
            "rests_on": tuple(facts["rests_on"]),
            "inputs": tuple(facts["inputs"]),
            "schema": tuple(Column(**column) for column in facts["schema"]),
        }
    )
    files = tuple(DataFile(*file) for file in document["files"])
    return Intent(id, dataset, document["token"], version, files, place)


def _placed(place: SetPlace | None) -> dict[str, Any] | None:
    return None if place is None else asdict(place)
