"""Datasets: find, show, describe."""

from __future__ import annotations

from headwater.errors import UsageError
from headwater.models import Dataset, DatasetPage, NamespaceList
from jupyterlab_headwater.handlers.base import Request


def page_size(request: Request, most: int) -> int:
    """The page size asked for, within 1 to `most` rows."""
    limit = int(request.query["limit"])
    if not 1 <= limit <= most:
        raise UsageError(f"limit must be 1 to {most}, not {limit}.")
    return limit


def search(request: Request) -> DatasetPage:
    query = request.query
    return request.headwater.catalog.search(
        query["query"],
        namespace=query["namespace"],
        kind=query["kind"],
        sort=query["sort"],
        descending=query["descending"],
        cursor=query["cursor"],
        limit=page_size(request, 500),
        offset=query["offset"],
    )


def namespaces(request: Request) -> NamespaceList:
    return request.headwater.catalog.namespaces()


def show(request: Request) -> Dataset:
    return request.headwater.catalog.dataset(request.segments["dataset"], request.actor.user, request.actor.role)


def change(request: Request) -> Dataset:
    name = request.segments["dataset"]
    request.headwater.catalog.describe(name, request.body.description, request.actor.user, request.actor.role)
    return request.headwater.catalog.dataset(name, request.actor.user, request.actor.role)
