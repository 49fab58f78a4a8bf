"""``headwater erase`` and ``gc``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, emit, note, size, table, thousands

if TYPE_CHECKING:
    from headwater.models import Version


@command("erase")
@click.argument("ref", metavar="NAME@V")
@click.option("--why", required=True, metavar="TEXT", help="The reason, shown to everybody who asks for the version.")
@click.pass_obj
def erase(session: Session, ref: str, why: str) -> None:
    """Remove the rows of one version for ever: its files, but for those that other versions have, and its profiles.

    Its name, its digest and the reason are left. An erasure that was interrupted is finished by asking again.
    """
    done = session.headwater.erasure.erase(ref, why, session.headwater.user)
    named = f"{done.version.dataset}@{done.version.version}"
    emit(asdict(done), f"Erased {named}: {thousands(done.files)} files, {size(done.bytes)}.")
    if done.derived:
        note(f"Made from it, and still there with what they took: {', '.join(done.derived)}")


@command("gc")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@click.pass_obj
def gc(session: Session, dry_run: bool) -> None:
    """Erase the samples whose time is over, and finish erasures that were interrupted.

    A sample is kept for 90 days, or as [retention] sample_days says; a pin does not extend that.
    """
    swept = session.headwater.erasure.sweep(session.headwater.user, dry_run=dry_run)
    emit(
        {
            "dry_run": dry_run,
            "expired": [asdict(version) for version in swept.expired],
            "files": swept.files,
            "bytes": swept.bytes,
            "finished": swept.finished,
        },
        lambda: _listed(swept.expired) or "No sample's time is over.",
    )
    if swept.finished:
        note(f"{'To finish' if dry_run else 'Finished'}: {swept.finished} interrupted erasures.")
    if dry_run and swept.expired:
        note("Nothing was erased.")


def _listed(versions: tuple[Version, ...]) -> str:
    return table(
        ("Dataset", "Version", "Drawn", "Rows", "Size"),
        [(one.dataset, one.version, ago(one.created), thousands(one.rows), size(one.bytes)) for one in versions],
        right=("Rows", "Size"),
    )
