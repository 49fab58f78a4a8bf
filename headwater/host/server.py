"""The host: one process per home that does for kernels, command line and server what they must not do
themselves.
"""

from __future__ import annotations

import fcntl
import io
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from headwater.errors import HeadwaterError, Refused, Unavailable, UsageError
from headwater.host.arguments import Arguments
from headwater.host.operations import OPERATIONS, Actor, Call
from headwater.host.place import HostPlace, Running
from headwater.host.protocol import FRAME, PROTOCOL, PayloadReader, receive, send
from headwater.policy import ACTIONS, ROLES, allows
from headwater.traces import trace
from headwater.version import headwater_version, installed_version

if TYPE_CHECKING:
    from headwater.assembly import Headwater

IDLE_S = 600.0
_IDLE_WITHOUT_LEDGER_S = 5.0
_HEADER_PATIENCE_S = 30.0
_MAX_CONNECTIONS = 256
_LOOK_S = 0.5
_FINISH_S = 60.0

log = logging.getLogger(__name__)


class HostServer:
    """Serves one home until it is told to stop, its starter is gone, or nobody has asked for `idle_s`
    seconds.

    Parameters
    ----------
    idle_s:
        Seconds; None for a host that a server started and ends.
    background:
        Called again and again, some seconds apart, to do what nobody waits for.
    """

    def __init__(
        self, headwater: Headwater, *, idle_s: float | None, background: Sequence[Callable[[], None]] = ()
    ) -> None:
        self._headwater = headwater
        self._idle_s = idle_s
        self._background = background
        self._place = HostPlace(headwater.home)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._connections = 0
        self._last_call = time.monotonic()

    def serve(self) -> bool:
        """Serve until the end; False at once when another host of this home is alive."""
        with open(self._place.lock, "a", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            address = self._place.new_address()
            with socket.socket(socket.AF_UNIX) as listener:
                _bind_private(listener, address)
                listener.listen(128)
                listener.settimeout(_LOOK_S)
                self._place.announce(Running(address, os.getpid(), headwater_version(), PROTOCOL))
                try:
                    self._serve(listener)
                finally:
                    self._place.withdraw()
                    self._place.remove_address(address)
        return True

    def stop(self) -> None:
        """End `serve` soon: jobs are asked to stop, and calls that are under way get a minute to finish."""
        self._stop.set()

    def _serve(self, listener: socket.socket) -> None:
        if self._background:
            threading.Thread(target=self._in_background, name="headwater-background", daemon=True).start()
        while not self._stop.is_set() and not self._is_idle():
            try:
                accepted, _ = listener.accept()
            except TimeoutError:
                continue
            if not _is_same_user(accepted) or not self._enter():
                accepted.close()
                continue
            connection = Connection(accepted.detach())
            threading.Thread(target=self._answer, args=(connection,), name="headwater-call", daemon=True).start()
        self._headwater.stop_jobs()
        deadline = time.monotonic() + _FINISH_S
        while self._connections and time.monotonic() < deadline:
            time.sleep(0.01)

    def _in_background(self) -> None:
        while not self._stop.wait(_LOOK_S):
            try:
                for work in self._background:
                    work()
            except Exception as error:
                log.warning("headwater: background work failed\n%s", trace(error))
                self._stop.wait(10)

    def _is_idle(self) -> bool:
        if self._idle_s is None or self._connections or self._headwater.running_jobs:
            return False
        # One that cannot open its ledger, for want of credentials perhaps, makes room for another that can.
        patience = self._idle_s if self._headwater.has_ledger else min(self._idle_s, _IDLE_WITHOUT_LEDGER_S)
        return time.monotonic() - self._last_call > patience

    def _enter(self) -> bool:
        with self._lock:
            if self._connections >= _MAX_CONNECTIONS:
                return False
            self._connections += 1
            return True

    def _answer(self, connection: Connection) -> None:
        try:
            with connection:
                if connection.poll(_HEADER_PATIENCE_S):
                    self._answer_call(connection)
        except (HeadwaterError, OSError, ValueError) as error:
            # The client is gone, or speaks something else: there is nobody to tell.
            log.debug("headwater: a call was broken off: %s", type(error).__name__)
        finally:
            with self._lock:
                self._connections -= 1
                self._last_call = time.monotonic()

    def _answer_call(self, connection: Connection) -> None:
        header, payload = receive(connection)
        try:
            result = self._do(connection, header, payload)
        except HeadwaterError as error:
            answer: dict[str, Any] = {"ok": False, **error.to_wire()}
        except Exception as error:
            log.error("headwater: %.80r failed unforeseen\n%s", header.get("op"), trace(error))
            unforeseen = Unavailable(
                f"The host failed in a way that it did not foresee ({type(error).__name__}).",
                hint="The host's log in the home's run folder says where.",
            )
            answer = {"ok": False, **unforeseen.to_wire()}
        else:
            answer = {"ok": True, "result": result}
        if payload is not None:
            payload.drain()
        send(connection, answer)

    def _do(self, connection: Connection, header: dict[str, Any], payload: PayloadReader | None) -> dict[str, Any]:
        name = str(header.get("op"))
        values = header.get("args")
        if name == "retire" and isinstance(values, dict):
            # Before the protocol is looked at: this one is for hosts and clients of any version.
            return self._retire(str(values.get("why")))
        _check_protocol(header)
        operation = OPERATIONS.get(name)
        if operation is None or not isinstance(values, dict) or (payload is not None and not operation.takes_payload):
            raise UsageError(
                f"The host does not know the operation {name[:80]!r}, or not in this form.",
                hint="Client and host may be of different versions of Headwater; upgrade the older one.",
            )
        actor = self._actor(values.get("actor"))
        if not allows(actor.role, operation.action):
            if operation.action == "sample":
                self._headwater.audit.forbid(actor.user, actor.role, name, values.get("request"))
            raise Refused(
                f"The role {actor.role} may not {ACTIONS[operation.action]}.",
                hint="Ask an administrator for a wider role.",
                details={"action": operation.action},
            )
        body = cast(BinaryIO, io.BufferedReader(payload, FRAME)) if payload is not None else None

        def gone() -> bool:
            # While a payload arrives there is always something to read, and a client that leaves breaks it
            # off.
            return (payload is None or payload.ended) and _has_left(connection)

        return operation.handler(Call(self._headwater, Arguments(name, values), actor, body, gone))

    def _actor(self, given: Any) -> Actor:
        """Who asks: as the server says, else the account that all processes of this home run under."""
        if given is None:
            return Actor(self._headwater.user, "os-account", "admin")
        role = given.get("role", "admin") if isinstance(given, dict) else None
        user = given.get("user") if isinstance(given, dict) else None
        if role not in ROLES or not isinstance(user, str) or not user:
            raise UsageError("The host was not told properly who asks.")
        return Actor(user, str(given.get("source", "request")), role)

    def _retire(self, why: str) -> dict[str, Any]:
        """Make room for another host.

        ``upgrade``: when a new one would be of another Headwater than this. ``server``: when this one was
        started on demand, and may lack what a server's environment has. Neither while anything is under way.
        ``stop``: always.
        """
        reason = ""
        if why == "upgrade" and installed_version() == headwater_version():
            reason = "current"
        elif why == "server" and self._idle_s is None:
            reason = "current"
        with self._lock:
            if not reason and why != "stop" and (self._connections > 1 or self._headwater.running_jobs):
                reason = "busy"
            if not reason:
                self._stop.set()
        return {"retired": not reason, "reason": reason}


def stop_with_input(server: HostServer) -> None:
    """Stop `server` when standard input ends, as it does when the process that holds its other end is gone."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        server.stop()

    threading.Thread(target=watch, name="headwater-parent", daemon=True).start()


def _check_protocol(header: dict[str, Any]) -> None:
    if header.get("protocol") != PROTOCOL:
        raise Unavailable(
            f"The host of this home speaks protocol {PROTOCOL}, the caller {header.get('protocol')}.",
            hint="Install one version of Headwater in both environments.",
        )


def _bind_private(listener: socket.socket, address: str) -> None:
    """Bind with mode 0600 from the first moment."""
    before = os.umask(0o177)
    try:
        listener.bind(address)
    finally:
        os.umask(before)


def _is_same_user(accepted: socket.socket) -> bool:
    """Whether the other side runs as this user; believed where the system does not tell (not Linux)."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    _, user, _ = struct.unpack("3i", accepted.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return bool(user == os.getuid())


def _has_left(connection: Connection) -> bool:
    # A client says nothing while it waits, so anything there is to read is the end of the connection.
    try:
        return connection.poll(0)
    except OSError:
        return True
