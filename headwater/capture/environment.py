"""The environment that a cell ran in: Python, kernel, and a digest of the installed packages."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from typing import Any

from headwater.capture.kernel import kernel_version

_SEPARATORS = re.compile(r"[-_.]+")
_States = tuple[tuple[str, int], ...]
_cached: tuple[_States, dict[str, Any]] | None = None


def environment() -> dict[str, Any]:
    """``python``, ``implementation``, ``platform``, ``kernel``, ``packages_sha256`` and ``packages``, their
    number.

    Reading the packages takes tens of milliseconds, so it is done anew only when a directory of the import
    path has changed, as it does when a package is installed or removed.
    """
    global _cached
    states = _path_states()
    if _cached is None or _cached[0] != states:
        digest, packages = _packages()
        facts = {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": f"{sys.platform}-{platform.machine()}",
            "kernel": kernel_version() or "none",
            "packages_sha256": digest,
            "packages": packages,
        }
        _cached = (states, facts)
    return _cached[1]


def _path_states() -> _States:
    """When each directory of the import path last had an entry added or removed."""
    states = []
    for directory in sys.path:
        try:
            states.append((directory, os.stat(directory or ".").st_mtime_ns))
        except OSError:
            continue
    return tuple(states)


def _packages() -> tuple[str, int]:
    """The SHA-256 of the sorted lines ``name==version`` of all distributions, names normalised as in PEP 503."""
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name:
            # The first on the path is the one that an import finds.
            found.setdefault(_SEPARATORS.sub("-", name).lower(), distribution.version)
    lines = "".join(f"{name}=={found[name]}\n" for name in sorted(found))
    return hashlib.sha256(lines.encode()).hexdigest(), len(found)
