"""``headwater host``."""

from __future__ import annotations

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, note


@command("host")
@click.option("--stop", "action", flag_value="stop", help="End the host that is running; its jobs are stopped.")
@click.option("--status", "action", flag_value="status", help="Say whether one is running.")
@click.pass_obj
def host(session: Session, action: str | None) -> None:
    """Serve a home to its kernels, in the foreground, until Ctrl-C.

    JupyterLab starts a host by itself, and so does a kernel that needs one. One home has one host at a time.
    """
    from headwater.host.client import HostClient
    from headwater.host.place import HostPlace

    home = session.headwater.home
    if action == "stop":
        stopped = HostClient(home).stop()
        emit({"stopped": stopped}, "The host has ended." if stopped else "No host was running.")
        return
    if action == "status":
        found = HostClient(home).find()
        emit({"running": found is not None, **(found or {})}, lambda: _status_text(found))
        return
    from headwater.host.run import run

    note(f"Serving {home.path}. End with Ctrl-C.")
    served = run(home, foreground=True)
    running = HostPlace(home).running()
    emit(
        {"served": served, "pid": running.pid if running and not served else None},
        "" if served else "Another host of this home is running already.",
    )


def _status_text(found: dict[str, object] | None) -> str:
    if found is None:
        return "No host is running."
    return f"A host of Headwater {found['version']} is running (process {found['pid']}, {found['jobs']} jobs)."
