"""Stamps, the order in which they were given out, and the kernel records that they rest on.

A notebook can come back to an older stamp (an undo, a checkout of an old commit), so a stamp is kept once,
and each time that a save carries it there is one row in ``stamp_issue``: ``pending`` until the file is known
to be written, then ``written``. ``record_claim`` holds which notebook a record that was found in outputs was
stamped in first: found again in another notebook, it came with a copy.
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
    "CREATE TABLE record_claim (record TEXT PRIMARY KEY, notebook TEXT NOT NULL)",
    "CREATE TABLE spool_position (spool TEXT PRIMARY KEY, position BIGINT NOT NULL)",
)
