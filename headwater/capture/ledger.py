"""What a kernel asks the ledger about itself: which notebook it is bound to, and that notebook's pins."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Protocol

from headwater.errors import HeadwaterError, StoreUnavailable
from headwater.ledger.sqlite import open_reader
from headwater.pin_models import Pin

if TYPE_CHECKING:
    import sqlite3

    from headwater.capture.notebook import Binding
    from headwater.home import Home

_BINDING = "SELECT notebook, path, owner FROM kernel_v1_bindings WHERE kernel_id = ? AND path IS NOT NULL"
_PINS = (
    "SELECT dataset, version, digest, kind, pinned_by, pinned_at, reason FROM kernel_v1_pins"
    " WHERE notebook = ? ORDER BY dataset"
)


class KernelLedger(Protocol):
    """What a kernel asks, wherever the ledger is."""

    def binding(self, kernel: str) -> Binding | None:
        """The notebook that a server bound `kernel` to; None without a ledger or a binding."""

    def pins(self, notebook: str) -> tuple[int, dict[str, Pin]]:
        """The revision and the pins of a bound notebook."""

    def close(self) -> None:
        """Close what is open."""


def kernel_ledger(home: Home) -> KernelLedger:
    """How a kernel reaches the ledger of `home`."""
    return HostLedger(home) if home.has_database else LedgerViews(home)


class HostLedger:
    """Has the home's host look into a ledger that is in a database, for which a kernel has no credentials."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def binding(self, kernel: str) -> Binding | None:
        try:
            found = self._call("kernel.binding", {"kernel": kernel})["binding"]
        except HeadwaterError:
            return None
        return (found["notebook"], found["path"], found["owner"]) if found else None

    def pins(self, notebook: str) -> tuple[int, dict[str, Pin]]:
        found = self._call("kernel.pins", {"notebook": notebook})
        return found["revision"], {pin["dataset"]: Pin(**pin) for pin in found["pins"]}

    def close(self) -> None:
        """Nothing is held open between two calls."""

    def _call(self, operation: str, args: dict[str, Any]) -> dict[str, Any]:
        from headwater.host.client import HostClient

        return HostClient(self._home).call(operation, args)[0]


class LedgerViews:
    """A read-only connection to the home's own ledger, opened when it is first needed and again after a fork."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._held: tuple[int, sqlite3.Connection] | None = None

    def binding(self, kernel: str) -> Binding | None:
        try:
            rows = self._query(_BINDING, (kernel,))
        except StoreUnavailable:
            return None
        return (rows[0]["notebook"], rows[0]["path"], rows[0]["owner"]) if rows else None

    def pins(self, notebook: str) -> tuple[int, dict[str, Pin]]:
        # The revision first: a change in between then shows as a conflict and not as an overwritten pin.
        rows = self._query("SELECT revision FROM kernel_v1_notebooks WHERE id = ?", (notebook,))
        revision = int(rows[0]["revision"]) if rows else 0
        pins = (Pin(**dict(row)) for row in self._query(_PINS, (notebook,)))
        return revision, {pin.dataset: pin for pin in pins}

    def close(self) -> None:
        with self._lock:
            if self._held is not None and self._held[0] == os.getpid():
                self._held[1].close()
            self._held = None

    def _query(self, sql: str, params: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            if self._held is None or self._held[0] != os.getpid():
                self._held = (os.getpid(), open_reader(self._home.ledger_path))
            return self._held[1].execute(sql, params).fetchall()
