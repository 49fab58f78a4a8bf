"""``headwater sources``, ``tables``, ``sample`` and ``audit``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, emit, fields, note, size, table, thousands
from headwater.errors import UsageError
from headwater.sample_models import SampleRequest

if TYPE_CHECKING:
    from headwater.models import AuditEntry
    from headwater.sample_models import SamplePlan, Source, SourceTablePage
    from headwater.services.jobs import JobContext

T = TypeVar("T")


@command("sources")
@click.pass_obj
def sources(session: Session) -> None:
    """List the production sources and whether they answer."""
    found = session.headwater.samples.sources()
    emit(
        asdict(found),
        lambda: (
            table(
                ("Source", "Kind", "Answers", "At most"),
                [(one.name, one.kind, _answers(one), f"{one.max_rows:,} rows") for one in found.sources],
            )
            or "No source is configured. Add one to headwater.toml, as [sources.NAME]."
        ),
    )


def _answers(source: Source) -> str:
    if not source.available:
        return f"no: {source.message}"
    return "yes" if source.lag_s is None else f"yes, a replica {source.lag_s:,.0f} s behind"


@command("tables")
@click.argument("source")
@click.argument("query", default="")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True, help="How many.")
@click.option("--cursor", metavar="TEXT", help="Where the last page ended.")
@click.pass_obj
def tables(session: Session, source: str, query: str, limit: int, cursor: str | None) -> None:
    """List the tables of SOURCE that may be sampled; no row of them is read."""
    page = session.headwater.samples.tables(source, query, cursor, limit)
    emit(asdict(page), lambda: _tables(page) or "No table was found.")


@command("sample")
@click.argument("source")
@click.argument("name", metavar="TABLE")
@click.option("--rows", type=int, default=100_000, show_default=True, help="How many rows.")
@click.option("--method", type=click.Choice(["uniform"]), default="uniform", show_default=True)
@click.option("--seed", type=int, default=7, show_default=True, help="Another seed gives other rows.")
@click.option("--mask", "masks", metavar="COLUMN=MASK", multiple=True, help="Another mask for a column.")
@click.option("--as", "dataset", metavar="NAME", help="The dataset; else SOURCE.TABLE.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and draw nothing.")
@click.pass_obj
def sample(
    session: Session,
    source: str,
    name: str,
    rows: int,
    method: Any,
    seed: int,
    masks: tuple[str, ...],
    dataset: str | None,
    dry_run: bool,
) -> None:
    """Draw a masked sample of TABLE from SOURCE: the same rows each time, as a new version."""
    request = SampleRequest(source, name, rows, method, seed, dict(map(_mask, masks)), dataset)
    if dry_run:
        plan = _interruptible(session, session.headwater.samples.plan, request)
        emit(asdict(plan), lambda: _plan(plan))
        return
    result = _interruptible(session, session.headwater.samples.draw, request)
    version = result.versions[0]
    emit(
        {
            "recipe": result.recipe,
            "versions": [
                {
                    "dataset": one.dataset,
                    "version": one.version,
                    "digest": one.digest,
                    "rows": one.rows,
                    "kind": one.kind,
                }
                for one in result.versions
            ],
            "masks": result.masks,
            "orphans": result.orphans,
        },
        f"{version.dataset}@{version.version}: {version.message}",
    )


@command("audit")
@click.option("--verify", is_flag=True, help="Check that no line was changed or taken out.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many lines.")
@click.option("--export", "export_as", type=click.Choice(["jsonl"]), help="Write every line, oldest first, as JSON.")
@click.option("--after", type=click.IntRange(0), default=0, help="With --export: only lines after this number.")
@click.pass_obj
def audit(session: Session, verify: bool, limit: int, export_as: str | None, after: int) -> None:
    """Show the audit log, newest first, check it, or write it out for another system."""
    service = session.headwater.audit
    if export_as is not None:
        for line in service.lines(after):
            click.echo(json.dumps(asdict(line), sort_keys=True))
        return
    if not verify:
        lines = service.newest(limit)
        emit({"entries": [asdict(line) for line in lines]}, lambda: _lines(lines) or "The audit log is empty.")
        return
    verdict = service.verify()
    good = verdict.broken is None
    emit(
        {
            "valid": good,
            "entries": verdict.entries,
            "broken": verdict.broken,
            "why": verdict.why,
            "signed": verdict.signed,
        },
        f"The audit log is whole: {verdict.entries} lines, signed up to line {verdict.signed}."
        if good
        else f"The audit log is broken: {verdict.why}.",
    )
    if not good:
        click.get_current_context().exit(1)


def _interruptible(session: Session, asked: Callable[[SampleRequest, str, JobContext], T], request: SampleRequest) -> T:
    """Plan or draw in a thread, so that Ctrl-C reaches the source at once instead of after the statement."""
    from headwater.services.jobs import JobContext

    context = JobContext(_Progress(silent=session.json).tell)
    ended: list[T] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            ended.append(asked(request, session.headwater.user, context))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="headwater-sample")
    thread.start()
    _wait(thread, context)
    if failed:
        raise failed[0]
    return ended[0]


def _wait(thread: threading.Thread, context: JobContext) -> None:
    while thread.is_alive():
        try:
            thread.join()
        except KeyboardInterrupt:
            note("Stopping, also in the source…")
            context.cancel()


class _Progress:
    """Each step once, and rows at most each tenth of them, on standard error. Called from the thread that draws."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._message = ""
        self._tenths = 0

    def tell(self, done: int, total: int | None, message: str) -> None:
        if self._silent:
            return
        tenths = 10 * done // total if total else 0
        if message and message != self._message:
            self._message = message
            click.echo(f"{message}…", err=True)
        elif tenths > self._tenths:
            self._tenths = tenths
            click.echo(f"  {done:,} of {total:,} rows", err=True)


def _mask(text: str) -> tuple[str, str]:
    column, separator, mask = text.rpartition("=")
    if not separator or not column:
        raise UsageError(f"--mask needs COLUMN=MASK, not {text!r}.", hint="For example: --mask city=keep")
    return column, mask


def _tables(page: SourceTablePage) -> str:
    return table(
        ("Table", "Rows", "Size", "Key", "Columns"),
        [
            (
                one.name,
                "about " + thousands(one.rows) if one.rows is not None else "unknown",
                size(one.bytes) if one.bytes is not None else "",
                ", ".join(one.key) or "none",
                ", ".join(column.name for column in one.columns),
            )
            for one in page.tables
        ],
        right=("Rows", "Size"),
    )


def _plan(plan: SamplePlan) -> str:
    head = fields(
        [
            ("Table", f"{plan.source} {plan.table}"),
            ("Becomes", plan.dataset),
            ("Rows", f"{plan.rows:,}" + (f" of about {plan.rows_estimate:,}" if plan.rows_estimate else "")),
            ("Method", f"{plan.method}, seed {plan.seed}, by {', '.join(plan.key)}"),
            *(("Note", warning) for warning in plan.warnings),
        ]
    )
    masks = table(
        ("Column", "Type", "Mask", "Before", "After", "Why"),
        [(one.column, one.type, one.mask, one.before_shape, one.after_shape, one.reason) for one in plan.masks],
    )
    return f"{head}\n\n{masks}\n\nNothing was drawn."


def _lines(lines: list[AuditEntry]) -> str:
    return table(
        ("No.", "When", "Who", "What", "Of", "Outcome"),
        [(str(one.seq), ago(one.at), one.actor, one.action, one.resource, one.outcome) for one in lines],
        right=("No.",),
    )
