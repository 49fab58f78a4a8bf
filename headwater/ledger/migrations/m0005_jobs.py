"""Jobs: what was started, how far it is, and how it ended. ``worker`` names the process that does the work."""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE job (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        state TEXT NOT NULL,
        created TEXT NOT NULL,
        done BIGINT NOT NULL DEFAULT 0,
        total BIGINT,
        unit TEXT NOT NULL DEFAULT 'rows',
        message TEXT NOT NULL DEFAULT '',
        result {json},
        error {json},
        worker TEXT NOT NULL)""",
    "CREATE INDEX job_by_created ON job (created)",
    "CREATE INDEX job_by_state ON job (state)",
)
