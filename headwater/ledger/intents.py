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
class Intent:
    """A commit in flight. `token` begins the names of its files; `version` is None until all are written."""

    id: int
    dataset: str
    token: str
    version: NewVersion | None = None
    files: tuple[DataFile, ...] = ()

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

    def begin(self, dataset: str, token: str) -> Intent:
        """Note that a commit to `dataset` begins."""
        with self._db.transaction() as tx:
            id = tx.insert(
                "INSERT INTO intent (dataset, document, started) VALUES (?, ?, ?)",
                (dataset, json.dumps({"token": token}), now()),
            )
        return Intent(id, dataset, token)

    def ready(self, intent: Intent, version: NewVersion, files: Sequence[DataFile]) -> Intent:
        """Note that all files are written, and what the version will be."""
        document = {
            "token": intent.token,
            "version": asdict(replace(version, created=version.created or now())),
            "files": [list(file) for file in files],
        }
        with self._db.transaction() as tx:
            tx.execute("UPDATE intent SET document = ? WHERE id = ?", (json.dumps(document), intent.id))
        return _intent(intent.id, intent.dataset, document)

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
    if facts is None:
        return Intent(id, dataset, document["token"])
    version = NewVersion(
        **{
            **facts,
            "rests_on": tuple(facts["rests_on"]),
            "inputs": tuple(facts["inputs"]),
            "schema": tuple(Column(**column) for column in facts["schema"]),
        }
    )
    return Intent(id, dataset, document["token"], version, tuple(DataFile(*file) for file in document["files"]))
