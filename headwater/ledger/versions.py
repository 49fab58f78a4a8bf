"""Versions in the ledger: the one place where a version, its files and its dataset's newest state are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from headwater.clock import now
from headwater.datafile import DataFile
from headwater.ledger.base import Database, Reader, Row, Transaction
from headwater.ledger.datasets import DatasetRecord, Datasets, count_dataset
from headwater.ledger.events import Events
from headwater.ledger.words import SearchDocument
from headwater.models import Column, Erasure, Kind, Version, VersionChange
from headwater.naming import check_dataset, namespace_of, version_name

_VERSION = (
    "v.id, d.name AS dataset, v.dataset_id, v.number, v.digest, v.files_root, v.rows, v.bytes, v.kind, v.rests_on,"
    " v.message, v.author, v.created, v.parent_number, s.document AS columns, v.inputs, v.recipe,"
    " e.reason AS erased_why, e.actor AS erased_by, e.at AS erased_at"
)
_FROM = (
    " FROM version v JOIN dataset d ON d.id = v.dataset_id JOIN table_schema s ON s.id = v.schema_id"
    " LEFT JOIN erased e ON e.dataset_id = v.dataset_id AND e.number = v.number"
)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that a store has committed and the ledger does not know yet.

    `digest` is the content digest, `files_root` the Merkle root; `rows` and `bytes` are those of the whole version,
    not of the change. `owner` and `location` count only for a dataset's first version.
    """

    dataset: str
    digest: str
    files_root: str
    rows: int
    bytes: int
    kind: Kind
    rests_on: tuple[Kind, ...]
    message: str
    author: str
    schema: tuple[Column, ...]
    inputs: tuple[str, ...] = ()
    recipe: str | None = None
    snapshot: str | None = None
    created: str | None = None
    location: str = ""


class Versions:
    """The versions of a ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._datasets = Datasets(db)
        self._events = Events(db)

    def add(
        self,
        tx: Transaction,
        new: NewVersion,
        added: Iterable[DataFile],
        removed: Iterable[str] = (),
        *,
        number: int | None = None,
    ) -> Version:
        """Record `new` as the next version of its dataset, which comes into being with its first one.

        Parameters
        ----------
        added:
            The data files that the parent does not have.
        removed:
            The paths of the parent's data files that this version does not have.
        number:
            The number that the version had before its ledger was lost, above the newest. By default the next.

        The version, its files, the dataset's newest state, the search and the event become visible together when
        `tx` commits. The number is taken inside `tx`, so that two processes never get the same.
        """
        created = new.created or now()
        record = self._datasets.get(new.dataset, tx) or self._new_dataset(tx, new, created)
        number = number or record.newest + 1
        tx.insert(
            "INSERT INTO version (dataset_id, number, digest, files_root, rows, bytes, kind, rests_on, message, author,"
            " created, parent_number, schema_id, inputs, recipe, snapshot)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.id, number, new.digest, new.files_root, new.rows, new.bytes, new.kind,
                json.dumps(sorted(set(new.rests_on))), new.message, new.author, created,
                record.newest or None, _schema_id(tx, new.schema), json.dumps(list(new.inputs)), new.recipe,
                new.snapshot,
            ),
        )  # fmt: skip
        tx.execute_many(
            "UPDATE data_file SET removed = ? WHERE dataset_id = ? AND path = ? AND removed IS NULL",
            [(number, record.id, path) for path in removed],
        )
        tx.execute_many(
            "INSERT INTO data_file (dataset_id, path, bytes, rows, blake3, ordinal, added)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(record.id, f.path, f.bytes, f.rows, f.blake3, f.ordinal, number) for f in added],
        )
        self._set_newest(tx, record, number, new, created)
        self.index(tx, record, new.schema, new.kind)
        self._events.append(
            tx, "version", new.dataset, {"version": version_name(number), "kind": new.kind, "rows": new.rows}
        )
        found = self.get(record.id, number, tx)
        assert found is not None
        return found

    def get(self, dataset_id: int, number: int, reader: Reader | None = None) -> Version | None:
        """The version of this number, or None."""
        return self._first("v.dataset_id = ? AND v.number = ?", (dataset_id, number), reader)

    def by_digest(self, dataset_id: int, prefix: str) -> list[Version]:
        """Up to two versions whose content digest begins with `prefix`, newest first; of equal digests the newest."""
        rows = self._db.query(
            # A range instead of LIKE: it uses the index in every dialect. Digests are hexadecimal, so 'g' is above all.
            f"SELECT {_VERSION}{_FROM} WHERE v.number IN (SELECT max(number) FROM version"
            " WHERE dataset_id = ? AND digest >= ? AND digest < ? GROUP BY digest) AND v.dataset_id = ?"
            " ORDER BY v.number DESC LIMIT 2",
            (dataset_id, prefix, prefix + "g", dataset_id),
        )
        return self._versions(rows, self._db)

    def kinds_of(self, digest: str) -> list[tuple[Kind, tuple[Kind, ...]]]:
        """Kind and what it rests on of each version of any dataset that has this content, newest first."""
        rows = self._db.query("SELECT kind, rests_on FROM version WHERE digest = ? ORDER BY created DESC", (digest,))
        return [(row["kind"], tuple(json.loads(row["rests_on"]))) for row in rows]

    def by_tag(self, dataset_id: int, tag: str) -> Version | None:
        """The version that has this tag, or None."""
        return self._first(
            "v.dataset_id = ? AND v.number = (SELECT number FROM tag WHERE dataset_id = ? AND name = ?)",
            (dataset_id, dataset_id, tag),
        )

    def page(self, dataset_id: int, below: int | None, limit: int) -> list[VersionChange]:
        """Up to `limit` versions, newest first, those under number `below` when it is given."""
        bound, params = (" AND v.number < ?", (dataset_id, below)) if below is not None else ("", (dataset_id,))
        rows = self._db.query(
            f"SELECT {_VERSION}, v.rows - p.rows AS rows_change, v.bytes - p.bytes AS bytes_change{_FROM}"
            " LEFT JOIN version p ON p.dataset_id = v.dataset_id AND p.number = v.parent_number"
            f" WHERE v.dataset_id = ?{bound} ORDER BY v.number DESC LIMIT ?",
            (*params, limit),
        )
        return [
            VersionChange(version, row["rows_change"], row["bytes_change"])
            for version, row in zip(self._versions(rows, self._db), rows, strict=True)
        ]

    def files(self, dataset_id: int, number: int, reader: Reader | None = None) -> list[DataFile]:
        """The data files of a version, in row order."""
        rows = (reader or self._db).query(
            "SELECT path, bytes, rows, blake3, ordinal FROM data_file"
            " WHERE dataset_id = ? AND added <= ? AND (removed IS NULL OR removed > ?) ORDER BY ordinal, id",
            (dataset_id, number, number),
        )
        return [DataFile(row["path"], row["bytes"], row["rows"], row["blake3"], row["ordinal"]) for row in rows]

    def snapshot(self, dataset_id: int, number: int, reader: Reader | None = None) -> str | None:
        """What the store calls this version."""
        row = (reader or self._db).one(
            "SELECT snapshot FROM version WHERE dataset_id = ? AND number = ?", (dataset_id, number)
        )
        return row["snapshot"] if row else None

    def count(self, dataset_id: int) -> int:
        """How many versions the dataset has."""
        row = self._db.one("SELECT count(*) AS versions FROM version WHERE dataset_id = ?", (dataset_id,))
        return int(row["versions"]) if row else 0

    def total_bytes(self, dataset_id: int) -> int:
        """The size of all data files of all versions; a file that versions share counts once."""
        row = self._db.one("SELECT sum(bytes) AS bytes FROM data_file WHERE dataset_id = ?", (dataset_id,))
        return int(row["bytes"] or 0) if row else 0

    def tag(self, tx: Transaction, record: DatasetRecord, number: int, tag: str) -> None:
        """Make `tag` name version `number`, and no other."""
        tx.execute(
            "INSERT INTO tag (dataset_id, name, number) VALUES (?, ?, ?)"
            " ON CONFLICT (dataset_id, name) DO UPDATE SET number = excluded.number",
            (record.id, tag, number),
        )
        self.reindex(tx, record)

    def untag(self, tx: Transaction, record: DatasetRecord, tag: str) -> bool:
        """Take `tag` away; returns whether it was there."""
        gone = tx.execute("DELETE FROM tag WHERE dataset_id = ? AND name = ?", (record.id, tag)) > 0
        self.reindex(tx, record)
        return gone

    def reindex(self, tx: Transaction, record: DatasetRecord) -> None:
        """Bring the search up to date after a change of description or tags."""
        newest = self.get(record.id, record.newest, tx)
        if newest is not None:
            self.index(tx, record, newest.schema, newest.kind)

    def index(self, tx: Transaction, record: DatasetRecord, schema: Sequence[Column], kind: Kind) -> None:
        """Make the search find the dataset by what it is now."""
        tags = tx.query("SELECT name FROM tag WHERE dataset_id = ? ORDER BY name", (record.id,))
        document = SearchDocument(
            name=record.name,
            description=record.description,
            columns=tuple(column.name for column in schema),
            tags=tuple(row["name"] for row in tags),
            kind=kind,
        )
        self._db.words.store(tx, record.id, document)

    def _new_dataset(self, tx: Transaction, new: NewVersion, created: str) -> DatasetRecord:
        name = check_dataset(new.dataset)
        id = tx.insert(
            "INSERT INTO dataset (name, namespace, owner, created, location, newest_created, newest_kind,"
            " newest_rests_on) VALUES (?, ?, ?, ?, ?, ?, ?, '[]')",
            (name, namespace_of(name), new.author, created, new.location, created, new.kind),
        )
        count_dataset(tx, name, new.kind, 1)
        self._events.append(tx, "dataset", name, {"change": "created"})
        return DatasetRecord(id, name, "", new.author, created, new.location, 0)

    def _set_newest(self, tx: Transaction, record: DatasetRecord, number: int, new: NewVersion, created: str) -> None:
        before = tx.one("SELECT newest_kind FROM dataset WHERE id = ?", (record.id,))
        if before is not None and before["newest_kind"] != new.kind:
            count_dataset(tx, record.name, before["newest_kind"], -1)
            count_dataset(tx, record.name, new.kind, 1)
        tx.execute(
            "UPDATE dataset SET newest_number = ?, newest_created = ?, newest_rows = ?, newest_bytes = ?,"
            " newest_kind = ?, newest_rests_on = ? WHERE id = ?",
            (
                number, created, new.rows, new.bytes, new.kind, json.dumps(sorted(set(new.rests_on))), record.id,
            ),
        )  # fmt: skip

    def _first(self, condition: str, params: tuple[Any, ...], reader: Reader | None = None) -> Version | None:
        source = reader or self._db
        found = self._versions(source.query(f"SELECT {_VERSION}{_FROM} WHERE {condition}", params), source)
        return found[0] if found else None

    def _versions(self, rows: Sequence[Row], reader: Reader) -> list[Version]:
        if not rows:
            return []
        tags: dict[int, list[str]] = {}
        for row in reader.query(
            "SELECT name, number FROM tag WHERE dataset_id = ? ORDER BY name", (rows[0]["dataset_id"],)
        ):
            tags.setdefault(row["number"], []).append(row["name"])
        return [_version(row, tuple(tags.get(row["number"], ()))) for row in rows]


def _version(row: Row, tags: tuple[str, ...]) -> Version:
    parent = row["parent_number"]
    return Version(
        dataset=row["dataset"],
        version=version_name(row["number"]),
        digest=row["digest"],
        files=row["files_root"],
        rows=row["rows"],
        bytes=row["bytes"],
        kind=row["kind"],
        rests_on=tuple(json.loads(row["rests_on"])),
        message=row["message"],
        author=row["author"],
        created=row["created"],
        parent=version_name(parent) if parent else None,
        schema=tuple(Column(**column) for column in json.loads(row["columns"])),
        tags=tags,
        inputs=tuple(json.loads(row["inputs"])),
        recipe=row["recipe"],
        erased=Erasure(row["erased_why"], row["erased_by"], row["erased_at"]) if row["erased_at"] else None,
    )


def _schema_id(tx: Transaction, schema: Sequence[Column]) -> int:
    document = json.dumps([asdict(column) for column in schema], ensure_ascii=False, separators=(",", ":"))
    sha256 = hashlib.sha256(document.encode()).hexdigest()
    known = tx.one("SELECT id FROM table_schema WHERE sha256 = ?", (sha256,))
    if known is not None:
        return int(known["id"])
    return tx.insert("INSERT INTO table_schema (sha256, document) VALUES (?, ?)", (sha256, document))
