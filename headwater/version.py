"""Which Headwater this is."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def headwater_version() -> str:
    """The version that this process runs, e.g. ``0.1.0``; ``0+unknown`` when run from a bare source tree."""
    return installed_version()


def installed_version() -> str:
    """The version that a process started now would run: another one after an upgrade."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("jupyterlab-headwater")
    except PackageNotFoundError:
        return "0+unknown"
