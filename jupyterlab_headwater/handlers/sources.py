"""Production sources. Only the host reaches them; this process holds no credential and no driver."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.handlers.datasets import page_size
from jupyterlab_headwater.identity import as_document


def list(request: Request) -> dict[str, Any]:
    document, _ = request.host.call("sources.list", {})
    return document


def links(request: Request) -> dict[str, Any]:
    document, _ = request.host.call("sources.links", _table(request))
    return document


def tables(request: Request) -> dict[str, Any]:
    document, _ = request.host.call(
        "sources.tables",
        {
            "source": request.segments["source"],
            "query": request.query["query"],
            "cursor": request.query["cursor"],
            "limit": page_size(request, 500),
        },
    )
    return document


def masks(request: Request) -> dict[str, Any]:
    document, _ = request.host.call("masks.get", _table(request))
    return document


def decide_masks(request: Request) -> dict[str, Any]:
    document, _ = request.host.call(
        "masks.decide",
        {**_table(request), "decision": asdict(request.body), "actor": as_document(request.actor)},
    )
    return document


def _table(request: Request) -> dict[str, Any]:
    return {"source": request.segments["source"], "table": request.segments["table"]}
