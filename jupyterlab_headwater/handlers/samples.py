"""Samples: plan and draw."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.handlers.versions import reference
from jupyterlab_headwater.identity import as_document


def plan(request: Request) -> dict[str, Any]:
    document, _ = request.host.call(
        "sample.plan",
        {"request": asdict(request.body), "actor": as_document(request.actor)},
        left=request.gone,
    )
    return document


def refresh(request: Request) -> dict[str, Any]:
    document, _ = request.host.call("sample.refresh", {"ref": reference(request), "actor": as_document(request.actor)})
    return document


def start(request: Request) -> dict[str, Any]:
    recipe = asdict(request.body)
    if recipe["notebook"] is not None:
        recipe["notebook"] = str(request.context.paths.existing(recipe["notebook"]))
    document, _ = request.host.call("sample.draw", {"request": recipe, "actor": as_document(request.actor)})
    return document
