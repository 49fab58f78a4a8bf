"""The laptop's transport: the home's ledger read in process, the home's host process asked for the rest."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from headwater.errors import DatasetNotFound, VersionNotFound
from headwater.ledger.sqlite import open_reader
from headwater.naming import parse_spec
from headwater.retention import SAMPLE_DAYS, erased_error, expires_at
from headwater.transports.base import File, Resolved
from headwater.transports.host import HostTransport

if TYPE_CHECKING:
    import sqlite3

    from headwater.home import Home
    from headwater.reading.files import VersionFiles
    from headwater.results.datasets import Dataset
    from headwater.results.versions import Version

_VERSION = "SELECT number, digest, files, rows, kind, rests_on, schema FROM kernel_v1_versions WHERE dataset = ?"
_FULL = (
    "SELECT dataset, number, digest, files, rows, bytes, kind, rests_on, message, author, created, parent,"
    " schema, inputs, recipe FROM kernel_v1_versions WHERE dataset = ?"
)


_COMPARED = 2_000
"""How many names are compared with one that was mistyped."""


class LocalTransport(HostTransport):
    """Reads the views that the ledger keeps for kernels, on a read-only connection of its own; the host is asked only
    for what changes something.
    """

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self._held: tuple[int, sqlite3.Connection] | None = None

    def resolve(self, dataset: str, spec: str | None) -> Resolved:
        newest = self._newest(dataset)
        row = self._find(dataset, newest, spec)
        if row is None:
            raise VersionNotFound(
                f"{dataset} has no version {spec}.",
                hint=f'Newest: v{newest}. List them with hw.versions("{dataset}").',
                details={"dataset": dataset, "spec": spec, "newest": f"v{newest}"},
            )
        types = {column["name"]: column["type"] for column in json.loads(row["schema"])}
        return Resolved(
            dataset, row["number"], row["digest"], row["files"], row["rows"], row["kind"],
            tuple(json.loads(row["rests_on"])), types, self._erasures(dataset).get(row["number"]),
        )  # fmt: skip

    def files(self, version: Resolved) -> VersionFiles:
        from headwater.reading.files import VersionFiles

        if version.erased is not None:
            raise erased_error(version.dataset, version.version, version.kind, **version.erased)
        rows = self._query(
            "SELECT path, bytes, rows FROM kernel_v1_files WHERE dataset = ? AND added <= ?"
            " AND (removed IS NULL OR removed > ?) ORDER BY ordinal",
            (version.dataset, version.number, version.number),
        )
        files = [File(row["path"], row["bytes"], row["rows"]) for row in rows]
        return VersionFiles(version.dataset, version.version, files, version.types)

    def versions(self, dataset: str) -> list[Version]:
        self._newest(dataset)
        tags: dict[int, list[str]] = {}
        for row in self._query("SELECT tag, number FROM kernel_v1_tags WHERE dataset = ? ORDER BY tag", (dataset,)):
            tags.setdefault(row["number"], []).append(row["tag"])
        rows, erased = self._query(f"{_FULL} ORDER BY number DESC", (dataset,)), self._erasures(dataset)
        return [self._version(row, tags.get(row["number"], []), erased) for row in rows]

    def dataset(self, name: str) -> Dataset:
        from headwater.results.datasets import Dataset

        newest = self._newest(name)
        row = self._query("SELECT description, owner, created FROM kernel_v1_datasets WHERE name = ?", (name,))[0]
        count = self._query("SELECT count(*) AS versions FROM kernel_v1_versions WHERE dataset = ?", (name,))[0]
        tags = self._query("SELECT tag FROM kernel_v1_tags WHERE dataset = ? AND number = ?", (name, newest))
        version = self._query(f"{_FULL} AND number = ?", (name, newest))[0]
        return Dataset(
            name, row["description"], row["owner"], row["created"],
            self._version(version, sorted(tag["tag"] for tag in tags), self._erasures(name)), count["versions"],
        )  # fmt: skip

    def _erasures(self, dataset: str) -> dict[int, dict[str, str]]:
        """The tombstones of a dataset by version number. A ledger that no host has brought up to date has none."""
        if not self._query("SELECT 1 FROM sqlite_master WHERE name = 'kernel_v1_erased'", ()):
            return {}
        rows = self._query("SELECT number, reason, actor, at FROM kernel_v1_erased WHERE dataset = ?", (dataset,))
        return {row["number"]: {"reason": row["reason"], "by": row["actor"], "at": row["at"]} for row in rows}

    def _version(self, row: sqlite3.Row, tags: list[str], erased: dict[int, dict[str, str]]) -> Version:
        from headwater.results.versions import version_from_wire

        document = {**dict(row), "tags": tags, "erased": erased.get(row["number"])}
        document["version"] = f"v{document.pop('number')}"
        document["parent"] = None if row["parent"] is None else f"v{row['parent']}"
        for name in ("rests_on", "schema", "inputs"):
            document[name] = json.loads(document[name])
        if document["erased"] is None:
            document["expires"] = expires_at(row["kind"], row["created"], self._sample_days())
        return version_from_wire(document)

    def _sample_days(self) -> int:
        if not self._home.config_path.exists():
            return SAMPLE_DAYS
        from headwater.config import load_config

        return load_config(self._home, "retention").retention.sample_days

    def _newest(self, dataset: str) -> int:
        rows = self._query("SELECT newest FROM kernel_v1_datasets WHERE name = ? AND newest > 0", (dataset,))
        if rows:
            return int(rows[0]["newest"])
        near = self._near(dataset)
        hint = f"Did you mean {' or '.join(near)}?" if near else 'Find datasets with hw.search("words").'
        raise DatasetNotFound(f"There is no dataset {dataset}.", hint=hint, details={"dataset": dataset, "near": near})

    def _near(self, dataset: str) -> list[str]:
        from difflib import get_close_matches

        namespace, _, table = dataset.partition(".")
        view = "SELECT name FROM kernel_v1_datasets WHERE newest > 0 AND"
        same = self._query(f"{view} substr(name, instr(name, '.') + 1) = ? ORDER BY name LIMIT 3", (table,))
        if same:
            return [row["name"] for row in same]
        # Comparing is slow, about 0.1 ms a name: a namespace's names at most, and not too many of them.
        beside = self._query(f"{view} name >= ? AND name < ? LIMIT ?", (f"{namespace}.", f"{namespace}/", _COMPARED))
        return get_close_matches(dataset, [row["name"] for row in beside], n=3)

    def _find(self, dataset: str, newest: int, spec: str | None) -> sqlite3.Row | None:
        if spec is None:
            return self._one(f"{_VERSION} AND number = ?", (dataset, newest))
        parsed = parse_spec(spec)
        if parsed.kind == "number":
            # A number beyond the newest is not asked for: SQLite's integers end before Python's.
            return (
                self._one(f"{_VERSION} AND number = ?", (dataset, parsed.number)) if parsed.number <= newest else None
            )
        if parsed.kind == "tag":
            return self._one(
                f"{_VERSION} AND number ="  # noqa: S608
                " (SELECT number FROM kernel_v1_tags WHERE dataset = ? AND tag = ?)",
                (dataset, dataset, spec),
            )
        found = self._query(
            f"{_VERSION} AND digest >= ? AND digest < ? ORDER BY number DESC", (dataset, spec, spec + "g")
        )
        if len({row["digest"] for row in found}) > 1:
            raise VersionNotFound(
                f"{dataset}@{spec} is ambiguous: v{found[0]['number']} and others begin so.",
                hint="Give more digits of the digest.",
                details={"dataset": dataset, "spec": spec},
            )
        return found[0] if found else None

    def _one(self, sql: str, params: tuple[Any, ...]) -> sqlite3.Row | None:
        rows = self._query(sql, params)
        return rows[0] if rows else None

    def _query(self, sql: str, params: tuple[Any, ...]) -> list[sqlite3.Row]:
        # A connection must not cross a fork: its locks belong to the parent.
        if self._held is None or self._held[0] != os.getpid():
            self._held = (os.getpid(), open_reader(self._home.ledger_path))
        return self._held[1].execute(sql, params).fetchall()
