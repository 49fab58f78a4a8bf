"""Fixtures of this directory."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from production_fixtures import admin, draw, server

__all__ = ["admin", "draw", "server"]
