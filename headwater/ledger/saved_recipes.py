"""The recipes that people keep by a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from headwater.ledger.base import Database, Reader, Row, Transaction
from headwater.sample_models import SavedRecipe, request_of

_COLUMNS = "name, request, owner, created, changed"


class SavedRecipes:
    """The saved recipes of a ledger.

    Parameters
    ----------
    seal, unseal:
        A request as it is kept, by the recipe's name, and back: the values that it filters for can be people's.
    """

    def __init__(
        self,
        db: Database,
        seal: Callable[[dict[str, Any], str], str],
        unseal: Callable[[str, str], dict[str, Any]],
    ) -> None:
        self._db = db
        self._seal = seal
        self._unseal = unseal

    def all(self) -> list[SavedRecipe]:
        """Every recipe, by name."""
        return [self._recipe(row) for row in self._db.query(f"SELECT {_COLUMNS} FROM saved_recipe ORDER BY name")]

    def get(self, name: str, reader: Reader | None = None) -> SavedRecipe | None:
        """The recipe of this name, or None."""
        row = (reader or self._db).one(f"SELECT {_COLUMNS} FROM saved_recipe WHERE name = ?", (name,))
        return self._recipe(row) if row else None

    def count(self, reader: Reader) -> int:
        """How many there are."""
        row = reader.one("SELECT count(*) AS n FROM saved_recipe")
        return int(row["n"]) if row else 0

    def put(self, tx: Transaction, recipe: SavedRecipe) -> None:
        """Keep a recipe, in the place of the one that has its name."""
        tx.execute(
            f"INSERT INTO saved_recipe ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET request = excluded.request, changed = excluded.changed",
            (
                recipe.name,
                self._seal(asdict(recipe.request), recipe.name),
                recipe.owner,
                recipe.created,
                recipe.changed,
            ),
        )

    def remove(self, tx: Transaction, name: str) -> None:
        """Let a recipe go."""
        tx.execute("DELETE FROM saved_recipe WHERE name = ?", (name,))

    def _recipe(self, row: Row) -> SavedRecipe:
        request = request_of(self._unseal(row["request"], row["name"]))
        return SavedRecipe(row["name"], request, row["owner"], row["created"], row["changed"])
