"""Stamps that were given out, and in which order each notebook carried them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.clock import now
from headwater.ledger.base import Database, Transaction


@dataclass(frozen=True, slots=True)
class Issue:
    """A stamp as the last save of its notebook carried it. `digest` names it; `document` is the stamp."""

    digest: str
    document: dict[str, Any]
    written: bool


class Stamps:
    """The ledger's stamps. A stamp is kept once; an issue is one save that carried it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def newest(self, notebook: str) -> Issue | None:
        """What the newest save of `notebook` carried, whether it is known to have been written or not."""
        row = self._db.one(
            """SELECT s.digest, s.document, i.state FROM stamp_issue i JOIN stamp s ON s.digest = i.digest
               WHERE i.notebook = ? ORDER BY i.id DESC LIMIT 1""",
            (notebook,),
        )
        return Issue(row["digest"], json.loads(row["document"]), row["state"] == "written") if row else None

    def issue(self, tx: Transaction, notebook: str, digest: str, document: Mapping[str, Any]) -> None:
        """Keep a stamp, and note that a save of `notebook` is about to carry it.

        The digest is over all of a stamp but its signatures, which may come later.
        """
        tx.execute(
            """INSERT INTO stamp (digest, stamp_id, notebook, previous, created, document)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET document = excluded.document""",
            (
                digest,
                document["stampId"],
                notebook,
                document["log"]["previous"],
                document["createdAt"],
                json.dumps(document, sort_keys=True),
            ),
        )
        tx.execute(
            "INSERT INTO stamp_issue (notebook, digest, state, at) VALUES (?, ?, 'pending', ?)",
            (notebook, digest, now()),
        )

    def written(self, tx: Transaction, notebook: str, digest: str) -> bool:
        """Note that the last save that carried `digest` is in the file; False when there is no such save."""
        row = tx.one(
            """SELECT id FROM stamp_issue WHERE notebook = ? AND digest = ? AND state = 'pending'
               ORDER BY id DESC LIMIT 1""",
            (notebook, digest),
        )
        if row is None:
            return False
        return tx.execute("UPDATE stamp_issue SET state = 'written' WHERE id = ?", (row["id"],)) == 1

    def is_superseded(self, notebook: str, digest: str) -> bool:
        """Whether another stamp reached the file after the last save that carried `digest`.

        A stamp that this ledger never gave out is not known to be superseded. A save that was not seen to
        reach the file supersedes nothing.
        """
        row = self._db.one(
            """SELECT 1 FROM stamp_issue later
               WHERE later.notebook = ? AND later.state = 'written' AND later.digest <> ?
                 AND later.id > (SELECT max(id) FROM stamp_issue WHERE notebook = ? AND digest = ?)""",
            (notebook, digest, notebook, digest),
        )
        return row is not None

    def by_stamp_id(self, notebook: str, stamp_id: str) -> dict[str, Any] | None:
        """The stamp of `notebook` with this id."""
        row = self._db.one("SELECT document FROM stamp WHERE notebook = ? AND stamp_id = ?", (notebook, stamp_id))
        return dict(json.loads(row["document"])) if row else None
