"""Stamps, the order in which they were given out, and the kernel records that they rest on.

A notebook can come back to an older stamp (an undo, a checkout of an old commit), so a stamp is kept once, and
each time that a save carries it there is one row in ``stamp_issue``: ``pending`` until the file is known to be
written, then ``written``.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE stamp (
        digest TEXT PRIMARY KEY,
        stamp_id TEXT NOT NULL,
        notebook TEXT NOT NULL,
        previous TEXT,
        created TEXT NOT NULL,
        document {json} NOT NULL)""",
    "CREATE INDEX stamp_by_notebook ON stamp (notebook)",
    """CREATE TABLE stamp_issue (
        id {identity},
        notebook TEXT NOT NULL,
        digest TEXT NOT NULL REFERENCES stamp (digest),
        state TEXT NOT NULL,
        at TEXT NOT NULL)""",
    "CREATE INDEX stamp_issue_by_notebook ON stamp_issue (notebook, id)",
    """CREATE TABLE cell_record (
        id TEXT PRIMARY KEY,
        kernel TEXT NOT NULL,
        notebook TEXT,
        session TEXT NOT NULL,
        seq BIGINT NOT NULL,
        at TEXT NOT NULL,
        document {json} NOT NULL)""",
    "CREATE INDEX cell_record_by_kernel ON cell_record (kernel, at)",
    "CREATE INDEX cell_record_by_notebook ON cell_record (notebook, at)",
    "CREATE TABLE spool_position (spool TEXT PRIMARY KEY, position BIGINT NOT NULL)",
)
