"""``headwater masks``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from headwater.cli.command import HeadwaterCommand, Session, shared_options
from headwater.cli.output import ago, emit, table

if TYPE_CHECKING:
    from headwater.sampling.key import KeyEntry


@click.group("masks", params=shared_options())
def masks() -> None:
    """Show and decide the masks of columns, and rotate their keys."""


@masks.command("rotate", cls=HeadwaterCommand)
@click.argument("domain")
@click.pass_obj
def rotate(session: Session, domain: str) -> None:
    """Give the mask domain DOMAIN a new key: later samples have other values, which join with none of the earlier."""
    entries = session.headwater.masks.rotate(domain, session.headwater.user)
    emit({"domain": domain, "keys": [asdict(entry) for entry in entries]}, lambda: _keys(domain, entries))


def _keys(domain: str, entries: tuple[KeyEntry, ...]) -> str:
    return table(
        ("Key", "Made", "Retired"),
        [(f"{domain}/{one.id}", ago(one.created), ago(one.retired) if one.retired else "in use") for one in entries],
    )
