"""The client's side of the host. Light to import: kernels use it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from headwater.errors import Cancelled, HostUnavailable, error_from_wire
from headwater.host.place import HostPlace, Running
from headwater.host.protocol import PROTOCOL, Payload, receive, send
from headwater.host.start import READY_S, only_starter, start_process
from headwater.version import headwater_version

if TYPE_CHECKING:
    from headwater.home import Home

_CONNECT_S = 10.0
_TAKE_OVER_S = 10.0
_LOOK_S = 0.1


class HostClient:
    """Asks the host of a home, which is started when there is none. Safe to share between threads.

    Parameters
    ----------
    environ:
        The environment for a host that this client starts, credentials included; the process's own when None.
    attached:
        Whether such a host ends with this process: so for a server. Else it ends after ten idle minutes.
    """

    def __init__(self, home: Home, *, environ: Mapping[str, str] | None = None, attached: bool = False) -> None:
        self._home = home
        self._place = HostPlace(home)
        self._environ = environ
        self._attached = attached
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._settled: int | None = None

    def call(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        payload: Payload | None = None,
        *,
        left: Callable[[], bool] | None = None,
    ) -> tuple[dict[str, Any], bytes | None]:
        """Ask for an operation; returns its document, and its payload if it has one.

        Parameters
        ----------
        args:
            JSON values by name. ``actor`` among them says who asks; without it, it is the user of this
            process.
        payload:
            An Arrow IPC stream, as bytes or as a function that writes it.
        left:
            Asked while the answer is waited for: whether nobody wants it any more. The call is then broken off, which
            the host notices.

        Raises
        ------
        HeadwaterError
            The error that the host answered with.
        Cancelled
            `left` said so.
        HostUnavailable
            No host could be reached or started, or it was lost in the middle. It is not asked twice: what it
            has not acknowledged may or may not be done.
        """
        with self._connected() as connection:
            try:
                send(connection, {"op": op, "args": dict(args or {})}, payload)
            except BrokenPipeError:
                # It refused in the middle of the payload, and its answer says why.
                pass
            while left is not None and not connection.poll(_LOOK_S):
                if left():
                    raise Cancelled("Whoever asked has left; the answer was not waited for.")
            answer, stream = receive(connection)
            body = stream.read() if stream is not None else None
        if not answer.get("ok"):
            raise error_from_wire(answer)
        return dict(answer["result"]), body

    def start(self) -> None:
        """Have a host running, so that the first call need not wait for it. Raises `HostUnavailable`."""
        self._connected().close()

    def find(self) -> dict[str, Any] | None:
        """What a running host says of itself: ``pid``, ``version`` and the number of ``jobs``. None is
        started.
        """
        connection = self._connect(self._place.running())
        if connection is None:
            return None
        with connection:
            send(connection, {"op": "ping", "args": {}})
            answer, _ = receive(connection)
        return dict(answer.get("result") or {})

    def take_over(self) -> None:
        """Have a host that was started on demand, and lacks this client's environment, make room for one of
        ours.

        One that is busy gets some seconds to finish; after that it is used as it is.
        """
        deadline = time.monotonic() + _TAKE_OVER_S
        while (running := self._place.running()) is not None:
            answer = self._ask_to_retire(running, "server")
            if answer.get("retired") is True:
                self._wait_until_gone(running)
            if answer.get("reason") != "busy" or time.monotonic() > deadline:
                return
            time.sleep(0.1)

    def stop(self) -> bool:
        """End the host, whoever started it; its jobs are asked to stop. False when there is none."""
        running = self._place.running()
        connection = self._connect(running)
        if running is None or connection is None:
            return False
        connection.close()
        self._ask_to_retire(running, "stop")
        self._wait_until_gone(running)
        return True

    def close(self) -> None:
        """End the host, if this client started it and it is attached."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                process.wait(timeout=READY_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _connected(self) -> Connection:
        running = self._place.running()
        connection = self._connect(running)
        if connection is None or running is None:
            return self._start()
        if self._must_replace(running):
            connection.close()
            return self._start()
        return connection

    def _connect(self, running: Running | None) -> Connection | None:
        if running is None:
            return None
        reached = socket.socket(socket.AF_UNIX)
        try:
            reached.settimeout(_CONNECT_S)
            reached.connect(running.address)
            reached.settimeout(None)
        except OSError:
            reached.close()
            return None
        return Connection(reached.detach())

    def _must_replace(self, running: Running) -> bool:
        """Whether the host made room for one of this Headwater. Asked once for each host.

        Raises `HostUnavailable` when it did not and cannot be understood.
        """
        same = (running.version, running.protocol) == (headwater_version(), PROTOCOL)
        if same or self._settled == running.pid:
            return False
        answer = self._ask_to_retire(running)
        if answer.get("retired") is True:
            self._wait_until_gone(running)
            return True
        if running.protocol != PROTOCOL:
            busy = answer.get("reason") == "busy"
            why = "which is busy" if busy else "which is what this home's interpreter has"
            raise HostUnavailable(
                f"This home's host is Headwater {running.version}, {why}; this is {headwater_version()}.",
                hint="Try again when its jobs are done, or install one version of Headwater in both environments.",
            )
        self._settled = running.pid
        return False

    def _ask_to_retire(self, running: Running, why: str = "upgrade") -> dict[str, Any]:
        connection = self._connect(running)
        if connection is None:
            return {"retired": True}
        with connection:
            try:
                send(connection, {"op": "retire", "args": {"why": why}})
                answer, _ = receive(connection)
            except (HostUnavailable, OSError, json.JSONDecodeError):
                return {"retired": True}
        return dict(answer.get("result") or {})

    def _wait_until_gone(self, running: Running) -> None:
        deadline = time.monotonic() + READY_S
        while self._place.running() == running and time.monotonic() < deadline:
            time.sleep(0.02)

    def _start(self) -> Connection:
        with self._lock, only_starter(self._home):
            # Who waited for the right to start finds that it is done.
            connection = self._connect(self._place.running())
            if connection is not None:
                return connection
            environ = os.environ if self._environ is None else self._environ
            self._process = start_process(self._home, environ, attached=self._attached)
            return self._wait_until_ready(self._process)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> Connection:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            connection = self._connect(self._place.running())
            if connection is not None:
                return connection
            if process.poll() not in (None, 0):
                raise HostUnavailable(
                    "The Headwater host ended as soon as it was started.",
                    hint="Its log in the home's run folder says why; so does: headwater doctor",
                )
            time.sleep(0.02)
        raise HostUnavailable(
            f"The Headwater host did not answer within {READY_S:.0f} s.",
            hint="See its log in the home's run folder.",
        )


def start_host(home: Home, environ: Mapping[str, str]) -> HostClient:
    """Start the host for a server: with `environ`, credentials included, and ending with the calling process.

    A host that is there already, because a kernel or another server started it, is used as it is; one that a
    kernel started without the credentials makes room first when it has nothing to do.
    """
    client = HostClient(home, environ=environ, attached=True)
    client.take_over()
    client.start()
    return client
