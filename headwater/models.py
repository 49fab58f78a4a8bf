"""The frozen models that go over every wire: kernel, host, HTTP and command line.

They are dataclasses of the standard library so that a kernel can import them for nothing; the server shell
validates requests and makes ``api/openapi.json`` from them. Times are ISO 8601 in UTC with a ``Z``; sizes are
bytes; a digest is lower-case hexadecimal; a dataset name is ``namespace.name``; a version name is ``v12``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from headwater.pin_models import Kind as Kind
from headwater.pin_models import Pin as Pin
from headwater.pin_models import PinOperation as PinOperation

PinStateName = Literal["current", "behind", "missing", "recalled", "floating", "erased"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
SortKey = Literal["relevance", "name", "updated", "rows", "bytes"]
ChartKind = Literal["histogram", "top", "none"]
BadgeState = Literal["stamped", "changed", "floating", "unsigned", "none"]
Verdict = Literal["valid", "changed", "unsigned", "untrusted", "superseded"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a version's schema. `type` is the Arrow type's text, e.g. ``timestamp[us, tz=UTC]``."""

    name: str
    type: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Erasure:
    """Why the rows of a version are gone, who erased them, and when."""

    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Version:
    """An immutable state of a dataset. `digest` is the content digest, `files` the Merkle root of its files.

    `expires` is when its rows are to be erased; once they are, `erased` says why and all else stays as it was.
    """

    dataset: str
    version: str
    digest: str
    files: str
    rows: int
    bytes: int
    kind: Kind
    rests_on: tuple[Kind, ...]
    message: str
    author: str
    created: str
    parent: str | None
    schema: tuple[Column, ...]
    tags: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    recipe: str | None = None
    expires: str | None = None
    erased: Erasure | None = None


@dataclass(frozen=True, slots=True)
class EraseRequest:
    """Why a version's rows are to be removed for ever."""

    reason: str


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """What an erasure removed. `derived` are versions that were made from these rows, and may hold them still."""

    version: Version
    files: int
    bytes: int
    derived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A row of the version time line: a version, and what it changed against its parent."""

    version: Version
    rows_change: int | None
    bytes_change: int | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    dataset: str
    versions: tuple[VersionChange, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """A row of the dataset browser: the dataset and its newest version."""

    name: str
    namespace: str
    description: str
    version: str
    rows: int
    bytes: int
    kind: Kind
    rests_on: tuple[Kind, ...]
    updated: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetPage:
    datasets: tuple[DatasetSummary, ...]
    next_cursor: str | None
    total: int
    total_is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Namespace:
    name: str
    datasets: int


@dataclass(frozen=True, slots=True)
class NamespaceList:
    namespaces: tuple[Namespace, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset as its tab shows it. `editable` says whether the caller may change the description."""

    name: str
    namespace: str
    description: str
    owner: str
    created: str
    newest: Version
    version_count: int
    total_bytes: int
    editable: bool = False


@dataclass(frozen=True, slots=True)
class DatasetPatch:
    description: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar: a histogram bin or a frequent value. `label` is shown, `count` is rows."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What is known of one column of one version. `distinct_is_exact` is false for an estimate."""

    name: str
    type: str
    nulls: int
    distinct: int | None
    distinct_is_exact: bool
    min: str | None
    max: str | None
    chart: ChartKind
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    dataset: str
    version: str
    rows: int
    columns: tuple[ColumnProfile, ...]


@dataclass(frozen=True, slots=True)
class RowsPage:
    """A window of rows for the preview. A cell is its display text, or null; `numeric` aligns a column right."""

    dataset: str
    version: str
    columns: tuple[Column, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str | None, ...], ...]
    offset: int
    total: int
    total_is_capped: bool = False


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A column that one version has and the other has not, or has with another Arrow type."""

    column: str
    change: Literal["added", "removed", "retyped"]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RowChanges:
    """Rows that came, that went, and that stayed under their key with other values."""

    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True)
class ColumnChanges:
    """How many of the rows that stayed have another value in this column."""

    changed: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one version to another. Without a key, rows are compared whole and none is *changed*."""

    before: str
    after: str
    key: tuple[str, ...]
    schema: tuple[SchemaChange, ...]
    rows: RowChanges
    columns: dict[str, ColumnChanges] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PinStatus:
    """A pin (or a floating read) with what the store knows of it now. `pin` is null for a floating read."""

    dataset: str
    state: PinStateName
    behind: int
    pin: Pin | None
    pinned: Version | None
    newest: Version | None


@dataclass(frozen=True, slots=True)
class NotebookPins:
    """The pins of one notebook. `revision` goes up with each change and is the base of the next operation."""

    path: str
    notebook: str
    revision: int
    pins: tuple[PinStatus, ...]


@dataclass(frozen=True, slots=True)
class PinOperations:
    path: str
    base_revision: int | None
    operations: tuple[PinOperation, ...]


@dataclass(frozen=True, slots=True)
class NotebookOpen:
    """The front end says that an editor holds `path`; `client` is a random id of the browser tab."""

    path: str
    client: str


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Make a version from a file below the server's root. `types` maps a column to an Arrow type's text."""

    path: str
    name: str
    message: str = ""
    types: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """Long work. `done` and `total` count `unit`; `total` is null while it is not known."""

    id: str
    kind: Literal["import", "sample"]
    title: str
    state: JobState
    created: str
    done: int = 0
    total: int | None = None
    unit: str = "rows"
    message: str = ""
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JobList:
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log; `previous` and `hash` chain the lines. It never holds a value from a row.

    What reaches a source has two lines: ``started`` before it is reached, and how it ended, whose details name the
    number of the first as ``started``.
    """

    seq: int
    at: str
    actor: str
    action: str
    resource: str
    outcome: Literal["started", "done", "refused", "failed", "cancelled"]
    details: dict[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """That line `seq` of the audit log has this `hash`, signed at this time by the home's audit key."""

    seq: int
    hash: str
    at: str
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class CellUse:
    """One cell's use of one version, as the passport lists it."""

    cell: str
    position: int | None
    dataset: str
    version: str
    rows: int
    columns: tuple[str, ...] | None
    floating: bool = False
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class PassportCell:
    """A code cell in the passport: what ran when, and what it read and wrote. `title` is its first line."""

    cell: str
    position: int
    title: str
    seq: int | None
    status: Literal["ok", "error", "not-run", "inherited"]
    changed: bool
    reads: tuple[CellUse, ...]
    writes: tuple[CellUse, ...]


@dataclass(frozen=True, slots=True)
class Passport:
    """The stamp as people see it. `sentence` never says more than the evidence does.

    `notes` tell what has become of the versions that it rests on: erased, or about to expire.
    """

    path: str
    notebook: str | None
    badge: BadgeState
    sentence: str
    stamp: str | None
    created: str | None
    actor: str | None
    actor_source: str | None
    key_id: str | None
    linear: bool
    verdict: Verdict
    changes: tuple[Change, ...]
    pins: tuple[Pin, ...]
    cells: tuple[PassportCell, ...]
    environment: dict[str, str]
    git: dict[str, Any] | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that verify found. `what` is e.g. ``output``, ``source``, ``pin``, ``stamp``."""

    what: str
    cell: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    notebook: str
    verdict: Verdict
    changes: tuple[Change, ...]
    stamp: str | None = None
    key_id: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotebookPath:
    path: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed: ``dataset``, ``version``, ``pins``, ``job``, ``stamp``, ``source``."""

    seq: int
    topic: Literal["dataset", "version", "pins", "job", "stamp"]
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """The handshake of the front end: which Headwater answers, and what the caller may do."""

    version: str
    api: str
    home: str
    user: str
    role: str
    actions: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorBody:
    code: str
    message: str
    hint: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ErrorDocument:
    error: ErrorBody
