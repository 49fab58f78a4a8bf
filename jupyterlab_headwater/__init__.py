"""The Jupyter server extension of Headwater."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-headwater"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "jupyterlab_headwater"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    from jupyterlab_headwater.extension import load

    load(server)


async def _stop_extension(server: ServerApp) -> None:
    """Called by newer Jupyter servers when they stop."""
    from jupyterlab_headwater.extension import unload

    await unload(server)
