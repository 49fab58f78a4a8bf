"""Fixtures of this directory."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from production_fixtures import admin, draw, server
from related_fixtures import related, shop

__all__ = ["admin", "draw", "related", "server", "shop"]
