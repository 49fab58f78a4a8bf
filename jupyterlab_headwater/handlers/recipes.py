"""Recipes by name: list, show, save, delete. They are in the ledger; production is not reached."""

from __future__ import annotations

from headwater.sample_models import SavedRecipe, SavedRecipeList
from jupyterlab_headwater.handlers.base import Request


def list(request: Request) -> SavedRecipeList:
    return request.headwater.saved_recipes.list()


def show(request: Request) -> SavedRecipe:
    return request.headwater.saved_recipes.get(request.segments["name"])


def save(request: Request) -> SavedRecipe:
    actor = request.actor
    return request.headwater.saved_recipes.save(request.segments["name"], request.body, actor.user, actor.role)


def delete(request: Request) -> SavedRecipe:
    actor = request.actor
    return request.headwater.saved_recipes.delete(request.segments["name"], actor.user, actor.role)
