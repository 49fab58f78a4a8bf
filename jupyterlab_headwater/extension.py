"""The composition root of the server shell: builds everything once, and takes it down again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from traitlets import Enum, Unicode
from traitlets.config import LoggingConfigurable

from headwater.assembly import open_headwater
from headwater.capture.notebook import SERVER_VARIABLE
from headwater.config import secret_variables
from headwater.errors import HeadwaterError, Unavailable
from headwater.home import Home
from headwater.host.client import HostClient
from headwater.policy import ROLES
from headwater.processes import this_process
from headwater.traces import trace
from headwater.version import headwater_version
from jupyterlab_headwater.contents import ContentsPaths
from jupyterlab_headwater.feed import EventFeed
from jupyterlab_headwater.handlers.base import SETTING, Context, build
from jupyterlab_headwater.handlers.events import EventsSocket
from jupyterlab_headwater.identity import role_named
from jupyterlab_headwater.kernels import KernelBindings
from jupyterlab_headwater.routes import PREFIX
from jupyterlab_headwater.saves import SaveHooks

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


_HANDLERS: Sequence[tuple[str, type[JupyterHandler]]] = (*build(), (f"{PREFIX}/events", EventsSocket))


class HeadwaterExtension(LoggingConfigurable):
    """Headwater in a Jupyter server. Configure it as ``c.HeadwaterExtension.<trait>``."""

    home = Unicode(
        "",
        config=True,
        help="The Headwater home, a directory. Empty: HEADWATER_HOME, else ~/.headwater.",
    )
    role = Enum(
        sorted(ROLES),
        default_value="admin",
        config=True,
        help="What callers of this server may do. On a laptop the only caller is its owner.",
    )

    def __init__(self, server: ServerApp) -> None:
        super().__init__(parent=server)
        self._server = server
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="headwater")

    def start(self) -> None:
        """Open the home, add the routes, hook the saves, follow kernels and events."""
        home = Home.locate(self.home or None)
        # Credentials are for the ledger and the host; kernels inherit this process's environment.
        environ = dict(os.environ)
        for variable in secret_variables(home):
            os.environ.pop(variable, None)
        # Kernels that this server starts find the same home, whoever configured it, and wait to be bound.
        os.environ.update({"HEADWATER_HOME": str(home.path), SERVER_VARIABLE: this_process()})
        headwater = self._headwater = open_headwater(home, environ)
        self._host = HostClient(home, environ=environ, attached=True)
        paths = ContentsPaths(self._server.contents_manager)
        self._kernels = KernelBindings(self._server, headwater.pins, paths, self._pool, self.log)
        self._feed = EventFeed(headwater.database, self._pool, self.log)
        self._server.web_app.settings[SETTING] = Context(
            headwater=headwater,
            host=self._host,
            paths=paths,
            pool=self._pool,
            feed=self._feed,
            role=role_named(self.role),
            version=headwater_version(),
            warnings=self._warnings(paths),
        )
        self._add_routes(_HANDLERS)
        SaveHooks(self._server, headwater, paths, self._kernels, role_named(self.role)).register()
        self._kernels.start()
        self._feed.start()
        self._pool.submit(self._prepare)

    def refuse(self, error: HeadwaterError) -> None:
        """Answer every route with what keeps Headwater from starting, so that the browser can say it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._server.web_app.settings[SETTING] = error
        self._add_routes(_HANDLERS)

    def _add_routes(self, routes: Sequence[tuple[str, type[JupyterHandler]]]) -> None:
        base_url = self._server.base_url
        self._server.web_app.add_handlers(  # type: ignore[no-untyped-call]
            ".*$", [(url_path_join(base_url, path), handler) for path, handler in routes]
        )

    def stop(self) -> None:
        """Let go of kernels, events, host and ledger."""
        self._feed.stop()
        self._kernels.stop()
        self._host.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._headwater.close()

    def _prepare(self) -> None:
        """Start the host with this server's credentials, and finish commits that a crash interrupted."""
        try:
            self._host.take_over()
            self._host.start()
        except HeadwaterError as error:
            self.log.warning("headwater: the host did not start: %s", error)

    def _warnings(self, paths: ContentsPaths) -> tuple[str, ...]:
        found = []
        if not paths.supported:
            kind = type(self._server.contents_manager).__name__
            found.append(f"Notebooks kept by {kind} are not stamped or pinned: it has no files.")
        try:
            _ = self._headwater.config
        except HeadwaterError as error:
            found.append(f"{error.message} Sources and samples do not work until it is corrected.")
        for warning in found:
            self.log.warning("headwater: %s", warning)
        return tuple(found)


def load(server: ServerApp) -> None:
    """Start Headwater in `server`; a home that cannot be used leaves the rest of it as it is, and says why."""
    extension = HeadwaterExtension(server)
    try:
        extension.start()
    except HeadwaterError as error:
        server.log.error("headwater: not started: %s", error)
        extension.refuse(_unavailable(error))
        return
    except Exception as error:
        server.log.error("headwater: not started\n%s", trace(error))
        extension.refuse(
            Unavailable(
                f"Headwater did not start, in a way that it did not foresee ({type(error).__name__}).",
                hint="The log of the Jupyter server says where.",
            )
        )
        return
    server.web_app.settings["headwater_extension"] = extension


def _unavailable(error: HeadwaterError) -> HeadwaterError:
    """The error as one of the service, also where it began as one of a file that its owner wrote."""
    return error if error.status == 503 else Unavailable(error.message, hint=error.hint)


async def unload(server: ServerApp) -> None:
    """Stop Headwater in `server`."""
    extension: Any = server.web_app.settings.pop("headwater_extension", None)
    if extension is not None:
        extension.stop()
