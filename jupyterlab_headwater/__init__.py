"""The Jupyter server extension of Headwater."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.version import headwater_version

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

# `jupyter server extension list` shows it.
__version__ = headwater_version()


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
