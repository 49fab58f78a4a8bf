"""How samples were drawn: the recipe by its digest, and what a draw of it found, by the version that it made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.ledger.base import Database, Transaction


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a version was drawn. `total` are the rows that the table had then, None when nobody counted them.

    `document` is the recipe without its literals; `sealed` has those, encrypted, or is None where there are none.
    """

    recipe: str
    document: Mapping[str, Any]
    drawn: int
    total: int | None
    sealed: str | None = None


class Recipes:
    """The recipes of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, tx: Transaction, digest: str, document: Mapping[str, Any], sealed: str | None) -> None:
        """Keep a recipe; the same digest is the same recipe, so one that is there stays."""
        tx.execute(
            "INSERT INTO recipe (digest, document, sealed) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            (digest, json.dumps(document, sort_keys=True), sealed),
        )

    def note_drawn(
        self, tx: Transaction, dataset: str, version: str, recipe: str, drawn: int, total: int | None
    ) -> None:
        """Keep what a draw of a recipe gave."""
        tx.execute(
            "INSERT INTO drawn (dataset, version, recipe, drawn, total) VALUES (?, ?, ?, ?, ?)",
            (dataset, version, recipe, drawn, total),
        )

    def of(self, dataset: str, version: str) -> Drawn | None:
        """How a version was drawn, or None where nothing is known of it."""
        row = self._db.one(
            "SELECT r.digest, r.document, r.sealed, d.drawn, d.total FROM drawn d JOIN recipe r ON r.digest = d.recipe"
            " WHERE d.dataset = ? AND d.version = ?",
            (dataset, version),
        )
        if row is None:
            return None
        return Drawn(row["digest"], json.loads(row["document"]), int(row["drawn"]), row["total"], row["sealed"])
