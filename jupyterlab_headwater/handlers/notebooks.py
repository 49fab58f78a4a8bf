"""Notebooks: pins, and the stamp as people see it."""

from __future__ import annotations

from dataclasses import replace

from headwater.models import NotebookPins, Passport, VerifyResult
from jupyterlab_headwater.handlers.base import Request


def _as_seen(request: Request, pins: NotebookPins, path: str) -> NotebookPins:
    """Pins as the browser knows them: by API path, since a machine path is nobody's business there."""
    return replace(pins, path=path)


def pins(request: Request) -> NotebookPins:
    path = request.query["path"]
    return _as_seen(request, request.headwater.pins.get(request.context.paths.existing(path)), path)


def change_pins(request: Request) -> NotebookPins:
    body = request.body
    changed = request.headwater.pins.apply(
        request.context.paths.existing(body.path), body.base_revision, body.operations, request.actor.user
    )
    return _as_seen(request, changed, body.path)


def open(request: Request) -> NotebookPins:
    body = request.body
    opened = request.headwater.pins.open(request.context.paths.existing(body.path), body.client)
    return _as_seen(request, opened, body.path)


def close(request: Request) -> None:
    body = request.body
    request.headwater.pins.close(request.context.paths.file(body.path), body.client)


def passport(request: Request) -> Passport:
    path = request.query["path"]
    return replace(request.headwater.stamps.passport(request.context.paths.existing(path)), path=path)


def verify(request: Request) -> VerifyResult:
    path = request.body.path
    return replace(request.headwater.stamps.verify(request.context.paths.existing(path)), notebook=path)
