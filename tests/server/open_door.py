"""A server extension with a handler that asks nobody who they are, for the test that such a handler is noticed."""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import JupyterHandler


class OpenDoor(JupyterHandler):
    def get(self) -> None:
        self.finish("come in")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "open_door"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.web_app.add_handlers(".*$", [("/open-door", OpenDoor)])
