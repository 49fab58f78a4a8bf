"""Versions whose rows were erased, and the files of each that are still to be removed.

A row in ``erased`` is the tombstone: from then on nobody reads the version. Until ``finished`` is set, files that held
its rows may be left, and ``erasing`` names them, so that an erasure that was interrupted is finished by the next one.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE erased (
        dataset_id BIGINT NOT NULL REFERENCES dataset (id),
        number BIGINT NOT NULL,
        reason TEXT NOT NULL,
        actor TEXT NOT NULL,
        at TEXT NOT NULL,
        finished TEXT,
        PRIMARY KEY (dataset_id, number))""",
    """CREATE TABLE erasing (
        dataset_id BIGINT NOT NULL REFERENCES dataset (id),
        number BIGINT NOT NULL,
        path {text} NOT NULL,
        data BIGINT NOT NULL,
        PRIMARY KEY (dataset_id, number, path))""",
    "CREATE INDEX version_by_kind ON version (kind, created)",
    """CREATE VIEW kernel_v1_erased AS
        SELECT d.name AS dataset, e.number, e.reason, e.actor, e.at
        FROM erased e JOIN dataset d ON d.id = e.dataset_id""",
)
