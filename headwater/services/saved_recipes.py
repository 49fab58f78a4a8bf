"""Recipes by name: what somebody asked for once, for all users of the home to ask again."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING

from headwater.clock import now
from headwater.errors import BadName, RecipeNotFound, Refused, UsageError
from headwater.ledger.saved_recipes import SavedRecipes
from headwater.sample_models import SavedRecipe, SavedRecipeList
from headwater.sampling.recipe_key import RecipeKey

if TYPE_CHECKING:
    from headwater.home import Home
    from headwater.ledger.base import Database
    from headwater.policy import Role
    from headwater.sample_models import SampleRequest

MAX_NAME = 80
MAX_RECIPES = 1_000
MAX_BYTES = 262_144


class SavedRecipeService:
    """Keeps requests by a name. Everybody who may draw sees and uses all; its owner and stewards change one.

    A request holds no credential and no row. The values that it filters for are in it, so the ledger has it encrypted
    with the home's recipe key.
    """

    def __init__(self, home: Home, database: Database) -> None:
        self._home = home
        self._db = database

    @cached_property
    def _recipes(self) -> SavedRecipes:
        # The key is made with the first recipe, not by looking at a home.
        key = RecipeKey(self._home.keys)
        return SavedRecipes(self._db, key.seal, key.open)

    def list(self) -> SavedRecipeList:
        """All recipes, by name."""
        return SavedRecipeList(tuple(self._recipes.all()))

    def get(self, name: str) -> SavedRecipe:
        """The recipe of this name. Raises `RecipeNotFound`."""
        found = self._recipes.get(name)
        if found is None:
            raise _not_found(name)
        return found

    def save(self, name: str, request: SampleRequest, user: str, role: Role) -> SavedRecipe:
        """Keep `request` as `name`, in the place of what had the name.

        Raises
        ------
        BadName, UsageError
            The name cannot be one, the request is too large, or there are too many recipes.
        Refused
            The name is somebody else's.
        """
        check_name(name)
        request = replace(request, notebook=None)
        if len(json.dumps(asdict(request))) > MAX_BYTES:
            raise UsageError(
                f"The recipe {name} is larger than {MAX_BYTES // 1024} kB.",
                hint="Draw by a filter instead of a long list of keys.",
            )
        at = now()
        with self._db.transaction() as tx:
            known = self._recipes.get(name, tx)
            if known is None and self._recipes.count(tx) >= MAX_RECIPES:
                raise UsageError(f"There are {MAX_RECIPES:,} saved recipes already.", hint="Delete those not in use.")
            if known is not None:
                _check_owner(known, user, role)
            owner, created = (known.owner, known.created) if known else (user, at)
            saved = SavedRecipe(name, request, owner, created, at)
            self._recipes.put(tx, saved)
        return saved

    def delete(self, name: str, user: str, role: Role) -> SavedRecipe:
        """Let a recipe go; returns what it was, with which `save` brings it back.

        Samples that were drawn by it stay. Raises `RecipeNotFound`, `Refused`.
        """
        with self._db.transaction() as tx:
            known = self._recipes.get(name, tx)
            if known is None:
                raise _not_found(name)
            _check_owner(known, user, role)
            self._recipes.remove(tx, name)
        return known


def check_name(name: str) -> str:
    """Return `name` when a recipe may have it, else raise `BadName`.

    Controls and marks that turn the direction of text could make one name look like another; a slash would end a path.
    """
    plain = unicodedata.normalize("NFC", name)
    shown = all(unicodedata.category(mark)[0] not in "CZ" or mark == " " for mark in name)
    fits = name == plain and name == name.strip() and 1 <= len(name) <= MAX_NAME
    if not (shown and fits and name[0].isalnum()) or set("/\\") & set(name):
        raise BadName(
            "This is no name for a recipe.",
            hint=f"A name has 1 to {MAX_NAME} letters, digits, blanks and signs, without slashes, and starts with a"
            " letter or digit.",
        )
    return name


def _check_owner(recipe: SavedRecipe, user: str, role: Role) -> None:
    if recipe.owner != user and role not in ("steward", "admin"):
        raise Refused(
            f"The recipe {recipe.name} belongs to {recipe.owner}.",
            hint="Save yours under another name, or ask its owner or a steward.",
            details={"recipe": recipe.name, "owner": recipe.owner},
        )


def _not_found(name: str) -> RecipeNotFound:
    shown = "".join(mark if mark.isprintable() else "?" for mark in name[:MAX_NAME])
    return RecipeNotFound(
        f"There is no saved recipe {shown}.",
        hint="See what there is with: headwater recipes",
        details={"recipe": shown},
    )
