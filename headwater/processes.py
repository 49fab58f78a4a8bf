"""Names of processes that outlive them: a number alone is given to another process soon after."""

from __future__ import annotations

import os
import socket
from functools import lru_cache


def this_process() -> str:
    """``<pid>.<start>@<host name>`` of the calling process."""
    pid = os.getpid()
    return f"{pid}.{_started(pid)}@{_host()}"


def is_alive(name: str) -> bool:
    """Whether the process that `name` names is still there.

    One on another machine cannot be asked and counts as alive; so does one whose name is malformed.
    """
    process, _, host = name.partition("@")
    pid, _, started = process.partition(".")
    if host != _host() or not pid.isdecimal():
        return True
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    """When the process started, in the kernel's ticks; ``0`` where the system does not say (not Linux)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in parentheses may hold anything, a parenthesis included.
            return file.read().rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError):
        return "0"


@lru_cache(maxsize=1)
def _host() -> str:
    return socket.gethostname()
