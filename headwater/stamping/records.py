"""What kernels recorded: from spool lines and from hidden outputs, merged, and grouped into runs of cells.

A record is a claim of a kernel, that is, of anybody's code: every field is checked here, and what is not of
its type is left out. Nothing that enters a stamp comes from anywhere else than these checked fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from headwater.errors import BadName
from headwater.models import Kind, PinOperation
from headwater.naming import check_dataset, check_tag
from headwater.stamping.outputs import RECORD_MIME_PREFIX

RECORD_VERSION = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"v[1-9][0-9]{0,17}")
_REF = re.compile(r"([^@\s]{1,257})@(v[1-9][0-9]{0,17})")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_WORD = re.compile(r"[\w.+\- ()]{1,80}")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_KINDS = ("real", "sample", "simulated", "derived")


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `session` names the kernel process, `anchor` the cell whose output held it, if any."""

    id: str
    type: str
    session: str
    kernel: str
    notebook: str | None
    seq: int
    at: str
    data: Mapping[str, Any]
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """One read or write of a version by a run, as the kernel reported it."""

    dataset: str
    version: str
    digest: str | None
    files: str | None
    kind: Kind | None
    rests_on: tuple[Kind, ...]
    rows: int
    columns: tuple[str, ...] | None = None
    floating: bool = False
    tag: str | None = None
    inputs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``name@v12``, as stamps refer to versions."""
        return f"{self.dataset}@{self.version}"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of one cell.

    `order` sorts runs: kernel processes by their first record, and within one by the execution counter, since
    cells that ran before Headwater was imported are recorded late and without times (`started` and `ended`
    None).
    """

    session: str
    order: tuple[str, str, int, int]
    cell: str | None
    anchor: str | None
    source: str | None
    count: int | None
    status: Literal["ok", "error", "running"]
    started: str | None
    ended: str | None
    environment: dict[str, Any] | None
    git: dict[str, Any] | None
    reads: tuple[Use, ...]
    writes: tuple[Use, ...]


def parse_record(document: Any, *, session: str | None = None, anchor: str | None = None) -> Record | None:
    """A record from its JSON document, or None when it is none that this Headwater understands."""
    if not isinstance(document, Mapping) or document.get("v") != RECORD_VERSION:
        return None
    identity, kernel, kind = (document.get(key) for key in ("id", "kernel", "type"))
    data, at, seq = document.get("data"), _time(document.get("at")), _count(document.get("seq"))
    if not (isinstance(identity, str) and 0 < len(identity) <= 64 and isinstance(kernel, str) and len(kernel) <= 128):
        return None
    if not isinstance(kind, str) or not isinstance(data, Mapping) or at is None or seq is None:
        return None
    notebook = document.get("notebook")
    return Record(
        id=identity,
        type=kind,
        session=session or kernel,
        kernel=kernel,
        notebook=notebook if isinstance(notebook, str) else None,
        seq=seq,
        at=at,
        data=data,
        anchor=anchor,
    )


def records_in_outputs(cells: Iterable[Any], ids: Iterable[str]) -> list[Record]:
    """The records that a run without a server left in the outputs of `cells`, whose names are `ids`.

    A duplicated cell duplicates its outputs: a record is taken once, at the cell that it names itself, else
    at the first that holds it.
    """
    found: dict[str, Record] = {}
    for cell, anchor in zip(cells, ids, strict=True):
        outputs = cell.get("outputs") if isinstance(cell, Mapping) else None
        for output in outputs if isinstance(outputs, list) else ():
            data = output.get("data") if isinstance(output, Mapping) else None
            for mime, document in data.items() if isinstance(data, Mapping) else ():
                if not str(mime).startswith(RECORD_MIME_PREFIX):
                    continue
                record = parse_record(document, anchor=anchor)
                if record and (record.id not in found or record.data.get("cell") == anchor):
                    found[record.id] = record
    return list(found.values())


def merged(*sources: Iterable[Record]) -> list[Record]:
    """All records once. Of two with one id, the spool's knows the process, an output's the cell."""
    found: dict[str, Record] = {}
    for source in sources:
        for record in source:
            known = found.setdefault(record.id, record)
            if known is not record:
                spooled = record if known.session == known.kernel else known
                found[record.id] = replace(spooled, anchor=known.anchor or record.anchor)
    return list(found.values())


def runs_of(records: Iterable[Record]) -> list[Run]:
    """Group records into runs, oldest first. Records of one execution share session, count and cell."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    first: dict[str, str] = {}
    for record in records:
        if record.type in ("cell", "read", "write"):
            data = record.data
            key = (
                record.session,
                _count(data.get("execution_count")),
                data.get("cell"),
                data.get("source_sha256"),
            )
            groups.setdefault(key, []).append(record)
            first[record.session] = min(record.at, first.get(record.session, record.at))
    runs = (_run(sorted(group, key=_when), first[group[0].session]) for group in groups.values())
    return sorted(runs, key=lambda run: run.order)


def _run(group: list[Record], session_began: str) -> Run:
    done = next((record for record in reversed(group) if record.type == "cell"), None)
    newest = done or group[-1]
    data = newest.data
    cell, source, count = data.get("cell"), data.get("source_sha256"), _count(data.get("execution_count"))
    status: Literal["ok", "error", "running"] = "running"
    if done is not None:
        status = "ok" if data.get("status") == "ok" else "error"
    return Run(
        session=newest.session,
        order=(session_began, newest.session, count or 0, newest.seq),
        cell=cell if isinstance(cell, str) else None,
        anchor=next((record.anchor for record in group if record.anchor), None),
        source=source if isinstance(source, str) and _SHA256.fullmatch(source) else None,
        count=count,
        status=status,
        started=_time(data.get("started")) if done else group[0].at,
        ended=_time(data.get("ended")),
        environment=_environment(data.get("environment")),
        git=_git(data.get("git")),
        reads=_uses(group, "read"),
        writes=_uses(group, "write"),
    )


def _when(record: Record) -> tuple[str, int]:
    return (record.at, record.seq)


def _uses(group: Iterable[Record], kind: str) -> tuple[Use, ...]:
    found = (_use(record.data) for record in group if record.type == kind)
    return tuple(dict.fromkeys(use for use in found if use is not None))


def _use(data: Mapping[str, Any]) -> Use | None:
    dataset, version, rows = data.get("dataset"), data.get("version"), _count(data.get("rows"))
    if not (isinstance(dataset, str) and _is_dataset(dataset) and isinstance(version, str) and rows is not None):
        return None
    if not _VERSION.fullmatch(version):
        return None
    columns = data.get("columns")
    return Use(
        dataset=dataset,
        version=version,
        digest=_digest(data.get("digest")),
        files=_digest(data.get("files")),
        kind=_kind(data.get("kind")),
        rests_on=tuple(kind for kind in map(_kind, _list(data.get("rests_on"))) if kind),
        rows=rows,
        columns=tuple(str(column) for column in columns) if isinstance(columns, list) else None,
        floating=data.get("floating") is True,
        tag=_tag(data.get("tag")),
        inputs=tuple(ref for ref in _list(data.get("inputs")) if is_version_ref(ref)),
    )


def _tag(value: Any) -> str | None:
    try:
        return None if value is None else check_tag(value)
    except BadName:
        return None


def pin_operation(record: Record) -> PinOperation | None:
    """The change of a pin that a record of type ``pin`` tells of, or None when it tells of none."""
    data = record.data
    dataset, version, reason = data.get("dataset"), data.get("version"), data.get("reason")
    if record.type != "pin" or not isinstance(dataset, str) or not _is_dataset(dataset):
        return None
    if data.get("op") == "remove":
        return PinOperation("remove", dataset)
    if data.get("op") != "set" or not isinstance(version, str) or not _VERSION.fullmatch(version):
        return None
    return PinOperation("set", dataset, version, reason if isinstance(reason, str) else "")


def is_version_ref(text: Any) -> bool:
    """Whether `text` is ``namespace.name@v12``."""
    found = _REF.fullmatch(text) if isinstance(text, str) else None
    return found is not None and _is_dataset(found[1])


def _is_dataset(name: str) -> bool:
    try:
        check_dataset(name)
    except BadName:
        return False
    return True


def _environment(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    facts: dict[str, Any] = {
        name: value[name]
        for name in ("python", "implementation", "platform", "kernel")
        if isinstance(value.get(name), str) and _WORD.fullmatch(value[name])
    }
    if (packages := _count(value.get("packages"))) is not None:
        facts["packages"] = packages
    if (digest := _digest(value.get("packages_sha256"))) is not None:
        facts["packagesDigest"] = digest
    return facts or None


def _git(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or not isinstance(value.get("commit"), str):
        return None
    return (
        {"commit": value["commit"], "dirty": value.get("dirty") is True} if _COMMIT.fullmatch(value["commit"]) else None
    )


def _kind(value: Any) -> Kind | None:
    return cast(Kind, value) if value in _KINDS else None


def _digest(value: Any) -> str | None:
    return value if isinstance(value, str) and _SHA256.fullmatch(value) else None


def _time(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= 40 and _TIME.fullmatch(value) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
