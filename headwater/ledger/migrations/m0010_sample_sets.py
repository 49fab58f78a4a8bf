"""Versions that were drawn together, whose foreign keys hold among them."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE sample_set (
        id {text} NOT NULL,
        position BIGINT NOT NULL,
        dataset {text} NOT NULL,
        version TEXT NOT NULL,
        PRIMARY KEY (id, position))""",
    "CREATE INDEX sample_set_version ON sample_set (dataset, version)",
)
