"""A process that ends sessions in a source whose own process has died, ``python -P -m headwater.sources.watchdog``.

A database does not notice at once that its client was killed: it goes on sorting for nobody. This process holds the
read end of a pipe. When the pipe closes, however its writer ended, it ends what is still on its list over a
connection of its own, which it has opened before, and then ends itself.

Lines on the pipe are JSON: ``{"watch": ID, "kind": …, "dsn": …, "session": {…}}`` and ``{"forget": ID}``. The pipe
also is how the credential comes here: arguments and environments of processes can be read by others.
"""

from __future__ import annotations

import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, TextIO

ENDERS = {
    "postgresql": "headwater.sources.postgresql.ending",
    "mariadb": "headwater.sources.mariadb.ending",
}
"""Modules that have an ``open_ender(dsn)``, by the kind of source."""

_ENOUGH_S = 30.0
_AGAIN_S = 0.1


class Ender(ABC):
    """A connection that can end other sessions of the same user."""

    @abstractmethod
    def end(self, session: dict[str, Any]) -> bool:
        """End the session; whether it is gone. Raises when the source cannot be asked."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""


class Watch:
    """What the process has been told to look after."""

    def __init__(self, open_ender: Callable[[str, str], Ender]) -> None:
        self._open = open_ender
        self._sessions: dict[str, tuple[str, str, dict[str, Any]]] = {}
        self._enders: dict[tuple[str, str], Ender] = {}

    def read(self, lines: TextIO) -> None:
        """Take lines until the pipe closes, and end what is left then."""
        for line in lines:
            with suppress(ValueError, KeyError):
                self._take(json.loads(line))
        self.end_all()

    def _take(self, told: dict[str, Any]) -> None:
        if "forget" in told:
            self._sessions.pop(str(told["forget"]), None)
            self._close_unused()
            return
        key = (str(told["kind"]), str(told["dsn"]))
        self._sessions[str(told["watch"])] = (*key, dict(told["session"]))
        # Now, while there is time: later the source may have no connection free. Else it is tried again then.
        with suppress(Exception):
            self._ender(key)

    def _ender(self, key: tuple[str, str]) -> Ender:
        if key not in self._enders:
            self._enders[key] = self._open(*key)
        return self._enders[key]

    def _close_unused(self) -> None:
        used = {(kind, dsn) for kind, dsn, _ in self._sessions.values()}
        for key in [key for key in self._enders if key not in used]:
            with suppress(Exception):
                self._enders.pop(key).close()

    def end_all(self) -> None:
        """End every session of the list; gives up after half a minute, as a source that is down has ended them."""
        deadline = time.monotonic() + _ENOUGH_S
        left = list(self._sessions.values())
        while left and time.monotonic() < deadline:
            left = [each for each in left if not self._ended(*each)]
            if left:
                time.sleep(_AGAIN_S)

    def _ended(self, kind: str, dsn: str, session: dict[str, Any]) -> bool:
        try:
            return self._ender((kind, dsn)).end(session)
        except Exception:
            # A driver's own error, of whatever class: the connection is of no use, the next round makes another.
            broken = self._enders.pop((kind, dsn), None)
            if broken is not None:
                with suppress(Exception):
                    broken.close()
            return False


def _open_ender(kind: str, dsn: str) -> Ender:
    made: Ender = import_module(ENDERS[kind]).open_ender(dsn)
    return made


if __name__ == "__main__":
    Watch(_open_ender).read(sys.stdin)
