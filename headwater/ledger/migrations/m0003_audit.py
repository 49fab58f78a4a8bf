"""The audit log: who asked for what of a source, and how it ended. Each line holds the hash of the one before."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE audit (
        seq BIGINT PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        resource {text} NOT NULL,
        outcome TEXT NOT NULL,
        details {json} NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL)""",
)
