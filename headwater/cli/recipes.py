"""``headwater recipes``."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from typing import TYPE_CHECKING

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, emit, table

if TYPE_CHECKING:
    from headwater.sample_models import SampleRequest, SavedRecipeList


@command("recipes")
@click.argument("name", required=False)
@click.option("--delete", is_flag=True, help="Let the recipe NAME go; samples that were drawn by it stay.")
@click.pass_obj
def recipes(session: Session, name: str | None, delete: bool) -> None:
    """List the saved recipes of the home, or print the recipe NAME as JSON."""
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
    emit(asdict(recipe), lambda: _text(recipe.request))


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


def _text(request: SampleRequest) -> str:
    """The request as JSON, without what is as it would be anyway."""
    defaults = {
        field.name: field.default if field.default_factory is MISSING else field.default_factory()
        for field in fields(request)
    }
    asked = asdict(request)
    said = {name: value for name, value in asked.items() if value != defaults[name]}
    return json.dumps(said, indent=2, ensure_ascii=False)
