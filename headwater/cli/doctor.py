"""``headwater doctor``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, note, table
from headwater.cli.progress import progress
from headwater.errors import UsageError

if TYPE_CHECKING:
    from headwater.home import Home


@command("doctor")
@click.option("--rebuild", is_flag=True, help="Restore a lost ledger from what the tables remember.")
@click.pass_obj
def doctor(session: Session, rebuild: bool) -> None:
    """Say what is wrong with a home. Ends with 1 when something is."""
    from headwater.home import Home
    from headwater.services.health import HealthService

    home = Home.locate(session.home)
    if rebuild:
        _rebuild(home)
        return
    findings = HealthService(home).examine()
    healthy = all(finding.state != "problem" for finding in findings)
    # What a killed process left of a commit is finished or taken away now, not only when its dataset is next written.
    settled = session.headwater.commits.settle_all() if healthy and home.exists else 0
    unfinished = session.headwater.audit.settle() if healthy and home.exists else 0
    if settled:
        note(f"Finished or undid interrupted commits to {settled} dataset{'s' if settled != 1 else ''}.")
    if unfinished:
        note(f"Closed {unfinished} line{'s' if unfinished != 1 else ''} of the audit log whose process had ended.")
    emit(
        {
            "home": str(home.path),
            "healthy": healthy,
            "settled": settled,
            "unfinished": unfinished,
            "findings": [asdict(finding) for finding in findings],
        },
        lambda: (
            f"{home.path}\n\n"
            + table(
                ("Check", "State", "Found", "What to do"),
                [(finding.check, finding.state, finding.detail, finding.hint) for finding in findings],
            )
        ),
    )
    if not healthy:
        click.get_current_context().exit(1)


def _rebuild(home: Home) -> None:
    from headwater.assembly import Headwater
    from headwater.ledger.connect import open_ledger
    from headwater.services.rebuild import RebuildService
    from headwater.stores.iceberg import IcebergStore

    parts = Headwater(home.create())
    store = parts.store
    if not isinstance(store, IcebergStore):
        raise UsageError(f"A store of kind {store.name} cannot restore a ledger.", hint="Restore it from a backup.")
    database = open_ledger(home, parts.config.store.url(), replace_lost=True)
    try:
        with progress("versions") as tell:
            rebuilt = RebuildService(database, store).rebuild(tell)
    finally:
        database.close()
    doubts = "".join(f"\nNot the files that were committed: {name}" for name in rebuilt.doubtful)
    emit(
        {"home": str(home.path), **asdict(rebuilt)},
        f"Restored {rebuilt.versions:,} versions of {rebuilt.datasets:,} datasets from the tables.{doubts}",
    )
    note("Descriptions and tags of datasets were in the ledger alone; pins come back from the notebooks.")
    if rebuilt.doubtful:
        click.get_current_context().exit(1)
