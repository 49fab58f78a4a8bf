"""Builds the stamp of a notebook from its content, what kernels recorded, and what the ledger knows.

The result is a function of these facts. When they are the facts of a stamp that is already there, that stamp
is the result, to the byte: saving an unchanged notebook must not change it.
"""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from headwater.models import Version
from headwater.stamping.attribution import Evidence, attribute, execution_counts
from headwater.stamping.canonical import (
    CANON,
    METADATA_KEY,
    CanonicalCell,
    CanonicalNotebook,
    canonical,
    cell_ids,
    source_text,
)
from headwater.stamping.carry import Carried, Earlier
from headwater.stamping.jcs import sha256_json
from headwater.stamping.records import Record, Run, Use, merged, records_in_outputs, runs_of
from headwater.stamping.statement import stamp_digest

STAMP_VERSION = "1.0"
RAN = ("ok", "error", "running")

_NEVER = "9999"
_NOT_FACTS = ("stampId", "createdAt", "actor", "log", "signatures")


class Actor(Protocol):
    """Who saves: the name, and how it is known (``request``, ``os-account``, ``session-owner``)."""

    @property
    def user(self) -> str: ...

    @property
    def source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version as the ledger knows it; `sample` says of a sample how it was drawn."""

    version: Version
    sample: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a stamp is made from, beside the notebook's content.

    `claimed_elsewhere` are ids of records that another notebook's stamp rests on: found in the outputs of
    this one, they came with a copy.
    """

    name: str
    records: Sequence[Record]
    known: Callable[[str, str], VersionFacts | None]
    actor: Actor
    now: str
    earlier: Sequence[Earlier] = field(default=())
    claimed_elsewhere: frozenset[str] = frozenset()


def build_stamp(content: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The stamp of `content`, whose ``metadata.headwater`` already holds the id and the pins to be saved.

    Returns
    -------
    A stamp of `facts.earlier` unchanged, signatures included, when it still says everything; else a new one
    without signatures, which names the first of `facts.earlier` as its predecessor.
    """
    draft = _Draft(content, facts)
    for earlier in facts.earlier:
        told = draft.stamp(Earlier(earlier.stamp, own=True))
        if same_facts(told, earlier.stamp):
            return dict(earlier.stamp)
    base = facts.earlier[0] if facts.earlier else None
    stamp = draft.stamp(base)
    stamp["log"] = {"previous": stamp_digest(base.stamp) if base else None}
    stamp["createdAt"] = facts.now
    stamp["actor"] = {"user": facts.actor.user, "source": facts.actor.source, "attestedBy": "server"}
    stamp["stampId"] = _stamp_id(stamp)
    return stamp


def same_facts(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two stamps differ in nothing but who saved, when, under which file name, after which stamp."""
    return _facts_of(left, right) == _facts_of(right, left)


def has_facts(content: Mapping[str, Any], records: Sequence[Record]) -> bool:
    """Whether an unstamped notebook has something to say: a recorded run, a pin, a hidden record."""
    own = content.get("metadata", {}).get(METADATA_KEY)
    if records or (isinstance(own, Mapping) and own.get("pins")):
        return True
    cells = content.get("cells", [])
    return bool(records_in_outputs(cells, cell_ids(cells)[0]))


def _facts_of(stamp: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    facts = {key: value for key, value in stamp.items() if key not in _NOT_FACTS}
    notebook = {key: value for key, value in stamp["notebook"].items() if key != "name"}
    for key in ("kernel", "language"):
        # JupyterLab fills these in when it opens a file that has none. That is no news.
        if notebook.get(key) is None or other["notebook"].get(key) is None:
            notebook.pop(key, None)
    return {**facts, "notebook": notebook}


def _stamp_id(stamp: Mapping[str, Any]) -> str:
    """A UUID (version 8) from what no two stamps share: notebook, content, time and predecessor."""
    notebook = stamp["notebook"]
    named = [notebook["id"], notebook["digests"]["root"], stamp["createdAt"], stamp["log"]["previous"]]
    raw = bytearray(bytes.fromhex(sha256_json(named))[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def session_name(session: str) -> str:
    """A kernel process as stamps name it: not by its id, by which a reader of the file could look for it."""
    return hashlib.sha256(session.encode()).hexdigest()[:12]


class _Draft:
    """One notebook while its stamp is built; `stamp` may be asked again with another predecessor."""

    def __init__(self, content: Mapping[str, Any], facts: Facts) -> None:
        self._facts = facts
        self._notebook: CanonicalNotebook = canonical(content)
        ids = [cell.id for cell in self._notebook.cells]
        self._blank = {
            name
            for name, cell in zip(ids, content["cells"], strict=True)
            if cell.get("cell_type") == "code" and not source_text(cell).strip()
        }
        own = content["metadata"].get(METADATA_KEY, {})
        self._id: str = own["id"]
        self._copied_from = own.get("copiedFrom")
        self._pins: Mapping[str, Any] = own.get("pins", {})
        hidden = (
            record for record in records_in_outputs(content["cells"], ids) if record.id not in facts.claimed_elsewhere
        )
        elsewhere = _runs_elsewhere(facts.earlier, self._id)
        runs = [
            run
            for run in runs_of(merged(hidden, facts.records))
            if (session_name(run.session), run.count) not in elsewhere
        ]
        self._evidence: Evidence = attribute(runs, self._notebook.cells, execution_counts(content["cells"], ids))
        # By what they show, cells that ran: a cell that shows the same without having run is a copy of one.
        self._originals = {
            (cell.source, cell.outputs): self._evidence.latest[cell.id]
            for cell in self._notebook.cells
            if cell.id in self._evidence.latest
        }
        self._uses: dict[str, Use] = {}

    def stamp(self, earlier: Earlier | None) -> dict[str, Any]:
        """All of the stamp that is a fact."""
        carried = Carried(earlier, self._id)
        self._uses = {}
        cells = [self._cell(cell, carried) for cell in self._notebook.cells]
        own = {cell["id"]: cell for cell in cells}
        reads = self._accesses("reads", own, carried)
        writes = self._accesses("writes", own, carried)
        runs = (run for run in self._evidence.latest.values() if run.environment)
        newest = max(runs, key=lambda run: run.order, default=None)
        return {
            "stampVersion": STAMP_VERSION,
            "notebook": {
                "id": self._id,
                "copiedFrom": self._copied_from,
                "name": self._facts.name,
                "canon": CANON,
                "digests": self._notebook.digests,
                "metadata": self._notebook.metadata,
                "kernel": self._notebook.kernel,
                "language": self._notebook.language,
            },
            "run": _run_summary(cells),
            "environment": _reported(newest.environment) if newest else carried.surroundings("environment"),
            "git": _reported(newest.git) if newest else carried.surroundings("git"),
            "pins": copy.deepcopy(dict(self._pins)),
            "datasets": self._datasets(reads, writes, carried),
            "reads": reads,
            "writes": writes,
            "cells": cells,
        }

    def _cell(self, cell: CanonicalCell, carried: Carried) -> dict[str, Any]:
        document = dict(cell.document)
        if cell.type != "code":
            return document
        if cell.id in self._blank:
            document["blank"] = True
        run = self._evidence.latest.get(cell.id)
        if run is not None:
            return document | _execution(run, cell)
        return document | carried.execution(cell)

    def _accesses(self, what: str, cells: Mapping[str, Any], carried: Carried) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for cell in self._notebook.cells:
            run = self._evidence.latest.get(cell.id)
            if run is not None:
                found += [self._access(what, cell.id, use) for use in getattr(run, what)]
            elif cell.type == "code" and cells[cell.id]["status"] != "not-run":
                twin = self._originals.get((cell.source, cell.outputs)) if cell.document["outputItems"] else None
                copied = [self._access(what, cell.id, use) for use in getattr(twin, what)] if twin else []
                found += copied or carried.accesses(what, cell)
        known_sessions = {run.session for run in self._evidence.latest.values()}
        for name, run in self._evidence.before:
            found += [
                self._access(what, name, use) | {"earlier": True, "session": session_name(run.session)}
                for use in getattr(run, what)
            ]
        still_shown = {cell.get("session") for cell in cells.values()} - {session_name(s) for s in known_sessions}
        found += carried.earlier_accesses(what, still_shown, cells)
        return _distinct(found)

    def _access(self, what: str, cell: str | None, use: Use) -> dict[str, Any]:
        self._uses.setdefault(use.key, use)
        entry: dict[str, Any] = {"cell": cell, "dataset": use.key, "rows": use.rows}
        if what == "reads":
            told = {
                "columns": list(use.columns) if use.columns is not None else None,
                "floating": use.floating,
                "attestedBy": "kernel",
            }
            return entry | told | ({"tag": use.tag} if use.tag else {})
        known = self._facts.known(use.dataset, use.version)
        committed_here = known is not None and known.version.digest == use.digest
        return entry | {
            "derivedFrom": list(use.inputs),
            "attestedBy": "server" if committed_here else "kernel",
        }

    def _datasets(
        self, reads: Iterable[Mapping[str, Any]], writes: Sequence[Mapping[str, Any]], carried: Carried
    ) -> dict[str, Any]:
        keys = {access["dataset"] for access in (*reads, *writes)}
        keys |= {parent for write in writes for parent in write["derivedFrom"]}
        return {key: self._dataset(key, self._uses.get(key), carried) for key in sorted(keys)}

    def _dataset(self, key: str, use: Use | None, carried: Carried) -> dict[str, Any]:
        told = carried.dataset(key)
        if use is None and told is not None and carried.own:
            return told
        name, _, number = key.partition("@")
        known = self._facts.known(name, number)
        if known is not None and (use is None or use.digest in (None, known.version.digest)):
            version = known.version
            return {
                "name": name,
                "version": number,
                "digest": version.digest,
                "files": version.files,
                "rows": version.rows,
                "kind": version.kind,
                "restsOn": list(version.rests_on),
                "created": version.created,
                "sample": dict(known.sample) if known.sample else None,
                "attestedBy": "server",
            }
        if use is None and told is not None:
            return {**told, "attestedBy": "kernel"}
        return {
            "name": name,
            "version": number,
            "digest": use.digest if use else None,
            "files": use.files if use else None,
            # A kernel's record tells how many rows were read, not how many the version has.
            "rows": None,
            "kind": use.kind if use else None,
            "restsOn": list(use.rests_on) if use else [],
            "created": None,
            "sample": None,
            "attestedBy": "kernel",
        }


def _runs_elsewhere(earlier: Sequence[Earlier], notebook: str) -> set[tuple[str, int | None]]:
    """Runs that a stamp of another notebook, which this one was copied from, already tells of as its own."""
    return {
        (cell["session"], cell["count"])
        for stamp in (found.stamp for found in earlier if found.stamp["notebook"]["id"] != notebook)
        for cell in stamp["cells"]
        if cell.get("status") in RAN
    }


def _reported(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {**value, "attestedBy": "kernel"} if value else None


def _execution(run: Run, cell: CanonicalCell) -> dict[str, Any]:
    return {
        "status": run.status,
        "seq": None,
        "count": run.count,
        "session": session_name(run.session),
        "ranSource": run.source or cell.source,
        "startedAt": run.started,
        "endedAt": run.ended,
        "attestedBy": "kernel",
    }


def _run_summary(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Run order over the cells that ran here, numbered into their ``seq``; and whether it was straight.

    `linear` means: one kernel process, fresh, ran every code cell that is not blank once, from top to bottom,
    nothing else in between, without an error, and no source changed since. The kernel's own execution counter
    proves "once" and "nothing else": it must go 1, 2, 3, …
    """
    code = [cell for cell in cells if cell["type"] == "code" and not cell.get("blank")]
    ran = [cell for cell in code if cell["status"] in RAN]
    began: dict[str, str] = {}
    for cell in ran:
        began[cell["session"]] = min(cell["startedAt"] or _NEVER, began.get(cell["session"], _NEVER))
    ran.sort(key=lambda cell: (began[cell["session"]], cell["session"], cell["count"] or 0))
    for position, cell in enumerate(ran, start=1):
        cell["seq"] = position
    linear = bool(code) and all(
        cell["status"] == "ok"
        and cell["count"] == position
        and cell["session"] == code[0]["session"]
        and cell["ranSource"] == cell["source"]
        for position, cell in enumerate(code, start=1)
    )
    return {
        "order": [cell["id"] for cell in ran],
        "linear": linear,
        "sessions": len({cell["session"] for cell in ran}),
        "startedAt": min((cell["startedAt"] for cell in ran if cell["startedAt"]), default=None),
        "endedAt": max((cell["endedAt"] for cell in ran if cell["endedAt"]), default=None),
        "attestedBy": "kernel",
    }


def _distinct(accesses: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    for access in accesses:
        kept.setdefault(sha256_json(access), access)
    return list(kept.values())
