"""Production sources. Only the host reaches them; this process holds no credential and no driver."""

from __future__ import annotations

from typing import Any

from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.handlers.datasets import page_size


def list(request: Request) -> dict[str, Any]:
    document, _ = request.host.call("sources.list", {})
    return document


def links(request: Request) -> dict[str, Any]:
    document, _ = request.host.call(
        "sources.links", {"source": request.segments["source"], "table": request.segments["table"]}
    )
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
