"""Jobs in the ledger, so that every process sees how far they are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

from headwater.ledger.base import Database, Reader, Row, Transaction
from headwater.models import Job, JobState

_COLUMNS = "id, kind, title, state, created, done, total, unit, message, result, error, worker"
ACTIVE: tuple[JobState, ...] = ("queued", "running")
_ENDED = tuple(state for state in get_args(JobState) if state not in ACTIVE)


class Jobs:
    """The jobs of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, tx: Transaction, job: Job, worker: str) -> None:
        """Keep a new job; `worker` names the process that does it."""
        tx.execute(
            f"INSERT INTO job ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.id, job.kind, job.title, job.state, job.created, job.done, job.total, job.unit,
                job.message, _text(job.result), _text(job.error), worker,
            ),
        )  # fmt: skip

    def update(self, tx: Transaction, job: Job) -> bool:
        """Keep how far a job is; False, and nothing is kept, when it has ended before."""
        ended = ", ".join(f"'{state}'" for state in _ENDED)
        return (
            tx.execute(
                "UPDATE job SET state = ?, done = ?, total = ?, message = ?, result = ?, error = ?"
                f" WHERE id = ? AND state NOT IN ({ended})",
                (job.state, job.done, job.total, job.message, _text(job.result), _text(job.error), job.id),
            )
            > 0
        )

    def get(self, id: str, reader: Reader | None = None) -> Job | None:
        """The job of this id, or None."""
        row = (reader or self._db).one(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (id,))
        return _job(row) if row else None

    def since(self, created: str, limit: int) -> list[Job]:
        """Jobs that were made after a time, newest first."""
        rows = self._db.query(
            f"SELECT {_COLUMNS} FROM job WHERE created >= ? ORDER BY created DESC, id LIMIT ?",
            (created, limit),
        )
        return [_job(row) for row in rows]

    def active(self, reader: Reader | None = None) -> list[tuple[Job, str]]:
        """Jobs that have not ended, each with its worker."""
        states = ", ".join(f"'{state}'" for state in ACTIVE)
        rows = (reader or self._db).query(f"SELECT {_COLUMNS} FROM job WHERE state IN ({states}) ORDER BY created")
        return [(_job(row), row["worker"]) for row in rows]

    def forget_before(self, tx: Transaction, created: str) -> None:
        """Let go of jobs that ended and were made before a time."""
        ended = ", ".join(f"'{state}'" for state in _ENDED)
        tx.execute(f"DELETE FROM job WHERE created < ? AND state IN ({ended})", (created,))


def failed(job: Job, error: dict[str, Any]) -> Job:
    """The job, ended by an error of the one error shape's inner document."""
    return replace(job, state="failed", error=error, message=str(error.get("message", "")))


def _job(row: Row) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], title=row["title"], state=row["state"], created=row["created"],
        done=row["done"], total=row["total"], unit=row["unit"], message=row["message"],
        result=json.loads(row["result"]) if row["result"] else None,
        error=json.loads(row["error"]) if row["error"] else None,
    )  # fmt: skip


def _text(document: dict[str, Any] | None) -> str | None:
    return None if document is None else json.dumps(document, sort_keys=True)
