"""Which kernel this process is."""

from __future__ import annotations

import os
import re
import sys
import uuid
from functools import lru_cache
from typing import Any

_CONNECTION_FILE = re.compile(r"(?:kernel-)?(.+)\.json")
_SERVER_KERNEL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def shell() -> Any | None:
    """The IPython shell of this process; None in a plain script, for which IPython is not imported."""
    ipython = sys.modules.get("IPython")
    found = getattr(ipython, "get_ipython", None)
    return found() if found is not None else None


def kernel_id() -> str:
    """The id under which a server knows this kernel, else one that no other process has.

    It is the name of the connection file: ``kernel-<uuid>.json`` under a server, ``tmp….json`` in a headless
    run.
    """
    return _kernel_id(os.getpid())


def is_server_kernel(kernel: str) -> bool:
    """Whether an id has the form that servers give, which headless runs never have."""
    return _SERVER_KERNEL.fullmatch(kernel) is not None


def kernel_version() -> str | None:
    """For example ``ipykernel 7.4.0``; None outside a kernel."""
    module = sys.modules.get("ipykernel")
    return f"ipykernel {getattr(module, '__version__', '?')}" if module and _application() else None


@lru_cache(maxsize=1)
def _kernel_id(process: int) -> str:
    application = _application()
    name = os.path.basename(getattr(application, "connection_file", "") or "")
    found = _CONNECTION_FILE.fullmatch(name)
    return found[1] if found else f"process-{uuid.uuid4().hex[:12]}"


def _application() -> Any | None:
    module = sys.modules.get("ipykernel.kernelapp")
    application = getattr(module, "IPKernelApp", None)
    if application is None or not application.initialized():
        return None
    return application.instance()
