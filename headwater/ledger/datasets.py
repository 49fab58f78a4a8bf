"""Datasets in the ledger: what each is, and pages of them in the order of a column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater.cursors import decode_cursor, encode_cursor
from headwater.ledger.base import Database, Reader, Row, Transaction, Value
from headwater.ledger.words import Facets
from headwater.models import DatasetPage, DatasetSummary, Kind, Namespace, SortKey
from headwater.naming import namespace_of, version_name

SORT_COLUMNS: dict[SortKey, str] = {
    "relevance": "name",
    "name": "name",
    "updated": "newest_created",
    "rows": "newest_rows",
    "bytes": "newest_bytes",
}

_SUMMARY = (
    "id, name, namespace, description, newest_number, newest_rows, newest_bytes, newest_kind, newest_rests_on,"
    " newest_created"
)


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """A dataset without its versions. `newest` is a version number, `location` what the store calls its table."""

    id: int
    name: str
    description: str
    owner: str
    created: str
    location: str
    newest: int


class Datasets:
    """The datasets of a ledger. One comes into being with its first version: see `Versions.add`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, name: str, reader: Reader | None = None) -> DatasetRecord | None:
        """The dataset of this name, or None. Inside a transaction, give it as the reader."""
        row = (reader or self._db).one(
            "SELECT id, name, description, owner, created, location, newest_number FROM dataset WHERE name = ?",
            (name,),
        )
        if row is None:
            return None
        return DatasetRecord(
            id=row["id"],
            name=row["name"],
            description=row["description"],
            owner=row["owner"],
            created=row["created"],
            location=row["location"],
            newest=row["newest_number"],
        )

    def page(
        self, facets: Facets, sort: SortKey, descending: bool, cursor: str | None, limit: int, offset: int = 0
    ) -> DatasetPage:
        """Up to `limit` datasets after `cursor`, else from place `offset` on.

        Read by cursors, every dataset is on exactly one page.
        """
        column = SORT_COLUMNS[sort]
        scope = ("datasets", facets.namespace, facets.kind, column, descending)
        conditions, params = _facet_conditions(facets)
        order = [column] if column == "name" else [column, "name"]
        if cursor is not None:
            shape: tuple[type[str | int], ...] = {
                "name": (str,),
                "newest_created": (str, str),
            }.get(column, (int, str))
            key = decode_cursor(scope, cursor, shape)
            # One row comparison, both parts in one direction: that is what the index can follow.
            conditions.append(f"({', '.join(order)}) {'<' if descending else '>'} ({', '.join('?' for _ in order)})")
            params.extend(key)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        direction = " DESC" if descending else ""
        ordered = f" ORDER BY {', '.join(part + direction for part in order)}"
        if offset:
            # The places before the page are passed over in the index alone.
            where = f" WHERE id IN (SELECT id FROM dataset{where}{ordered} LIMIT ? OFFSET ?)"
            params.extend((limit + 1, offset))
        rows = self._db.query(f"SELECT {_SUMMARY} FROM dataset{where}{ordered} LIMIT ?", (*params, limit + 1))
        following = None
        if len(rows) > limit:
            rows = rows[:limit]
            following = encode_cursor(scope, [rows[-1][part] for part in order])
        return DatasetPage(tuple(self._summaries(rows)), following, self.count(facets))

    def summaries(self, ids: Sequence[int]) -> list[DatasetSummary]:
        """The datasets of these ids, in their order."""
        if not ids:
            return []
        rows = self._db.query(f"SELECT {_SUMMARY} FROM dataset WHERE id IN ({_marks(ids)})", tuple(ids))
        by_id = {row["id"]: row for row in rows}
        return self._summaries([by_id[id] for id in ids if id in by_id])

    def names(self, ids: Sequence[int]) -> dict[int, str]:
        """The names of these datasets."""
        if not ids:
            return {}
        rows = self._db.query(f"SELECT id, name FROM dataset WHERE id IN ({_marks(ids)})", tuple(ids))
        return {row["id"]: row["name"] for row in rows}

    def count(self, facets: Facets) -> int:
        """How many datasets there are; kept as a number, never counted."""
        row = self._db.one(
            "SELECT datasets FROM dataset_count WHERE namespace = ? AND kind = ?",
            (facets.namespace or "", facets.kind or ""),
        )
        return int(row["datasets"]) if row else 0

    def namespaces(self) -> list[Namespace]:
        """All namespaces with the number of their datasets, by name."""
        rows = self._db.query(
            "SELECT namespace, datasets FROM dataset_count"
            " WHERE kind = '' AND namespace > '' AND datasets > 0 ORDER BY namespace"
        )
        return [Namespace(row["namespace"], row["datasets"]) for row in rows]

    def describe(self, tx: Transaction, dataset_id: int, description: str) -> None:
        """Change the description; the caller stores the new search document."""
        tx.execute("UPDATE dataset SET description = ? WHERE id = ?", (description, dataset_id))

    def _summaries(self, rows: Sequence[Row]) -> list[DatasetSummary]:
        tags = self._tags([row["id"] for row in rows])
        return [
            DatasetSummary(
                name=row["name"],
                namespace=row["namespace"],
                description=row["description"],
                version=version_name(row["newest_number"]),
                rows=row["newest_rows"],
                bytes=row["newest_bytes"],
                kind=row["newest_kind"],
                rests_on=tuple(json.loads(row["newest_rests_on"])),
                updated=row["newest_created"],
                tags=tuple(tags.get(row["id"], ())),
            )
            for row in rows
        ]

    def _tags(self, ids: Sequence[int]) -> dict[int, list[str]]:
        if not ids:
            return {}
        found: dict[int, list[str]] = {}
        for row in self._db.query(
            f"SELECT dataset_id, name FROM tag WHERE dataset_id IN ({_marks(ids)}) ORDER BY dataset_id, name",
            tuple(ids),
        ):
            found.setdefault(row["dataset_id"], []).append(row["name"])
        return found


def count_dataset(tx: Transaction, name: str, kind: Kind, change: int) -> None:
    """Keep the numbers of datasets when one of this newest kind comes (`change` 1) or goes (-1)."""
    namespace = namespace_of(name)
    tx.execute_many(
        "INSERT INTO dataset_count (namespace, kind, datasets) VALUES (?, ?, ?)"
        " ON CONFLICT (namespace, kind) DO UPDATE SET datasets = dataset_count.datasets + excluded.datasets",
        [(space, of_kind, change) for space in ("", namespace) for of_kind in ("", kind)],
    )


def _facet_conditions(facets: Facets) -> tuple[list[str], list[Value]]:
    conditions: list[str] = []
    params: list[Value] = []
    if facets.namespace is not None:
        conditions.append("namespace = ?")
        params.append(facets.namespace)
    if facets.kind is not None:
        conditions.append("newest_kind = ?")
        params.append(facets.kind)
    return conditions, params


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
