"""What a host does for its clients: one row an operation, one handler each.

A handler takes what it needs from the call, asks one service, and answers with a JSON document.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from headwater.errors import Cancelled, HeadwaterError, UsageError, error_from_wire
from headwater.host.arguments import Arguments
from headwater.models import Job, PinOperation, Version
from headwater.recipe_text import checked_request
from headwater.sample_models import MaskDecision
from headwater.services.catalog import MAX_PAGE

if TYPE_CHECKING:
    from headwater.assembly import Headwater
    from headwater.policy import Action, Role
    from headwater.sample_models import SampleRequest, SampleResult
    from headwater.services.jobs import JobContext
    from headwater.services.sample_lines import SampleLine

_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `source` says how that is known: ``request``, ``session-owner`` or ``os-account``."""

    user: str
    source: str
    role: Role


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation. `payload` is what came with it; `gone` says whether the client has left."""

    headwater: Headwater
    args: Arguments
    actor: Actor
    payload: BinaryIO | None = None
    gone: Callable[[], bool] = field(default=lambda: False)


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table: what the caller's role must allow, and what is done."""

    action: Action
    handler: Callable[[Call], dict[str, Any]]
    takes_payload: bool = False


def ping(call: Call) -> dict[str, Any]:
    """Which host answers."""
    import os

    from headwater.version import headwater_version

    return {"pid": os.getpid(), "version": headwater_version(), "jobs": call.headwater.running_jobs}


def save(call: Call) -> dict[str, Any]:
    """Commit the payload as a derived version."""
    import pyarrow as pa

    if call.payload is None:
        raise UsageError("There is nothing to save: the call came without rows.")
    inputs = call.args.texts("inputs")
    with _stream(call.payload, pa) as reader:
        version = call.headwater.commits.commit(
            call.args.text("dataset"),
            reader,
            kind="derived",
            rests_on=_rests_on(call.headwater, inputs),
            message=call.args.text("message", ""),
            author=call.actor.user,
            inputs=inputs,
            cancelled=call.gone,
        )
    return asdict(version)


def pins_get(call: Call) -> dict[str, Any]:
    """The pins of a notebook."""
    return asdict(call.headwater.pins.get(call.args.text("path")))


def pins_apply(call: Call) -> dict[str, Any]:
    """Set and remove pins."""
    args = call.args
    operations = args.models("operations", PinOperation)
    changed = call.headwater.pins.apply(
        args.text("path"), args.maybe_number("base_revision"), operations, call.actor.user
    )
    return asdict(changed)


def kernel_binding(call: Call) -> dict[str, Any]:
    """The notebook that a kernel is bound to."""
    found = call.headwater.pins.binding(call.args.text("kernel"))
    return {"binding": None if found is None else asdict(found)}


def kernel_pins(call: Call) -> dict[str, Any]:
    """The pins of a bound notebook, by its id."""
    revision, pins = call.headwater.pins.record(call.args.text("notebook"))
    return {"revision": revision, "pins": [asdict(pin) for pin in pins]}


def dataset_get(call: Call) -> dict[str, Any]:
    """A dataset with its newest version."""
    return asdict(call.headwater.catalog.dataset(call.args.text("dataset")))


def version_resolve(call: Call) -> dict[str, Any]:
    """The version that a number, a tag or a digest names; the newest without one."""
    spec = call.args.maybe_text("spec")
    dataset = call.args.text("dataset")
    return asdict(call.headwater.catalog.resolve(dataset if spec is None else f"{dataset}@{spec}"))


def version_list(call: Call) -> dict[str, Any]:
    """All versions of a dataset, newest first."""
    dataset, cursor, found = call.args.text("dataset"), None, []
    while True:
        page = call.headwater.catalog.versions(dataset, cursor, MAX_PAGE)
        found += [asdict(change.version) for change in page.versions]
        cursor = page.next_cursor
        if cursor is None:
            return {"versions": found}


def version_files(call: Call) -> dict[str, Any]:
    """The data files of a version, in row order."""
    catalog = call.headwater.catalog
    version = catalog.resolve(f"{call.args.text('dataset')}@{call.args.text('version')}")
    files = catalog.files(version)
    return {"files": [{"path": file.path, "bytes": file.bytes, "rows": file.rows} for file in files]}


def version_erase(call: Call) -> dict[str, Any]:
    """Remove the rows of a version for ever."""
    ref = f"{call.args.text('dataset')}@{call.args.text('version')}"
    return asdict(call.headwater.erasure.erase(ref, call.args.text("reason"), call.actor.user, call.gone))


def catalog_search(call: Call) -> dict[str, Any]:
    """A page of datasets."""
    page = call.headwater.catalog.search(
        call.args.text("query", ""),
        cursor=call.args.maybe_text("cursor"),
        limit=call.args.number("limit", 50),
    )
    return asdict(page)


def diff(call: Call) -> dict[str, Any]:
    """What changed between two versions."""
    args = call.args
    return asdict(call.headwater.diffs.diff(args.text("before"), args.text("after"), args.maybe_texts("key")))


def profile(call: Call) -> dict[str, Any]:
    """What the columns of a version hold."""
    return asdict(call.headwater.profiles.profile(call.args.text("ref"), call.args.maybe_texts("columns")))


def sources_list(call: Call) -> dict[str, Any]:
    """The configured sources, and whether they answer."""
    return asdict(call.headwater.samples.sources())


def sources_tables(call: Call) -> dict[str, Any]:
    """A page of a source's tables."""
    args = call.args
    page = call.headwater.samples.tables(
        args.text("source"), args.text("query", ""), args.maybe_text("cursor"), args.number("limit", 50)
    )
    return asdict(page)


def sources_links(call: Call) -> dict[str, Any]:
    """The foreign keys of one table of a source."""
    return asdict(call.headwater.samples.links(call.args.text("source"), call.args.text("table")))


def masks_get(call: Call) -> dict[str, Any]:
    """What is decided of the columns of one table of a source."""
    return asdict(call.headwater.masks.table(call.args.text("source"), call.args.text("table")))


def masks_decide(call: Call) -> dict[str, Any]:
    """Decide masks of columns."""
    args = call.args
    decision = args.model("decision", MaskDecision)
    return asdict(call.headwater.masks.decide(args.text("source"), args.text("table"), decision, call.actor.user))


def sample_plan(call: Call) -> dict[str, Any]:
    """What a draw would do; a client that leaves stops it, also in the source."""
    request = checked_request(call.args.mapping("request"))
    with _while_wanted(call) as context:
        return asdict(call.headwater.samples.plan(request, call.actor.user, context))


def sample_draw(call: Call) -> dict[str, Any]:
    """Start a draw; answers with its job, or, with ``wait``, with what it made."""
    request = checked_request(call.args.mapping("request"))
    return _drawing(call, request, call.headwater.samples.draw)


def sample_refresh(call: Call) -> dict[str, Any]:
    """Start a draw by the recipe of a version; answers as `sample_draw`."""
    refreshes = call.headwater.refreshes
    return _drawing(call, refreshes.request(call.args.text("ref")), refreshes.refresh)


def _drawing(
    call: Call, request: SampleRequest, draw: Callable[[SampleRequest, str, JobContext, SampleLine], SampleResult]
) -> dict[str, Any]:
    def work(context: JobContext) -> dict[str, Any]:
        return asdict(draw(request, call.actor.user, context, line))

    title = f"{request.source} {request.table}"
    line = call.headwater.samples.announce(request, call.actor.user)
    try:
        job = call.headwater.jobs.submit("sample", title, work, never=lambda: line.end("cancelled"))
    except HeadwaterError as error:
        # One that cannot even wait for its turn was asked for all the same.
        line.details["error"] = error.code
        line.end("failed")
        raise
    return _started(call, job)


def import_start(call: Call) -> dict[str, Any]:
    """Start an import; answers with its job."""
    args = call.args
    path, name = Path(args.text("path")), args.text("name")
    message, types = args.text("message", ""), args.text_map("types")

    def work(context: JobContext) -> dict[str, Any]:
        version = call.headwater.imports.import_file(
            path, name, message=message, types=types, author=call.actor.user,
            progress=context.progress, cancelled=context.cancelled,
        )  # fmt: skip
        return asdict(version)

    return _started(call, call.headwater.jobs.submit("import", args.text("title", path.name), work))


def job_get(call: Call) -> dict[str, Any]:
    """How far a job is."""
    return asdict(call.headwater.jobs.get(call.args.text("job")))


def job_cancel(call: Call) -> dict[str, Any]:
    """Stop a job, also in the source database."""
    return asdict(call.headwater.jobs.cancel(call.args.text("job")))


def stamp_complete(call: Call) -> dict[str, Any]:
    """Stamp a notebook that was run without a server."""
    return call.headwater.stamps.complete(call.args.text("path"), call.actor.user)


OPERATIONS: dict[str, Operation] = {
    "ping": Operation("read", ping),
    "save": Operation("write", save, takes_payload=True),
    "pins.get": Operation("read", pins_get),
    "pins.apply": Operation("pin", pins_apply),
    "kernel.binding": Operation("read", kernel_binding),
    "kernel.pins": Operation("read", kernel_pins),
    "dataset.get": Operation("read", dataset_get),
    "version.resolve": Operation("read", version_resolve),
    "version.list": Operation("read", version_list),
    "version.files": Operation("read", version_files),
    "version.erase": Operation("erase", version_erase),
    "catalog.search": Operation("read", catalog_search),
    "diff": Operation("read", diff),
    "profile": Operation("read", profile),
    "sources.list": Operation("read", sources_list),
    "sources.tables": Operation("read", sources_tables),
    "sources.links": Operation("read", sources_links),
    "masks.get": Operation("read", masks_get),
    "masks.decide": Operation("recall", masks_decide),
    "sample.plan": Operation("sample", sample_plan),
    "sample.draw": Operation("sample", sample_draw),
    "sample.refresh": Operation("sample", sample_refresh),
    "import.start": Operation("write", import_start),
    "job.get": Operation("read", job_get),
    "job.cancel": Operation("write", job_cancel),
    "stamp.complete": Operation("pin", stamp_complete),
}


def _started(call: Call, job: Job) -> dict[str, Any]:
    """The job, or with ``wait`` its result; a client that leaves while it waits stops the job."""
    if not call.args.flag("wait"):
        return asdict(job)
    jobs = call.headwater.jobs
    while (job := jobs.wait(job.id, timeout_s=0.5)).state in ("queued", "running"):
        if call.gone():
            jobs.cancel(job.id)
    if job.state == "cancelled":
        raise Cancelled(job.message or "Stopped on request; nothing was kept.")
    if job.error is not None:
        raise error_from_wire({"error": job.error})
    return cast("dict[str, Any]", job.result)


@contextmanager
def _while_wanted(call: Call) -> Iterator[JobContext]:
    """A context for work that its client waits for; it is cancelled when the client has left."""
    from headwater.services.jobs import JobContext

    context = JobContext(lambda done, total, message: None)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_S):
            if call.gone():
                context.cancel()
                return

    watcher = threading.Thread(target=watch, name="headwater-watch", daemon=True)
    watcher.start()
    try:
        yield context
    finally:
        done.set()
        # The answer uses the connection that the watcher looks at.
        watcher.join()


def _rests_on(headwater: Headwater, inputs: list[str]) -> tuple[Any, ...]:
    """The union of the inputs' kinds."""
    versions: list[Version] = [headwater.catalog.resolve(ref) for ref in inputs]
    kinds = {kind for version in versions for kind in (version.rests_on or (version.kind,))}
    return tuple(sorted(kinds))


def _stream(payload: BinaryIO, pa: Any) -> Any:
    try:
        return pa.ipc.open_stream(payload)
    except pa.ArrowInvalid as error:
        raise UsageError("What was sent to be saved is no Arrow IPC stream.") from error
