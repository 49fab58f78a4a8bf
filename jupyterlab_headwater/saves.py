"""What happens when the contents manager saves, renames or copies a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server import CallContext

from headwater.errors import HeadwaterError
from headwater.policy import Role
from jupyterlab_headwater.contents import ContentsPaths
from jupyterlab_headwater.identity import Actor, actor_of, owner
from jupyterlab_headwater.kernels import KernelBindings

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from headwater.assembly import Headwater

_EVENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class SaveHooks:
    """Stamps notebooks as they are saved, from whichever client: browser, collaboration autosave or REST.

    Only the pre-save hook sees all of them, and only there can a notebook be changed without an editor's "file
    changed on disk". It runs on the event loop: no slow work.
    """

    def __init__(
        self, server: ServerApp, headwater: Headwater, paths: ContentsPaths, kernels: KernelBindings, role: Role
    ) -> None:
        self._server = server
        self._headwater = headwater
        self._paths = paths
        self._kernels = kernels
        self._role = role
        self._unstamped: set[str] = set()

    def register(self) -> None:
        """Hook into the server's contents manager, beside any hook that the site has."""
        if not self._paths.supported:
            return
        contents = self._server.contents_manager
        contents.register_pre_save_hook(self.before_save)  # type: ignore[no-untyped-call]
        contents.register_post_save_hook(self.after_save)  # type: ignore[no-untyped-call]
        if self._server.event_logger is not None:
            self._server.event_logger.add_listener(schema_id=_EVENTS, listener=self.contents_changed)

    def before_save(self, model: dict[str, Any], path: str, **_: Any) -> None:
        """Put id, pins and stamp into a notebook that is about to be written."""
        if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
            return
        try:
            file = self._paths.file(path)
        except HeadwaterError as error:
            if path not in self._unstamped:
                self._unstamped.add(path)
                self._server.log.warning("headwater: %s is saved without pins and stamp: %s", path, error)
            return
        self._headwater.stamps.embed(model["content"], file, actor=self._actor(), bound_kernels=self._kernels.of(path))

    def after_save(self, model: dict[str, Any], os_path: str, **_: Any) -> None:
        """Note that the stamp is in the file now."""
        if model.get("type") == "notebook":
            self._headwater.stamps.written(os_path)

    async def contents_changed(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Let a notebook's pins follow it when it is renamed."""
        if data.get("action") != "rename":
            return
        try:
            old, new = self._paths.file(data["source_path"]), self._paths.file(data["path"])
            self._headwater.pins.renamed(old, new)
        except HeadwaterError as error:
            self._server.log.warning("headwater: a rename was not followed: %s", error)

    def _actor(self) -> Actor:
        """Who saves. An autosave of a shared document belongs to no request; it is the session owner's, said so."""
        handler = CallContext.get(CallContext.JUPYTER_HANDLER)
        request = getattr(handler, "request", None)
        if request is None or request.method not in ("PUT", "POST", "PATCH"):
            return Actor(owner(), "session-owner", self._role)
        return actor_of(handler.current_user, handler.identity_provider, self._role)
