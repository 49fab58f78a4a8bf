"""Keeps the ledger's bindings, kernel to notebook, equal to the server's sessions, renames included."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async

from headwater.errors import HeadwaterError
from jupyterlab_headwater.contents import ContentsPaths
from jupyterlab_headwater.identity import owner

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from headwater.services.pins import PinService

INTERVAL_S = 1.0
"""How often sessions are compared. A kernel that asks before its binding is there has the session's name to go by."""


class KernelBindings:
    """Follows the sessions of one server."""

    def __init__(
        self, server: ServerApp, pins: PinService, paths: ContentsPaths, pool: Executor, log: logging.Logger
    ) -> None:
        self._server = server
        self._pins = pins
        self._paths = paths
        self._pool = pool
        self._log = log
        self._bound: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        """Stop following. The kernels end with their server, and their bindings with it."""
        if self._task is not None:
            self._task.cancel()
        for kernel in list(self._bound):
            self._unbind(kernel)

    def of(self, api_path: str) -> list[str]:
        """The ids of the kernels that run the notebook at `api_path`."""
        plain = api_path.removeprefix("RTC:").strip("/")
        return [kernel for kernel, path in self._bound.items() if path == plain]

    async def _run(self) -> None:
        while True:
            try:
                await self._compare()
            except Exception as error:
                # Whatever it is, the next round may succeed; without rounds no kernel would be bound again.
                self._log.warning("headwater: kernels are not bound to their notebooks: %s", _told(error))
            await asyncio.sleep(INTERVAL_S)

    async def _compare(self) -> None:
        sessions: list[dict[str, Any]] = await ensure_async(self._server.session_manager.list_sessions())
        wanted = {
            session["kernel"]["id"]: session["path"].removeprefix("RTC:").strip("/")
            for session in sessions
            if session.get("type") == "notebook" and session.get("kernel")
        }
        loop = asyncio.get_running_loop()
        for kernel in [kernel for kernel in self._bound if kernel not in wanted]:
            await loop.run_in_executor(self._pool, self._unbind, kernel)
        self._refused = {kernel: path for kernel, path in self._refused.items() if wanted.get(kernel) == path}
        for kernel, path in wanted.items():
            if self._bound.get(kernel) != path:
                await loop.run_in_executor(self._pool, self._bind, kernel, path)

    def _bind(self, kernel: str, path: str) -> None:
        try:
            file = self._paths.file(path)
            if file.is_file():
                self._pins.bind_kernel(kernel, file, owner())
                self._bound[kernel] = path
                self._refused.pop(kernel, None)
        except Exception as error:
            # One bad notebook must not keep the others from being bound. It is tried again: it may be repaired.
            if self._refused.get(kernel) != path:
                self._refused[kernel] = path
                self._log.warning("headwater: the kernel of %s is not bound to it: %s", path, _told(error))

    def _unbind(self, kernel: str) -> None:
        try:
            self._pins.unbind_kernel(kernel)
        except Exception as error:
            self._log.warning("headwater: a kernel stays bound: %s", _told(error))
        self._bound.pop(kernel, None)


def _told(error: Exception) -> str:
    """What may be logged of an error: ours were written to be read, the text of another may hold anything."""
    return str(error) if isinstance(error, HeadwaterError) else type(error).__name__
