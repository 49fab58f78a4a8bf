"""Datasets, versions, their files, tags, profiles, search and events; and the views that kernels read.

A data file belongs to version n when ``added <= n`` and (``removed`` is null or ``removed > n``): a version costs
what it changed, never a list of all its files. ``dataset_count`` holds how many datasets there are for each
namespace and newest kind (the empty text stands for any), so that no page of the browser counts rows.
"""

from __future__ import annotations

_NEWEST = ("newest_created", "newest_rows", "newest_bytes")

STATEMENTS: tuple[str, ...] = (
    "CREATE TABLE ledger_fact (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "INSERT INTO ledger_fact (key, value) VALUES ('kernel_views', '1')",
    """CREATE TABLE dataset (
        id {identity},
        name {text} NOT NULL UNIQUE,
        namespace {text} NOT NULL,
        description TEXT NOT NULL DEFAULT '',
        owner TEXT NOT NULL,
        created TEXT NOT NULL,
        location TEXT NOT NULL DEFAULT '',
        newest_number BIGINT NOT NULL DEFAULT 0,
        newest_created {text} NOT NULL,
        newest_rows BIGINT NOT NULL DEFAULT 0,
        newest_bytes BIGINT NOT NULL DEFAULT 0,
        newest_kind TEXT NOT NULL,
        newest_rests_on {json} NOT NULL)""",
    "CREATE INDEX dataset_by_namespace ON dataset (namespace, name)",
    "CREATE INDEX dataset_by_kind ON dataset (newest_kind, name)",
    *(f"CREATE INDEX dataset_by_{column} ON dataset ({column}, name)" for column in _NEWEST),
    *(f"CREATE INDEX dataset_by_namespace_{column} ON dataset (namespace, {column}, name)" for column in _NEWEST),
    *(f"CREATE INDEX dataset_by_kind_{column} ON dataset (newest_kind, {column}, name)" for column in _NEWEST),
    "CREATE INDEX dataset_by_facets ON dataset (namespace, newest_kind, name)",
    *(
        f"CREATE INDEX dataset_by_facets_{column} ON dataset (namespace, newest_kind, {column}, name)"
        for column in _NEWEST
    ),
    """CREATE TABLE dataset_count (
        namespace {text} NOT NULL,
        kind TEXT NOT NULL,
        datasets BIGINT NOT NULL,
        PRIMARY KEY (namespace, kind))""",
    "CREATE INDEX dataset_count_by_kind ON dataset_count (kind, namespace)",
    # Versions share their schema's text: a thousand columns times five thousand versions would not fit otherwise.
    "CREATE TABLE table_schema (id {identity}, sha256 TEXT NOT NULL UNIQUE, document {json} NOT NULL)",
    """CREATE TABLE version (
        id {identity},
        dataset_id BIGINT NOT NULL REFERENCES dataset (id),
        number BIGINT NOT NULL,
        digest {text} NOT NULL,
        files_root TEXT NOT NULL,
        rows BIGINT NOT NULL,
        bytes BIGINT NOT NULL,
        kind TEXT NOT NULL,
        rests_on {json} NOT NULL,
        message TEXT NOT NULL,
        author TEXT NOT NULL,
        created TEXT NOT NULL,
        parent_number BIGINT,
        schema_id BIGINT NOT NULL REFERENCES table_schema (id),
        inputs {json} NOT NULL,
        recipe TEXT,
        snapshot TEXT,
        UNIQUE (dataset_id, number))""",
    "CREATE INDEX version_by_digest ON version (dataset_id, digest)",
    """CREATE TABLE data_file (
        id {identity},
        dataset_id BIGINT NOT NULL REFERENCES dataset (id),
        path TEXT NOT NULL,
        bytes BIGINT NOT NULL,
        rows BIGINT NOT NULL,
        blake3 TEXT NOT NULL,
        ordinal BIGINT NOT NULL,
        added BIGINT NOT NULL,
        removed BIGINT)""",
    "CREATE INDEX data_file_by_dataset ON data_file (dataset_id, removed, added)",
    """CREATE TABLE tag (
        dataset_id BIGINT NOT NULL REFERENCES dataset (id),
        name {text} NOT NULL,
        number BIGINT NOT NULL,
        PRIMARY KEY (dataset_id, name))""",
    """CREATE TABLE profile (
        version_id BIGINT NOT NULL REFERENCES version (id),
        column_name TEXT NOT NULL,
        document {json} NOT NULL,
        PRIMARY KEY (version_id, column_name))""",
    "CREATE TABLE intent (id {identity}, dataset {text} NOT NULL, document {json} NOT NULL, started TEXT NOT NULL)",
    "CREATE INDEX intent_by_dataset ON intent (dataset)",
    """CREATE TABLE event (
        seq {identity},
        at TEXT NOT NULL,
        topic TEXT NOT NULL,
        subject TEXT NOT NULL,
        payload {json} NOT NULL)""",
    "CREATE VIEW kernel_v1_meta AS SELECT key, value FROM ledger_fact",
    "CREATE VIEW kernel_v1_datasets AS SELECT name, newest_number AS newest, description, owner, created FROM dataset",
    """CREATE VIEW kernel_v1_versions AS
        SELECT d.name AS dataset, v.number, v.digest, v.files_root AS files, v.rows, v.bytes, v.kind, v.rests_on,
            v.message, v.author, v.created, v.parent_number AS parent, s.document AS schema, v.inputs, v.recipe
        FROM dataset d JOIN version v ON v.dataset_id = d.id JOIN table_schema s ON s.id = v.schema_id""",
    """CREATE VIEW kernel_v1_tags AS
        SELECT d.name AS dataset, t.name AS tag, t.number FROM dataset d JOIN tag t ON t.dataset_id = d.id""",
    """CREATE VIEW kernel_v1_files AS
        SELECT d.name AS dataset, f.path, f.bytes, f.rows, f.blake3, f.ordinal, f.added, f.removed
        FROM dataset d JOIN data_file f ON f.dataset_id = d.id""",
)

DIALECT_STATEMENTS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        # detail=column keeps column filters and leaves positions out; nothing here searches for phrases.
        """CREATE VIRTUAL TABLE dataset_words USING fts5 (
            name, description, columns, tags, facets, detail = column, prefix = '1 2 3 4', tokenize = 'ascii')""",
        "CREATE VIRTUAL TABLE dataset_trigrams USING fts5 (name, tokenize = 'trigram')",
    ),
    "postgresql": (
        """CREATE TABLE dataset_words (
            dataset_id BIGINT PRIMARY KEY REFERENCES dataset (id),
            document {json} NOT NULL,
            words TSVECTOR NOT NULL)""",
        "CREATE INDEX dataset_words_by_word ON dataset_words USING GIN (words)",
    ),
}
