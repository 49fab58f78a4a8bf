"""The recipes that people keep by a name."""

from __future__ import annotations

import json
from dataclasses import asdict

from headwater.ledger.base import Database, Reader, Row, Transaction
from headwater.sample_models import SavedRecipe, request_of

_COLUMNS = "name, request, owner, created, changed"


class SavedRecipes:
    """The saved recipes of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[SavedRecipe]:
        """Every recipe, by name."""
        return [_recipe(row) for row in self._db.query(f"SELECT {_COLUMNS} FROM saved_recipe ORDER BY name")]

    def get(self, name: str, reader: Reader | None = None) -> SavedRecipe | None:
        """The recipe of this name, or None."""
        row = (reader or self._db).one(f"SELECT {_COLUMNS} FROM saved_recipe WHERE name = ?", (name,))
        return _recipe(row) if row else None

    def count(self, reader: Reader) -> int:
        """How many there are."""
        row = reader.one("SELECT count(*) AS n FROM saved_recipe")
        return int(row["n"]) if row else 0

    def put(self, tx: Transaction, recipe: SavedRecipe) -> None:
        """Keep a recipe, in the place of the one that has its name."""
        tx.execute(
            f"INSERT INTO saved_recipe ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET request = excluded.request, changed = excluded.changed",
            (recipe.name, json.dumps(asdict(recipe.request)), recipe.owner, recipe.created, recipe.changed),
        )

    def remove(self, tx: Transaction, name: str) -> None:
        """Let a recipe go."""
        tx.execute("DELETE FROM saved_recipe WHERE name = ?", (name,))


def _recipe(row: Row) -> SavedRecipe:
    request = request_of(json.loads(row["request"]))
    return SavedRecipe(row["name"], request, row["owner"], row["created"], row["changed"])
