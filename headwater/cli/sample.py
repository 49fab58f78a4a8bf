"""``headwater sample``."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, note, size, table
from headwater.cli.output import fields as listed
from headwater.errors import UsageError
from headwater.recipe_text import recipe_request, recipe_text
from headwater.sample_models import SampleRequest
from headwater.sampling.selection import Allocation, Method, Pace

if TYPE_CHECKING:
    from headwater.sample_models import SampleEstimate, SamplePlan
    from headwater.services.jobs import JobContext

T = TypeVar("T")

_FILE = click.Path(dir_okay=False, path_type=Path)


@command("sample")
@click.argument("source", required=False)
@click.argument("table", required=False)
@click.option("--rows", type=int, help="How many rows; 100,000 if not given.")
@click.option("--method", type=click.Choice(get_args(Method)), help="Which rows; any (uniform) if not given.")
@click.option("--by", metavar="COLUMN", multiple=True, help="Of newest and window the column of time; else of groups.")
@click.option("--allocation", type=click.Choice(get_args(Allocation)), help="How rows are shared among strata.")
@click.option("--order", metavar="COLUMN", help="Of top: rows with its largest values.")
@click.option("--per", type=int, metavar="N", help="Of top: so many rows for each group; 10 if not given.")
@click.option("--start", metavar="VALUE", help="Of window: its start, which is in it.")
@click.option("--end", metavar="VALUE", help="Of window: its end, which is not.")
@click.option("--keys", "key_file", type=_FILE, metavar="FILE", help="Of keys: CSV without a head, a key a line.")
@click.option("--where", metavar="EXPR", help="A filter, as hw.load takes it.")
@click.option("--seed", type=int, help="Another seed gives other rows; 7 if not given.")
@click.option("--pace", type=click.Choice(get_args(Pace)), help="How hard the source is read; gentle if not given.")
@click.option("--mask", "masks", metavar="COLUMN=MASK", multiple=True, help="Another mask for a column.")
@click.option("--related", is_flag=True, default=None, help="Also the rows of other tables that foreign keys need.")
@click.option("--child", "children", metavar="LINK", multiple=True, help="Also all rows that a link brings down.")
@click.option("--cut", metavar="LINK", multiple=True, help="Do not follow a link: its columns become null.")
@click.option("--as", "dataset", metavar="NAME", help="The dataset; else SOURCE.TABLE.")
@click.option("--recipe", type=_FILE, metavar="FILE", help="Take all from a recipe; what else is given goes over it.")
@click.option("--save-recipe", type=_FILE, metavar="FILE", help="Write what was asked for as a recipe.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and draw nothing.")
@click.pass_obj
def sample(
    session: Session,
    /,
    key_file: Path | None,
    masks: tuple[str, ...],
    recipe: Path | None,
    save_recipe: Path | None,
    dry_run: bool,
    **given: Any,
) -> None:
    """Draw a masked sample of TABLE from SOURCE: the same rows each time, as a new version."""
    said = {name: value for name, value in given.items() if value is not None and value != ()}
    if key_file is not None:
        said["keys"] = _keys(key_file)
    request = _request(recipe, said, dict(map(_mask, masks)))
    if save_recipe is not None:
        _write(save_recipe, recipe_text(request))
    if dry_run:
        plan = _interruptible(session, session.headwater.samples.plan, request)
        emit(asdict(plan), lambda: _plan(plan))
        return
    result = _interruptible(session, session.headwater.samples.draw, request)
    told = [{name: getattr(one, name) for name in _TOLD} for one in result.versions]
    emit(
        {"recipe": result.recipe, "versions": told, "masks": result.masks, "orphans": result.orphans},
        "\n".join(f"{one.dataset}@{one.version}: {one.message}" for one in result.versions),
    )


@command("refresh")
@click.argument("name", metavar="NAME[@V]")
@click.pass_obj
def refresh(session: Session, name: str) -> None:
    """Draw the sample NAME again by its own recipe, as its next version, and say what changed."""
    headwater = session.headwater
    before = headwater.catalog.resolve(name)
    request = headwater.refreshes.request(f"{before.dataset}@{before.version}")
    result = _interruptible(session, headwater.refreshes.refresh, request)
    after = next(one for one in result.versions if one.dataset == before.dataset)
    changes = headwater.diffs.diff(f"{before.dataset}@{before.version}", f"{after.dataset}@{after.version}")
    told = [{name: getattr(one, name) for name in _TOLD} for one in result.versions]
    rows = changes.rows
    emit(
        {"recipe": result.recipe, "versions": told, "diff": asdict(changes)},
        lambda: (
            f"{after.dataset}@{after.version}: {after.message}\n"
            f"Since {before.version}: {rows.added:,} rows came, {rows.removed:,} went, {rows.changed:,} changed."
        ),
    )


_TOLD = ("dataset", "version", "digest", "rows", "kind")


def _request(recipe: Path | None, said: dict[str, Any], masks: dict[str, str]) -> SampleRequest:
    if recipe is not None:
        base = recipe_request(_read(recipe, "recipe"))
        return replace(base, **said, masks={**base.masks, **masks})
    for name in ("source", "table"):
        if name not in said:
            raise click.UsageError(f"Missing argument '{name.upper()}'.")
    return SampleRequest(**said, masks=masks)


def _keys(path: Path) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in csv.reader(_read(path, "list of keys").splitlines()) if row)


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"The {what} {path} cannot be read: {reason}.", hint="Give a readable file.") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The recipe {path} cannot be written: {error.strerror}.", hint="Give another file.") from None


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


def _takes(estimate: SampleEstimate) -> str:
    parts = (f"about {size(estimate.bytes)}", f"{estimate.seconds:,.1f} s", estimate.touches)
    return ", ".join(part for part in parts if part)


def _plan(plan: SamplePlan) -> str:
    head = listed(
        [
            ("Table", f"{plan.source} {plan.table}"),
            ("Becomes", plan.dataset),
            ("Rows", f"{plan.rows:,}" + (f" of about {plan.rows_estimate:,}" if plan.rows_estimate else "")),
            ("Method", f"{plan.method}, seed {plan.seed}, by {', '.join(plan.key)}"),
            *((("Takes", _takes(plan.estimate)),) if plan.estimate else ()),
            *(("Note", warning) for warning in plan.warnings),
        ]
    )
    masks = table(
        ("Column", "Type", "Mask", "Before", "After", "Why"),
        [(one.column, one.type, one.mask, one.before_shape, one.after_shape, one.reason) for one in plan.masks],
    )
    return f"{head}\n\n{masks}\n\nNothing was drawn."
