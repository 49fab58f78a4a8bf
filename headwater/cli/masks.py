"""``headwater masks``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from headwater.cli.command import HeadwaterCommand, Session, shared_options
from headwater.cli.output import ago, emit, table
from headwater.errors import UsageError

if TYPE_CHECKING:
    from headwater.sample_models import TableMasks
    from headwater.sampling.key import KeyEntry


class _MaskGroup(click.Group):
    """``masks SOURCE TABLE`` is ``masks of SOURCE TABLE``; a source that is called as a command needs the ``of``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["of", *args]
        return super().resolve_command(ctx, args)


@click.group("masks", cls=_MaskGroup, params=shared_options())
def masks() -> None:
    """Show and decide the masks of columns: masks SOURCE TABLE; and rotate their keys: masks rotate DOMAIN."""


@masks.command("of", cls=HeadwaterCommand)
@click.argument("source")
@click.argument("name", metavar="TABLE")
@click.option("--set", "chosen", metavar="COLUMN=MASK", multiple=True, help="Decide the mask of a column.")
@click.option("--unset", metavar="COLUMN", multiple=True, help="Take the decision on a column back.")
@click.option("--why", default="", help="The reason, which is kept with the decision.")
@click.pass_obj
def of(session: Session, source: str, name: str, chosen: tuple[str, ...], unset: tuple[str, ...], why: str) -> None:
    """Show what is decided of the columns of TABLE in SOURCE, and decide: it holds for every later sample."""
    from headwater.sample_models import MaskDecision

    service = session.headwater.masks
    if chosen or unset:
        decided = MaskDecision({**dict(map(_pair, chosen)), **dict.fromkeys(unset)}, why)
        found = service.decide(source, name, decided, session.headwater.user)
    else:
        found = service.table(source, name)
    emit(asdict(found), lambda: _shown(found))


@masks.command("rotate", cls=HeadwaterCommand)
@click.argument("domain")
@click.pass_obj
def rotate(session: Session, domain: str) -> None:
    """Give the mask domain DOMAIN a new key: later samples have other values, which join with none of the earlier."""
    entries = session.headwater.masks.rotate(domain, session.headwater.user)
    emit({"domain": domain, "keys": [asdict(entry) for entry in entries]}, lambda: _keys(domain, entries))


def _pair(text: str) -> tuple[str, str]:
    column, separator, mask = text.rpartition("=")
    if not separator or not column:
        raise UsageError(f"--set needs COLUMN=MASK, not {text!r}.", hint="For example: --set company=keep")
    return column, mask


def _shown(found: TableMasks) -> str:
    columns = table(
        ("Column", "Type", "Mask", "By", "Why"),
        [
            (
                one.column,
                one.type,
                one.mask or ("masked until decided" if one.open else "as it looks"),
                one.by,
                one.reason,
            )
            for one in found.columns
        ],
    )
    history = table(
        ("No.", "When", "Who", "What", "Why"),
        [
            (
                str(one.revision),
                ago(one.at),
                one.actor,
                ", ".join(f"{name}={mask or 'undecided'}" for name, mask in one.masks.items()),
                one.why,
            )
            for one in found.history
        ],
        right=("No.",),
    )
    return f"{columns}\n\n{history}" if found.history else columns


def _keys(domain: str, entries: tuple[KeyEntry, ...]) -> str:
    return table(
        ("Key", "Made", "Retired"),
        [(f"{domain}/{one.id}", ago(one.created), ago(one.retired) if one.retired else "in use") for one in entries],
    )
