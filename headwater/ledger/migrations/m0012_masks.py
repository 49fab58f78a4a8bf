"""What stewards decided of the columns of production, each time a new revision, and the proof sheets of samples.

``columns`` are the table's columns and types when it was decided; ``masks`` what was decided then, null for a decision
that was taken back.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE mask_revision (
        source {text} NOT NULL,
        table_name {text} NOT NULL,
        revision BIGINT NOT NULL,
        actor TEXT NOT NULL,
        at TEXT NOT NULL,
        why TEXT NOT NULL,
        columns TEXT NOT NULL,
        masks TEXT NOT NULL,
        PRIMARY KEY (source, table_name, revision))""",
    """CREATE TABLE proof (
        dataset {text} NOT NULL,
        version TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (dataset, version))""",
)
