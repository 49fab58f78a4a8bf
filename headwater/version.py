"""Which Headwater this is."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def headwater_version() -> str:
    """The installed version, e.g. ``0.1.0``; ``0+unknown`` when run from a bare source tree."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("jupyterlab-headwater")
    except PackageNotFoundError:
        return "0+unknown"
