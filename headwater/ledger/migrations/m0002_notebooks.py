"""Notebooks, their pins and what holds them open; the leases that pins are; and the views of them for
kernels.

A row in ``pin`` is what a notebook is pinned to now. A row in ``pin_change`` says when a dataset's pin last
changed and, while ``pending``, that the notebook's file does not have the change yet: it took the file's
entry from `base` to `target`, JSON of the file's form or null for none. ``offered`` is the state of the file
when a save was last given it.
"""

from __future__ import annotations

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE notebook (
        id TEXT PRIMARY KEY,
        path {text} UNIQUE,
        created TEXT NOT NULL,
        copied_from TEXT,
        revision BIGINT NOT NULL DEFAULT 0,
        in_file BIGINT NOT NULL DEFAULT 0,
        file_state TEXT)""",
    """CREATE TABLE pin (
        notebook_id TEXT NOT NULL REFERENCES notebook (id),
        dataset {text} NOT NULL,
        version TEXT NOT NULL,
        digest TEXT NOT NULL,
        kind TEXT NOT NULL,
        pinned_by TEXT NOT NULL,
        pinned_at TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (notebook_id, dataset))""",
    """CREATE TABLE pin_change (
        notebook_id TEXT NOT NULL REFERENCES notebook (id),
        dataset {text} NOT NULL,
        revision BIGINT NOT NULL,
        pending BIGINT NOT NULL,
        base {json},
        target {json},
        offered TEXT,
        PRIMARY KEY (notebook_id, dataset))""",
    """CREATE TABLE lease (
        dataset {text} NOT NULL,
        version TEXT NOT NULL,
        holder TEXT NOT NULL,
        created TEXT NOT NULL,
        PRIMARY KEY (dataset, version, holder))""",
    "CREATE INDEX lease_by_holder ON lease (holder)",
    # Versions that the store protects natively because a lease names them: what there is to undo when it
    # goes.
    """CREATE TABLE protected (
        dataset {text} NOT NULL,
        version TEXT NOT NULL,
        PRIMARY KEY (dataset, version))""",
    """CREATE TABLE editor (
        notebook_id TEXT NOT NULL REFERENCES notebook (id),
        client TEXT NOT NULL,
        seen TEXT NOT NULL,
        PRIMARY KEY (notebook_id, client))""",
    """CREATE TABLE binding (
        kernel_id TEXT PRIMARY KEY,
        notebook_id TEXT NOT NULL REFERENCES notebook (id),
        owner TEXT NOT NULL,
        server TEXT NOT NULL,
        bound TEXT NOT NULL)""",
    "CREATE INDEX binding_by_notebook ON binding (notebook_id)",
    "CREATE VIEW kernel_v1_notebooks AS SELECT id, path, revision FROM notebook",
    """CREATE VIEW kernel_v1_pins AS
        SELECT notebook_id AS notebook, dataset, version, digest, kind, pinned_by, pinned_at, reason
        FROM pin""",
    # The path is the notebook's, so that a kernel follows a rename.
    """CREATE VIEW kernel_v1_bindings AS
        SELECT b.kernel_id, b.notebook_id AS notebook, n.path, b.owner
        FROM binding b JOIN notebook n ON n.id = b.notebook_id""",
)
