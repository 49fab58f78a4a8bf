"""The handshake."""

from __future__ import annotations

from headwater.models import Status
from headwater.policy import ROLES
from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.routes import PREFIX


def show(request: Request) -> Status:
    """Say which Headwater answers. The home's name is shown, never its path."""
    return Status(
        version=request.context.version,
        api=PREFIX,
        home=request.headwater.home.path.name,
        user=request.actor.user,
        role=request.actor.role,
        actions=tuple(sorted(ROLES[request.actor.role])),
        warnings=request.context.warnings,
    )
