"""Recipes of samples, what each draw of one found, and the lines of the audit log that still wait for their outcome."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE recipe (
        digest TEXT PRIMARY KEY,
        document {json} NOT NULL)""",
    """CREATE TABLE drawn (
        dataset {text} NOT NULL,
        version TEXT NOT NULL,
        recipe TEXT NOT NULL,
        drawn BIGINT NOT NULL,
        total BIGINT,
        PRIMARY KEY (dataset, version))""",
    """CREATE TABLE audit_open (
        seq BIGINT PRIMARY KEY,
        worker TEXT NOT NULL)""",
)
