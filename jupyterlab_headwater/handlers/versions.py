"""Versions: list, show, look into, tag."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from headwater.errors import UsageError
from headwater.models import RowsPage, Version, VersionPage
from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.handlers.datasets import page_size
from jupyterlab_headwater.identity import as_document


def reference(request: Request) -> str:
    """``namespace.name@version`` from the path."""
    return f"{request.segments['dataset']}@{request.segments['version']}"


def list(request: Request) -> VersionPage:
    return request.headwater.catalog.versions(
        request.segments["dataset"], cursor=request.query["cursor"], limit=page_size(request, 500)
    )


def show(request: Request) -> Version:
    return request.headwater.catalog.resolve(reference(request))


def proof(request: Request) -> dict[str, Any]:
    return request.headwater.proofs.proof(reference(request))


def profile(request: Request) -> dict[str, Any]:
    """Profiles read whole columns, so the host computes them, in its own process."""
    columns = request.query["columns"]
    names = [unquote(name) for name in columns.split(",")] if columns else None
    document, _ = request.host.call("profile", {"ref": reference(request), "columns": names})
    return document


def diff(request: Request) -> dict[str, Any]:
    """Diffs read whole columns, so the host computes them, in its own process."""
    before = f"{request.segments['dataset']}@{request.query['before']}"
    document, _ = request.host.call("diff", {"before": before, "after": reference(request), "key": None})
    return document


def rows(request: Request) -> RowsPage:
    if request.query["offset"] < 0:
        raise UsageError("offset must not be negative.")
    return request.headwater.preview.rows(
        reference(request),
        offset=request.query["offset"],
        limit=page_size(request, 1000),
        where=request.query["where"],
    )


def erase(request: Request) -> dict[str, Any]:
    document, _ = request.host.call(
        "version.erase",
        {
            "dataset": request.segments["dataset"],
            "version": request.segments["version"],
            "reason": request.body.reason,
            "actor": as_document(request.actor),
        },
    )
    return document


def tag(request: Request) -> Version:
    request.headwater.catalog.tag(reference(request), request.segments["tag"], request.actor.user)
    return request.headwater.catalog.resolve(reference(request))


def untag(request: Request) -> Version:
    version = request.headwater.catalog.resolve(reference(request))
    named = f"{version.dataset}@{version.version}"
    request.headwater.catalog.untag(named, request.segments["tag"], request.actor.user)
    return request.headwater.catalog.resolve(named)
