"""The values that a recipe was asked for, encrypted: its document shows ``?`` for them."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = ("ALTER TABLE recipe ADD COLUMN sealed TEXT",)
