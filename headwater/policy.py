"""Who may do what, as data. A route, a command and a host operation each name one action from here."""

from __future__ import annotations

from typing import Literal

Action = Literal["read", "pin", "sample", "write", "recall", "erase", "publish", "admin"]
Role = Literal["viewer", "analyst", "steward", "admin"]

ACTIONS: dict[Action, str] = {
    "read": "see datasets, versions, rows, stamps and the tables of a source",
    "pin": "hold a notebook to dataset versions",
    "sample": "draw a masked sample from a source",
    "write": "make versions, describe and tag datasets",
    "recall": "mark a version as not to be used",
    "erase": "remove a version's rows for ever",
    "publish": "put a notebook into a collection",
    "admin": "configure sources, rights and keys",
}

ROLES: dict[Role, frozenset[Action]] = {
    "viewer": frozenset({"read"}),
    "analyst": frozenset({"read", "pin", "sample", "write"}),
    "steward": frozenset({"read", "pin", "sample", "write", "recall", "erase", "publish"}),
    "admin": frozenset({"read", "pin", "sample", "write", "recall", "erase", "publish", "admin"}),
}


def allows(role: Role | None, action: Action) -> bool:
    """Whether `role` may do `action`; no role may do nothing."""
    return role is not None and action in ROLES[role]
