"""The catalog: datasets and versions, found, named, described and tagged."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from headwater.cursors import decode_cursor, encode_cursor
from headwater.errors import DatasetNotFound, Refused, UsageError, VersionNotFound
from headwater.ledger.datasets import DatasetRecord, Datasets
from headwater.ledger.events import Events
from headwater.ledger.search import Search
from headwater.ledger.versions import Versions
from headwater.ledger.words import Facets
from headwater.models import (
    Dataset,
    DatasetPage,
    DatasetSummary,
    Kind,
    NamespaceList,
    SortKey,
    Version,
    VersionPage,
)
from headwater.naming import (
    check_tag,
    namespace_of,
    parse_ref,
    parse_spec,
    version_name,
)
from headwater.retention import SAMPLE_DAYS, erased_error, expires_at

if TYPE_CHECKING:
    from headwater.datafile import DataFile
    from headwater.ledger.base import Database
    from headwater.policy import Role

MAX_PAGE = 500
MAX_DESCRIPTION = 20_000


class CatalogService:
    """What is there, under which name. Reads and writes the ledger only; never touches a table."""

    def __init__(self, database: Database, sample_days: int = SAMPLE_DAYS) -> None:
        self._db = database
        self._sample_days = sample_days
        self._datasets = Datasets(database)
        self._versions = Versions(database)
        self._search = Search(database)
        self._events = Events(database)

    def search(
        self,
        query: str = "",
        namespace: str | None = None,
        kind: Kind | None = None,
        sort: SortKey = "relevance",
        descending: bool = False,
        cursor: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> DatasetPage:
        """A page of datasets; ranked when a query is given, else by name or by `sort`.

        A page begins after `cursor`, or at the place `offset` of the list as it is now: a cursor walks a list that
        changes without a gap, an offset shows any part of a long one at once.
        """
        _check_limit(limit)
        if offset < 0 or offset >= 2**63 or (offset and cursor):
            raise UsageError(
                f"A page at place {offset} cannot be had.", hint="Give a place from 0 on, or a cursor, not both."
            )
        facets = Facets(namespace or None, kind or None)
        words = _storable(query).strip()
        if words:
            return self._search.page(words, facets, sort, descending, cursor or None, limit, offset)
        return self._datasets.page(facets, sort, descending, cursor or None, limit, offset)

    def namespaces(self) -> NamespaceList:
        """All namespaces with their number of datasets."""
        return NamespaceList(tuple(self._datasets.namespaces()))

    def dataset(self, name: str, actor: str | None = None, role: Role | None = None) -> Dataset:
        """One dataset with its newest version; `editable` says whether `actor` may describe it."""
        record = self._record(name)
        return Dataset(
            name=record.name,
            namespace=namespace_of(record.name),
            description=record.description,
            owner=record.owner,
            created=record.created,
            newest=self._numbered(record, record.newest),
            version_count=self._versions.count(record.id),
            total_bytes=self._versions.total_bytes(record.id),
            editable=_may_edit(record, actor, role),
        )

    def summary(self, name: str) -> DatasetSummary:
        """One dataset as a row of the browser."""
        return self._datasets.summaries([self._record(name).id])[0]

    def versions(self, name: str, cursor: str | None = None, limit: int = 50) -> VersionPage:
        """A page of versions, newest first, each with its change against its parent."""
        _check_limit(limit)
        record = self._record(name)
        scope = ("versions", record.name)
        below = int(decode_cursor(scope, cursor, (int,))[0]) if cursor else None
        found = self._versions.page(record.id, below, limit + 1)
        following = None
        if len(found) > limit:
            found = found[:limit]
            following = encode_cursor(scope, [int(found[-1].version.version[1:])])
        changes = tuple(replace(change, version=self._dated(change.version)) for change in found)
        return VersionPage(record.name, changes, following)

    def resolve(self, ref: str) -> Version:
        """The version that ``name``, ``name@v12``, ``name@tag`` or ``name@digest-prefix`` names."""
        parsed = parse_ref(ref)
        record = self._record(parsed.dataset)
        if parsed.spec is None:
            return self._numbered(record, record.newest)
        spec = parse_spec(parsed.spec)
        if spec.kind == "number":
            found = self._versions.get(record.id, spec.number) if spec.number <= record.newest else None
        elif spec.kind == "tag":
            found = self._versions.by_tag(record.id, spec.text)
        else:
            found = self._by_digest(record, spec.text)
        if found is None:
            raise self._no_version(record, parsed.spec)
        return self._dated(found)

    def files(self, version: Version) -> list[DataFile]:
        """The data files of a version, in row order; paths as the store keeps them. Raises `VersionErased`."""
        if version.erased is not None:
            raise erased_error(version.dataset, version.version, version.kind, **asdict(version.erased))
        record = self._record(version.dataset)
        return self._versions.files(record.id, int(version.version[1:]))

    def describe(self, name: str, text: str, actor: str, role: Role | None = None) -> Dataset:
        """Change the description; the owner and administrators may. Raises `Refused` for anybody else."""
        if len(text) > MAX_DESCRIPTION:
            raise UsageError(
                f"The description has {len(text):,} characters; at most {MAX_DESCRIPTION:,} fit.",
                hint="Shorten it.",
            )
        text = _storable(text)
        record = self._record(name)
        if not _may_edit(record, actor, role):
            raise Refused(
                f"{actor} may not change the description of {name}: it belongs to {record.owner}.",
                hint=f"Ask {record.owner} or an administrator.",
            )
        with self._db.transaction() as tx:
            self._datasets.describe(tx, record.id, text)
            self._versions.reindex(tx, replace(record, description=text))
            self._events.append(tx, "dataset", name, {"change": "description"})
        return self.dataset(name, actor, role)

    def tag(self, ref: str, tag: str, actor: str) -> Version:
        """Make `tag` name the version `ref`; within a dataset a tag names one version, the last it was given to."""
        check_tag(tag)
        version = self.resolve(ref)
        record = self._record(version.dataset)
        with self._db.transaction() as tx:
            self._versions.tag(tx, record, int(version.version[1:]), tag)
            self._events.append(
                tx,
                "dataset",
                version.dataset,
                {"change": "tagged", "tag": tag, "version": version.version, "by": actor},
            )
        return self.resolve(f"{version.dataset}@{version.version}")

    def untag(self, ref: str, tag: str, actor: str) -> Version:
        """Take `tag` away from the version `ref`; raises `VersionNotFound` when that version does not have it."""
        version = self.resolve(ref)
        if tag not in version.tags:
            raise VersionNotFound(
                f"{version.dataset} {version.version} has no tag {tag}.",
                hint=f"Its tags: {', '.join(version.tags) or 'none'}.",
            )
        record = self._record(version.dataset)
        with self._db.transaction() as tx:
            self._versions.untag(tx, record, tag)
            self._events.append(
                tx, "dataset", version.dataset,
                {"change": "untagged", "tag": tag, "version": version.version, "by": actor},
            )  # fmt: skip
        return self.resolve(f"{version.dataset}@{version.version}")

    def _record(self, name: str) -> DatasetRecord:
        parse_ref(name)
        record = self._datasets.get(name)
        if record is None or record.newest == 0:
            near = self._search.near(name)
            hint = f"Did you mean {_either(near)}?" if near else 'Find datasets with hw.search("words").'
            raise DatasetNotFound(f"There is no dataset {name}.", hint=hint, details={"dataset": name, "near": near})
        return record

    def _numbered(self, record: DatasetRecord, number: int) -> Version:
        found = self._versions.get(record.id, number)
        if found is None:
            raise self._no_version(record, version_name(number))
        return self._dated(found)

    def _dated(self, version: Version) -> Version:
        """`version` with the time when its rows are to be erased."""
        if version.erased is not None:
            return version
        return replace(version, expires=expires_at(version.kind, version.created, self._sample_days))

    def _by_digest(self, record: DatasetRecord, prefix: str) -> Version | None:
        found = self._versions.by_digest(record.id, prefix)
        if len(found) > 1:
            raise VersionNotFound(
                f"{record.name}@{prefix} is ambiguous: {found[0].version} and {found[1].version} begin so.",
                hint="Give more digits of the digest.",
                details={"dataset": record.name, "spec": prefix},
            )
        # A tag like "deadbeef" cannot be made, so what reads as a digest is one.
        return found[0] if found else None

    def _no_version(self, record: DatasetRecord, spec: str) -> VersionNotFound:
        return VersionNotFound(
            f"{record.name} has no version {spec}.",
            hint=f'Newest: {version_name(record.newest)}. List them with hw.versions("{record.name}").',
            details={"dataset": record.name, "spec": spec, "newest": version_name(record.newest)},
        )


def _may_edit(record: DatasetRecord, actor: str | None, role: Role | None) -> bool:
    return role == "admin" or (actor is not None and actor == record.owner)


def _storable(text: str) -> str:
    """`text` without what no database stores: NUL and lone surrogates, which JSON can bring."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_PAGE:
        raise UsageError(f"A page of {limit} rows cannot be had.", hint=f"Ask for 1 to {MAX_PAGE}.")


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
