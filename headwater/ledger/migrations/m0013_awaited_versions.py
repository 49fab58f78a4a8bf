"""Which version a draw that is under way will commit, so that the log can tell whether it did when its process dies."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE audit_open ADD COLUMN dataset TEXT",
    "ALTER TABLE audit_open ADD COLUMN recipe TEXT",
)
