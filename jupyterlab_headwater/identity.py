"""From a Jupyter user to Headwater's actor and role."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from headwater.policy import Role

if TYPE_CHECKING:
    from jupyter_server.auth.identity import IdentityProvider, User

ActorSource = Literal["request", "os-account", "session-owner"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and how that is known: by the request's identity, or as the owner of this server's account."""

    user: str
    source: ActorSource
    role: Role


def owner() -> str:
    """The owner of this server: the hub's user, else the account of the operating system."""
    return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def actor_of(user: User | None, provider: IdentityProvider, role: Role) -> Actor:
    """Name the actor behind an authenticated request.

    The stock identity providers of Jupyter Server make up a name for each browser ("Anonymous Io"), which says
    nothing; with them the only person that can be meant is the owner of the account the server runs under.
    """
    if user is None or _is_anonymous(user, provider):
        return Actor(owner(), "os-account", role)
    return Actor(user.username, "request", role)


def _is_anonymous(user: User, provider: IdentityProvider) -> bool:
    stock = type(provider).__module__ == "jupyter_server.auth.identity"
    return stock and (user.name or "").startswith("Anonymous")


def role_named(name: str) -> Role:
    """The configured role as its type; the trait has already limited the values."""
    return cast(Role, name)


def as_document(actor: Actor) -> dict[str, Any]:
    """The actor as the host takes it."""
    return {"user": actor.user, "source": actor.source, "role": actor.role}
