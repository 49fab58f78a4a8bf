"""``headwater doctor``."""

from __future__ import annotations

from dataclasses import asdict

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, table


@command("doctor")
@click.pass_obj
def doctor(session: Session) -> None:
    """Say what is wrong with a home. Ends with 1 when something is."""
    from headwater.home import Home
    from headwater.services.health import HealthService

    home = Home.locate(session.home)
    findings = HealthService(home).examine()
    healthy = all(finding.state != "problem" for finding in findings)
    emit(
        {"home": str(home.path), "healthy": healthy, "findings": [asdict(finding) for finding in findings]},
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
