"""Signed heads of the audit log: that it had a line of this number with this hash, said by the home's audit key."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE audit_head (
        seq BIGINT PRIMARY KEY,
        hash TEXT NOT NULL,
        at TEXT NOT NULL,
        key_id TEXT NOT NULL,
        signature TEXT NOT NULL)""",
)
