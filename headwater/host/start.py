"""Starts the host of a home: by the interpreter that the home records, so that a kernel's environment needs
little.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from headwater.errors import HostUnavailable
from headwater.host.place import HostPlace

if TYPE_CHECKING:
    from headwater.home import Home

READY_S = 60.0
_MAX_LOG = 1_000_000

# What tells a kernel or a notebook of itself; a host that a kernel happens to start is nobody's.
_OF_A_KERNEL = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "HEADWATER_NOTEBOOK", "HEADWATER_HOME", "HEADWATER_SERVER")
_OF_AN_INTERPRETER = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")


def start_process(home: Home, environ: Mapping[str, str], *, attached: bool) -> subprocess.Popen[bytes]:
    """Start a host process; it may find that another is alive, and then ends by itself.

    Parameters
    ----------
    environ:
        The environment that the host gets, less what belongs to a kernel.
    attached:
        Whether it ends with the calling process. Else it ends when nobody has asked for ten minutes.
    """
    place = HostPlace(home)
    interpreter = str(home.create().facts()["interpreter"])
    variables = {name: value for name, value in environ.items() if name not in _OF_A_KERNEL}
    if os.path.realpath(interpreter) != os.path.realpath(sys.executable) or sys.prefix != _prefix(interpreter):
        variables = {name: value for name, value in variables.items() if name not in _OF_AN_INTERPRETER}
    command = [interpreter, "-P", "-m", "headwater.host", "--home", os.fspath(home.path)]
    with open(place.log, "ab", opener=_private) as output:
        if output.tell() > _MAX_LOG:
            output.truncate(0)
        try:
            return subprocess.Popen(
                [*command, "--attached"] if attached else command,
                env=variables,
                cwd="/",
                stdin=subprocess.PIPE if attached else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # An interrupt of the kernel or of the terminal is not for the host.
                start_new_session=True,
            )
        except OSError as error:
            raise HostUnavailable(
                f"The Headwater host could not be started: {error.strerror}.",
                hint="See what is wrong with: headwater doctor",
            ) from error


@contextmanager
def only_starter(home: Home) -> Iterator[None]:
    """Hold the right to start the home's host; others wait here and then find it running."""
    place = HostPlace(home)
    home.create()
    with open(place.starting, "a", opener=_private) as lock:
        deadline = time.monotonic() + 2 * READY_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise HostUnavailable(
                        "Another process has been starting the Headwater host for too long.",
                        hint="See what is wrong with: headwater doctor",
                    ) from None
                time.sleep(0.02)
        yield


def _prefix(interpreter: str) -> str:
    """The environment that an interpreter belongs to."""
    return os.path.dirname(os.path.dirname(os.path.abspath(interpreter)))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
