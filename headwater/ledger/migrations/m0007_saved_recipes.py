"""Recipes that people keep by a name. ``request`` is text: JSON, encrypted."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE saved_recipe (
        name {text} PRIMARY KEY,
        request TEXT NOT NULL,
        owner TEXT NOT NULL,
        created TEXT NOT NULL,
        changed TEXT NOT NULL)""",
)
