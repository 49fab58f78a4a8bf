"""Jobs: long work that the host does."""

from __future__ import annotations

from typing import Any

from headwater.models import Job, JobList
from jupyterlab_headwater.handlers.base import Request
from jupyterlab_headwater.identity import as_document


def list(request: Request) -> JobList:
    return JobList(tuple(request.headwater.jobs.recent()))


def show(request: Request) -> Job:
    return request.headwater.jobs.get(request.segments["job"])


def cancel(request: Request) -> dict[str, Any]:
    document, _ = request.host.call("job.cancel", {"job": request.segments["job"], "actor": as_document(request.actor)})
    return document
