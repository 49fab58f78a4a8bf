"""Jobs: long work in threads of this process, seen and stopped from everywhere."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from headwater.clock import as_text, now
from headwater.errors import Cancelled, HeadwaterError, HostUnavailable, JobNotFound, Unavailable
from headwater.ledger.events import Events
from headwater.ledger.jobs import ACTIVE, Jobs, failed
from headwater.models import Job
from headwater.processes import is_alive, this_process
from headwater.traces import trace

if TYPE_CHECKING:
    from headwater.ledger.base import Database

MAX_RUNNING = 2
MAX_WAITING = 100
_TELL_EVERY_S = 0.25
_KEPT_DAYS = 30

log = logging.getLogger(__name__)


class JobContext:
    """What the work of a job talks to. Safe to use from several threads."""

    def __init__(self, tell: Callable[[int, int | None, str], None]) -> None:
        self._tell = tell
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the work is. Cheap enough to call for each batch; told on at most four times a second."""
        self._tell(done, total, message)

    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise `Cancelled` when somebody asked to stop."""
        if self.cancelled():
            raise Cancelled("Stopped on request; nothing was kept.")

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Have `callback` called once, from another thread, when somebody asks to stop; at once when they
        have.

        It must return soon: it interrupts a statement or closes a connection, and waits for nothing.
        """
        with self._lock:
            if not self._stop.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def cancel(self) -> None:
        """Ask the work to stop."""
        with self._lock:
            self._stop.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception as error:
                log.warning("headwater: a job's cancel callback failed\n%s", trace(error))


class JobService:
    """Runs jobs of this process and shows those of all processes.

    At most two run at a time; the rest wait their turn. Threads are started with the first job, so that a
    process that only looks at jobs has none.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._jobs = Jobs(database)
        self._events = Events(database)
        self._lock = threading.Lock()
        self._contexts: dict[str, JobContext] = {}
        self._pool: ThreadPoolExecutor | None = None

    def submit(
        self,
        kind: Literal["import", "sample"],
        title: str,
        work: Callable[[JobContext], dict[str, Any]],
        *,
        unit: str = "rows",
        never: Callable[[], None] = lambda: None,
    ) -> Job:
        """Start `work`, or let it wait its turn. What it returns, JSON values only, is the job's result. `never` is
        called instead when the job is cancelled before its turn.

        A `HeadwaterError` that it raises is the job's error; any other exception fails it without telling its
        text, which may hold anything. Raises `Unavailable` when too many jobs wait already.
        """
        self.reap()
        job = Job(str(uuid.uuid4()), kind, title, "queued", now(), unit=unit)
        with self._lock:
            if len(self._contexts) >= MAX_WAITING:
                raise Unavailable("Too many jobs are waiting.", hint="Wait for some to end, or cancel them.")
            telling = _Telling(self, job)
            context = self._contexts[job.id] = JobContext(telling.progress)
            self._pool = self._pool or ThreadPoolExecutor(MAX_RUNNING, thread_name_prefix="headwater-job")
            pool = self._pool
        try:
            with self._db.transaction() as tx:
                self._jobs.add(tx, job, this_process())
                self._publish(tx, job)
            pool.submit(self._run, telling, context, work, never)
        except BaseException:
            with self._lock:
                self._contexts.pop(job.id, None)
            raise
        return job

    def get(self, id: str) -> Job:
        """One job. Raises `JobNotFound`."""
        self.reap()
        found = self._jobs.get(id)
        if found is None:
            raise JobNotFound(
                "There is no such job.", hint="Jobs that ended are kept for 30 days.", details={"job": id}
            )
        return found

    def recent(self) -> list[Job]:
        """Jobs of the last day, newest first."""
        self.reap()
        return self._jobs.since(as_text(datetime.now(UTC) - timedelta(days=1)), 200)

    def cancel(self, id: str) -> Job:
        """Ask a job of this process to stop; one that has ended stays as it is. Raises `JobNotFound`.

        The job is ``cancelled`` when its work has stopped; one that was waiting, at once.
        """
        job = self.get(id)
        if job.state not in ACTIVE:
            return job
        with self._lock:
            context = self._contexts.get(id)
        if context is None:
            raise HostUnavailable(
                "The job belongs to another Headwater process.",
                hint="Cancel it from there, or end that process.",
            )
        context.cancel()
        if job.state == "queued":
            self.keep(replace(job, state="cancelled", message="Cancelled before it started."))
        return self.get(id)

    def wait(self, id: str, timeout_s: float | None = None) -> Job:
        """Wait until a job has ended, or for `timeout_s` seconds; returns how it is then. Raises
        `JobNotFound`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while (job := self.get(id)).state in ACTIVE:
            if deadline is not None and time.monotonic() >= deadline:
                break
            time.sleep(0.05)
        return job

    @property
    def running(self) -> int:
        """How many jobs of this process have not ended."""
        with self._lock:
            return len(self._contexts)

    def reap(self) -> None:
        """End the jobs of processes that are gone."""
        dead = [job for job, worker in self._jobs.active() if not is_alive(worker)]
        if not dead:
            return
        with self._db.transaction() as tx:
            self._jobs.forget_before(tx, as_text(datetime.now(UTC) - timedelta(days=_KEPT_DAYS)))
            for job in dead:
                ended = failed(job, _process_ended().to_wire()["error"])
                if self._jobs.update(tx, ended):
                    self._publish(tx, ended)

    def close(self) -> None:
        """Ask every job of this process to stop, and wait until they have."""
        with self._lock:
            contexts, pool = list(self._contexts.values()), self._pool
        for context in contexts:
            context.cancel()
        if pool is not None:
            pool.shutdown()

    def keep(self, job: Job) -> bool:
        """Write how far a job is, and tell; False when it has ended before."""
        with self._db.transaction() as tx:
            kept = self._jobs.update(tx, job)
            if kept:
                self._publish(tx, job)
        return kept

    def _run(
        self,
        telling: _Telling,
        context: JobContext,
        work: Callable[[JobContext], dict[str, Any]],
        never: Callable[[], None],
    ) -> None:
        try:
            if context.cancelled() or not telling.change(state="running"):
                never()
                telling.change(state="cancelled")
                return
            telling.change(state="done", result=work(context))
        except Cancelled as error:
            telling.change(state="cancelled", message=error.message)
        except HeadwaterError as error:
            # What a cancel interrupted may report that as any failure of its own.
            if context.cancelled():
                telling.change(state="cancelled", message="Stopped on request; nothing was kept.")
            else:
                telling.fail(error)
        except BaseException as error:
            if context.cancelled():
                telling.change(state="cancelled", message="Stopped on request; nothing was kept.")
                return
            log.error("headwater: a job failed unforeseen\n%s", trace(error))
            telling.fail(
                Unavailable(
                    f"The job failed in a way that Headwater did not foresee ({type(error).__name__}).",
                    hint="The host's log in the home's run folder says where.",
                )
            )
        finally:
            with self._lock:
                self._contexts.pop(telling.job.id, None)

    def _publish(self, tx: Any, job: Job) -> None:
        self._events.append(tx, "job", job.id, asdict(job))


class _Telling:
    """Writes what a job's work says, progress at most four times a second."""

    def __init__(self, service: JobService, job: Job) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._told = float("-inf")
        self.job = job

    def progress(self, done: int, total: int | None, message: str) -> None:
        with self._lock:
            self.job = replace(
                self.job,
                done=done,
                total=self.job.total if total is None else total,
                message=message or self.job.message,
            )
            if time.monotonic() - self._told < _TELL_EVERY_S:
                return
            self._told = time.monotonic()
            try:
                self._service.keep(self.job)
            except HeadwaterError as error:
                # A ledger that is busy costs the reader one step of progress, not the job.
                log.info("headwater: the progress of a job was not kept: %s", error.code)

    def change(self, **fields: Any) -> bool:
        with self._lock:
            self.job = replace(self.job, **fields)
            return self._service.keep(self.job)

    def fail(self, error: HeadwaterError) -> None:
        with self._lock:
            self.job = failed(self.job, error.to_wire()["error"])
            self._service.keep(self.job)


def _process_ended() -> HeadwaterError:
    return HostUnavailable(
        "The Headwater process that did this work ended before it was done; nothing was kept.",
        hint="Start it again.",
    )
