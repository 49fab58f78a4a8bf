"""Imports: a file of the server's root becomes a version."""

from __future__ import annotations

from typing import Any

from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.identity import as_document


def start(request: Request) -> dict[str, Any]:
    body = request.body
    document, _ = request.host.call(
        "import.start",
        {
            "path": str(request.context.paths.existing(body.path)),
            "title": body.path,
            "name": body.name,
            "message": body.message,
            "types": body.types,
            "actor": as_document(request.actor),
        },
    )
    return document
