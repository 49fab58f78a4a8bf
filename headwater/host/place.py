"""Where the host of a home is found: its socket, its lock, and the file that names them."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.home import Home

_LONGEST_ADDRESS = 100
"""The longest path of a unix socket that every system takes, in bytes (104 on macOS, 108 on Linux)."""


@dataclass(frozen=True, slots=True)
class Running:
    """What a host tells of itself. `address` is its socket's path, `version` its Headwater."""

    address: str
    pid: int
    version: str
    protocol: int


class HostPlace:
    """The files of a home's host, below its ``run`` folder."""

    def __init__(self, home: Home) -> None:
        self._run = home.run

    @property
    def lock(self) -> Path:
        """The host holds a lock on it while it lives; the lock goes with the process, however that ends."""
        return self._run / "host.lock"

    @property
    def starting(self) -> Path:
        """Who starts a host holds a lock on it until the host answers, so that one is started and not many."""
        return self._run / "host.starting"

    @property
    def log(self) -> Path:
        return self._run / "host.log"

    def running(self) -> Running | None:
        """What the host wrote when it began to listen; it may be gone since."""
        try:
            found = json.loads(self._marker.read_text(encoding="utf-8"))
            return Running(str(found["address"]), int(found["pid"]), str(found["version"]), int(found["protocol"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def announce(self, running: Running) -> None:
        """Let clients find the host."""
        draft = self._run / f".host.{os.getpid()}.json"
        draft.write_text(json.dumps(asdict(running)), encoding="utf-8")
        os.replace(draft, self._marker)

    def withdraw(self) -> None:
        """Let no client find the host of this process any more."""
        running = self.running()
        if running is not None and running.pid == os.getpid():
            self._marker.unlink(missing_ok=True)

    def new_address(self) -> str:
        """A path for a socket: in the home, or in a private folder of its own when the home's path is too
        long.
        """
        address = self._run / "host.sock"
        if len(os.fsencode(address)) <= _LONGEST_ADDRESS:
            # Left by a host that was killed; only who holds the lock comes here.
            address.unlink(missing_ok=True)
            return os.fspath(address)
        return os.path.join(tempfile.mkdtemp(prefix="headwater-"), "host.sock")

    def remove_address(self, address: str) -> None:
        """Remove a socket, and the folder that was made for it."""
        Path(address).unlink(missing_ok=True)
        if Path(address).parent != self._run:
            try:
                os.rmdir(os.path.dirname(address))
            except OSError:
                return

    @property
    def _marker(self) -> Path:
        return self._run / "host.json"
