"""Has the watchdog process look after a session in a source for as long as it is used."""

from __future__ import annotations

import atexit
import json
import logging
import subprocess
import sys
import threading
import uuid
from contextlib import suppress
from typing import Any

_GONE_S = 1.0

log = logging.getLogger(__name__)


class Guard:
    """This process's watchdog, started with the first session. Safe between threads.

    It ends by itself when this process does. Where it was ended from outside, the next session starts another, which is
    told of all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._watched: dict[str, str] = {}

    def watch(self, kind: str, dsn: str, session: dict[str, Any]) -> str:
        """Have `session` ended in the source when this process dies; gives what `forget` takes."""
        name = str(uuid.uuid4())
        with self._lock:
            self._watched[name] = json.dumps({"watch": name, "kind": kind, "dsn": dsn, "session": session})
            self._tell(self._watched[name])
        return name

    def forget(self, name: str) -> None:
        """The session has ended, or soon will."""
        with self._lock:
            if self._watched.pop(name, None) is not None:
                self._tell(json.dumps({"forget": name}))

    def close(self) -> None:
        """Let the watchdog end; it ends the sessions that are left."""
        with self._lock:
            process, self._process = self._process, None
            if process is None or process.stdin is None:
                return
            with suppress(OSError):
                process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GONE_S)

    def _tell(self, line: str) -> None:
        process = self._process
        if process is not None and process.poll() is None and _written(process, line):
            return
        if not self._watched:
            return
        try:
            self._process = _start()
        except OSError as error:
            # The source's own look at its client, where it has one, is what is left.
            log.warning("headwater: the watchdog of sources cannot be started: %s", error.strerror)
            return
        for told in self._watched.values():
            _written(self._process, told)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "headwater.sources.watchdog"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        # A signal to the terminal's group ends this process; the watchdog must outlive it.
        start_new_session=True,
    )


def _written(process: subprocess.Popen[str], line: str) -> bool:
    assert process.stdin is not None
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    except (OSError, ValueError):
        return False
    return True


GUARD = Guard()
"""The one guard of this process."""

atexit.register(GUARD.close)
