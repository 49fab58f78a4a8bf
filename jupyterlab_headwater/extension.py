"""The composition root of the server shell: builds everything once, and takes it down again."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jupyter_server.utils import url_path_join
from traitlets import Enum, Unicode
from traitlets.config import LoggingConfigurable

from headwater.assembly import open_headwater
from headwater.errors import HeadwaterError
from headwater.home import Home
from headwater.host.client import HostClient
from headwater.policy import ROLES
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

    from headwater.assembly import Headwater


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
        headwater = open_headwater(Home.locate(self.home or None))
        # Kernels that this server starts find the same home, whoever configured it.
        os.environ["HEADWATER_HOME"] = str(headwater.home.path)
        self._host = HostClient(headwater.home, environ=dict(os.environ), attached=True)
        _hide_credentials(headwater)
        paths = ContentsPaths(self._server.contents_manager)
        self._kernels = KernelBindings(self._server, headwater.pins, paths, self._pool, self.log)
        self._feed = EventFeed(headwater.database, self._pool, self.log)
        self._headwater = headwater
        settings = self._server.web_app.settings
        settings[SETTING] = Context(
            headwater=headwater,
            host=self._host,
            paths=paths,
            pool=self._pool,
            feed=self._feed,
            role=role_named(self.role),
            version=headwater_version(),
            warnings=self._warnings(paths),
        )
        base_url = self._server.base_url
        self._server.web_app.add_handlers(  # type: ignore[no-untyped-call]
            ".*$",
            [
                *((url_path_join(base_url, path), handler) for path, handler in build()),
                (url_path_join(base_url, PREFIX, "events"), EventsSocket),
            ],
        )
        SaveHooks(self._server, headwater, paths, self._kernels, role_named(self.role)).register()
        self._kernels.start()
        self._feed.start()
        self._pool.submit(self._prepare)

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
        if paths.supported:
            return ()
        kind = type(self._server.contents_manager).__name__
        self.log.warning("headwater: notebooks kept by %s are not stamped or pinned", kind)
        return (f"Notebooks kept by {kind} are not stamped or pinned: it has no files.",)


def _hide_credentials(headwater: Headwater) -> None:
    """Take the sources' credentials out of this process's environment, which kernels inherit."""
    try:
        for variable in headwater.config.secret_variables:
            os.environ.pop(variable, None)
    except HeadwaterError:
        # A headwater.toml that cannot be read names no variable; doctor and every source call say what is wrong.
        return


def load(server: ServerApp) -> None:
    """Start Headwater in `server`; a home that cannot be used leaves the server as it is, and says why."""
    extension = HeadwaterExtension(server)
    try:
        extension.start()
    except HeadwaterError as error:
        server.log.error("headwater: not started: %s", error)
        return
    server.web_app.settings["headwater_extension"] = extension


async def unload(server: ServerApp) -> None:
    """Stop Headwater in `server`."""
    extension: Any = server.web_app.settings.pop("headwater_extension", None)
    if extension is not None:
        extension.stop()
