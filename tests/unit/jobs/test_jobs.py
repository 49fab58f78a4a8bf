"""Jobs: done, failed, cancelled, waiting, told of sparingly, and ended when their process is gone."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headwater.errors import Cancelled, HostUnavailable, JobNotFound, SourceUnavailable
from headwater.ledger.base import Database
from headwater.ledger.events import Events
from headwater.ledger.jobs import Jobs
from headwater.ledger.migrations import migrate
from headwater.ledger.sqlite import SqliteDatabase
from headwater.models import Job
from headwater.processes import this_process
from headwater.services.jobs import JobContext, JobService


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = SqliteDatabase(tmp_path / "ledger.sqlite")
    migrate(made)
    yield made
    made.close()


@pytest.fixture
def jobs(database: Database) -> Iterator[JobService]:
    made = JobService(database)
    yield made
    made.close()


def events_of(database: Database, job: Job) -> list[dict[str, Any]]:
    return [event.payload for event in Events(database).since(0) if event.subject == job.id]


def test_a_job_ends_with_what_its_work_returns(jobs: JobService, database: Database) -> None:
    def work(context: JobContext) -> dict[str, Any]:
        context.progress(7, 10, "reading")
        return {"rows": 10}

    job = jobs.wait(jobs.submit("sample", "prod.bookings", work).id, 10)
    assert (job.state, job.result, job.done, job.total, job.message) == (
        "done",
        {"rows": 10},
        7,
        10,
        "reading",
    )
    states = [payload["state"] for payload in events_of(database, job)]
    assert (states[0], states[-1]) == ("queued", "done")


def test_another_service_of_the_same_ledger_sees_it(jobs: JobService, database: Database) -> None:
    job = jobs.wait(jobs.submit("import", "a.csv", lambda _: {}).id, 10)
    other = JobService(database)
    assert other.get(job.id) == job
    assert other.recent() == [job]


def test_progress_is_told_at_most_four_times_a_second(jobs: JobService, database: Database) -> None:
    def work(context: JobContext) -> dict[str, Any]:
        deadline = time.monotonic() + 0.6
        count = 0
        while time.monotonic() < deadline:
            count += 1
            context.progress(count)
        return {"count": count}

    job = jobs.wait(jobs.submit("sample", "x", work).id, 10)
    assert job.result is not None and job.result["count"] > 100
    assert job.done == job.result["count"]
    assert len(events_of(database, job)) <= 3 + 4


def test_an_error_of_ours_is_the_jobs_error_and_any_other_tells_only_its_type(jobs: JobService) -> None:
    def ours(context: JobContext) -> dict[str, Any]:
        raise SourceUnavailable("prod is down.", hint="Wait.", details={"source": "prod"})

    def other(context: JobContext) -> dict[str, Any]:
        raise RuntimeError("alice@example.com is in this text")

    failed = jobs.wait(jobs.submit("sample", "x", ours).id, 10)
    assert (failed.state, failed.message) == ("failed", "prod is down.")
    assert failed.error == {
        "code": "source_unavailable",
        "message": "prod is down.",
        "hint": "Wait.",
        "details": {"source": "prod"},
    }
    unforeseen = jobs.wait(jobs.submit("sample", "x", other).id, 10)
    assert unforeseen.state == "failed"
    assert "RuntimeError" in unforeseen.message and "alice" not in str(unforeseen)


def test_cancel_reaches_the_work_both_ways(jobs: JobService) -> None:
    started, called = threading.Event(), threading.Event()

    def work(context: JobContext) -> dict[str, Any]:
        context.on_cancel(called.set)
        started.set()
        while True:
            context.check()
            time.sleep(0.005)

    job = jobs.submit("sample", "x", work)
    assert started.wait(10)
    jobs.cancel(job.id)
    assert called.wait(10)
    assert jobs.wait(job.id, 10).state == "cancelled"
    assert jobs.cancel(job.id).state == "cancelled"


def test_a_failure_that_the_cancel_caused_is_no_failure(jobs: JobService) -> None:
    started, interrupted = threading.Event(), threading.Event()

    def work(context: JobContext) -> dict[str, Any]:
        context.on_cancel(interrupted.set)
        started.set()
        interrupted.wait(10)
        raise ConnectionError("the driver says that the statement was cancelled")

    job = jobs.submit("sample", "x", work)
    assert started.wait(10)
    jobs.cancel(job.id)
    assert jobs.wait(job.id, 10).state == "cancelled"


def test_on_cancel_after_the_cancel_calls_at_once() -> None:
    context = JobContext(lambda *_: None)
    context.cancel()
    called = []
    context.on_cancel(lambda: called.append(1))
    assert called == [1]
    with pytest.raises(Cancelled):
        context.check()


def test_two_run_and_the_others_wait_and_can_be_cancelled_while_they_do(jobs: JobService) -> None:
    go = threading.Event()
    running: list[str] = []

    def work(name: str) -> Any:
        def inner(context: JobContext) -> dict[str, Any]:
            running.append(name)
            go.wait(10)
            return {}

        return inner

    made = [jobs.submit("import", name, work(name)) for name in "abc"]
    deadline = time.monotonic() + 10
    while len(running) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert jobs.get(made[2].id).state == "queued"
    assert jobs.running == 3
    assert jobs.cancel(made[2].id).state == "cancelled"
    go.set()
    assert [jobs.wait(job.id, 10).state for job in made] == ["done", "done", "cancelled"]
    assert sorted(running) == ["a", "b"]


def test_jobs_of_a_process_that_died_have_failed(database: Database) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    worker = f"{ended.pid}.0@{this_process().partition('@')[2]}"
    job = Job("1", "sample", "prod.bookings", "running", "2026-01-01T00:00:00.000Z", done=5)
    with database.transaction() as tx:
        Jobs(database).add(tx, job, worker)
    seen = JobService(database).get("1")
    assert seen.state == "failed"
    assert seen.error is not None and seen.error["code"] == "host_unavailable"
    assert "ended before it was done" in seen.message
    assert [payload["state"] for payload in events_of(database, job)] == ["failed"]


def test_the_job_of_another_live_process_is_not_cancelled_from_here(jobs: JobService, database: Database) -> None:
    with database.transaction() as tx:
        Jobs(database).add(tx, Job("1", "sample", "x", "running", "2026-01-01T00:00:00.000Z"), this_process())
    with pytest.raises(HostUnavailable, match="another Headwater process"):
        jobs.cancel("1")


def test_an_unknown_job(jobs: JobService) -> None:
    with pytest.raises(JobNotFound):
        jobs.get("nope")


def test_closing_stops_what_runs(database: Database) -> None:
    jobs = JobService(database)
    started = threading.Event()

    def work(context: JobContext) -> dict[str, Any]:
        started.set()
        while not context.cancelled():
            time.sleep(0.005)
        raise Cancelled("stopped")

    job = jobs.submit("sample", "x", work)
    assert started.wait(10)
    jobs.close()
    assert JobService(database).get(job.id).state == "cancelled"
