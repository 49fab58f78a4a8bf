"""Long work on the command line: how far it is, and a way to stop it that leaves nothing half done."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from headwater.cli.command import session

_REFRESH_S = 0.25


@contextmanager
def progress(unit: str = "rows") -> Iterator[Callable[[int], None]]:
    """A function to call with how much is done; shown on a terminal's standard error, never in a log or a pipe."""
    shown = sys.stderr.isatty() and not session().json
    last = 0.0

    def tell(done: int) -> None:
        nonlocal last
        if shown and time.monotonic() - last >= _REFRESH_S:
            last = time.monotonic()
            click.echo(f"\r\x1b[K{done:,} {unit}", err=True, nl=False)

    try:
        yield tell
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, for work that asks now and then; pressed again it interrupts at once."""
    stopped = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: stopped
    finally:
        signal.signal(signal.SIGINT, before)
