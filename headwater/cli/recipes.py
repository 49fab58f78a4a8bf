"""``headwater recipes``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, emit, table
from headwater.recipe_text import recipe_text

if TYPE_CHECKING:
    from headwater.sample_models import SavedRecipeList


@command("recipes")
@click.argument("name", required=False)
@click.option("--delete", is_flag=True, help="Let the recipe NAME go; samples that were drawn by it stay.")
@click.pass_obj
def recipes(session: Session, name: str | None, delete: bool) -> None:
    """List the saved recipes of the home, or print the recipe NAME, as headwater sample --recipe takes it."""
    service = session.headwater.saved_recipes
    if name is None:
        if delete:
            raise click.UsageError("--delete needs the NAME of a recipe.")
        found = service.list()
        emit(asdict(found), lambda: _recipes(found) or "No recipe was saved. The dialog of Load Sample saves one.")
        return
    if delete:
        # Who can run this command can write to the ledger.
        gone = service.delete(name, session.headwater.user, "admin")
        emit(asdict(gone), f"Deleted {gone.name}.")
        return
    recipe = service.get(name)
    emit(asdict(recipe), lambda: recipe_text(recipe.request))


def _recipes(found: SavedRecipeList) -> str:
    return table(
        ("Recipe", "Table", "Method", "Rows", "Owner", "Changed"),
        [
            (
                one.name,
                f"{one.request.source} {one.request.table}" + (" and related" if one.request.related else ""),
                one.request.method,
                f"{one.request.rows:,}",
                one.owner,
                ago(one.changed),
            )
            for one in found.recipes
        ],
        right=("Rows",),
    )
