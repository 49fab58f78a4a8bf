"""Compares a notebook with its stamp and names every difference, by the file and public keys alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headwater.errors import InvalidNotebook
from headwater.models import Change, Verdict, VerifyResult
from headwater.stamping.canonical import (
    METADATA_KEY,
    CanonicalCell,
    CanonicalNotebook,
    canonical,
    cell_ids,
    source_text,
)
from headwater.stamping.jcs import sha256_json
from headwater.stamping.references import broken_references
from headwater.stamping.shape import shape_faults
from headwater.stamping.sign import ALGORITHM, PublicKey, strict_base64

_SIGNATURE_FIELDS = {"keyId", "algorithm", "publicKey", "value"}

_RESTORE = "Restore it from a checkpoint or from version control."


def read_notebook(text: str | bytes, name: str) -> dict[str, Any]:
    """Parse notebook JSON strictly: of a key that is there twice, two readers could see different values.

    Raises
    ------
    InvalidNotebook
        It is not JSON (with line and column), or its top level is not an object.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            double = next(key for key in keys if keys.count(key) > 1)
            raise InvalidNotebook(
                f"{name} is not a notebook: its JSON has the key {double[:60]!r} twice in one object.",
                hint=_RESTORE,
            )
        return found

    try:
        content = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InvalidNotebook(
            f"{name} is not a notebook: its JSON breaks at line {error.lineno}, column {error.colno} ({error.msg}).",
            hint=_RESTORE,
            details={"line": error.lineno, "column": error.colno},
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidNotebook(f"{name} is not a notebook: byte {error.start} is not UTF-8.", hint=_RESTORE) from error
    except RecursionError as error:
        raise InvalidNotebook(
            f"{name} is not a notebook that can be read safely: it is nested too deeply.", hint=_RESTORE
        ) from error
    if not isinstance(content, dict):
        raise InvalidNotebook(f"{name} is JSON but not a notebook.", hint=_RESTORE)
    return content


def embedded_stamp(content: Mapping[str, Any]) -> dict[str, Any] | None:
    """The stamp that a notebook carries, or None."""
    metadata = content.get("metadata")
    own = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    stamp = own.get("stamp") if isinstance(own, Mapping) else None
    return stamp if isinstance(stamp, dict) else None


def check(content: Mapping[str, Any], trusted: Mapping[str, PublicKey]) -> tuple[Verdict, list[Change]]:
    """The verdict on a notebook, and what changed since its stamp.

    Parameters
    ----------
    content:
        The notebook's JSON.
    trusted:
        Public keys by id.

    Raises
    ------
    InvalidNotebook
        `content` is not shaped as a notebook.
    """
    notebook = canonical(content)
    stamp = embedded_stamp(content)
    if stamp is None:
        return "unsigned", []
    faults = [Change("stamp", None, f"its field {place} is not as in a stamp 1.x") for place in shape_faults(stamp)]
    if faults:
        return "changed", faults
    changes = [
        *(Change("stamp", None, fault) for fault in broken_references(stamp)),
        *_signature_changes(stamp),
        *_cell_changes(content, notebook, stamp),
        *_metadata_changes(content, notebook, stamp),
    ]
    if notebook.digests != stamp["notebook"]["digests"] and not changes:
        changes.append(Change("stamp", None, "the digests do not match the notebook"))
    if changes:
        return "changed", changes
    if not stamp.get("signatures"):
        return "unsigned", []
    if not any(signature["keyId"] in trusted for signature in stamp["signatures"]):
        return "untrusted", []
    return "valid", []


def verify_result(name: str, content: Mapping[str, Any], verdict: Verdict, changes: Sequence[Change]) -> VerifyResult:
    """What was found of the notebook called `name`, as it goes over every wire."""
    stamp = embedded_stamp(content) or {}
    stamp_id = stamp.get("stampId")
    return VerifyResult(
        notebook=name,
        verdict=verdict,
        changes=tuple(changes),
        stamp=stamp_id if isinstance(stamp_id, str) else None,
        key_id=key_id(stamp),
    )


def key_id(stamp: Mapping[str, Any]) -> str | None:
    """The id of the key that signed, as the stamp says."""
    signatures = stamp.get("signatures")
    first = signatures[0] if isinstance(signatures, list) and signatures else None
    found = first.get("keyId") if isinstance(first, Mapping) else None
    return found if isinstance(found, str) else None


def signed_by(stamp: Mapping[str, Any], trusted: Mapping[str, PublicKey]) -> bool:
    """Whether one of `trusted` signed exactly this stamp; never raises on a stamp of any shape."""
    if next(shape_faults(stamp), None) is not None:
        return False
    return any(
        (key := trusted.get(str(entry.get("keyId")))) is not None and key.accepts(stamp, entry.get("value", ""))
        for entry in stamp.get("signatures", ())
    )


def differences(original: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where a stamp differs from the one that was given out under its id: ``reads/0/rows was 5, is 6``."""
    if isinstance(original, Mapping) and isinstance(found, Mapping):
        for key in sorted((set(original) | set(found)) - {"signatures"}):
            yield from differences(original.get(key), found.get(key), f"{place}/{key}".lstrip("/"))
    elif isinstance(original, list) and isinstance(found, list) and len(original) == len(found):
        for position, (left, right) in enumerate(zip(original, found, strict=True)):
            yield from differences(left, right, f"{place}/{position}")
    elif original != found:
        yield f"{place} was {_short(original)}, is {_short(found)}"


def _signature_changes(stamp: Mapping[str, Any]) -> Iterator[Change]:
    signatures = stamp.get("signatures", [])
    if not isinstance(signatures, list):
        yield Change("signature", None, "the signatures are not a list")
        return
    for entry in signatures:
        if not isinstance(entry, Mapping) or set(entry) != _SIGNATURE_FIELDS or entry["algorithm"] != ALGORITHM:
            yield Change("signature", None, "a signature entry has other fields than a stamp's")
            continue
        raw = strict_base64(entry["publicKey"])
        if raw is None or len(raw) != 32 or PublicKey(raw).id != entry["keyId"]:
            yield Change("signature", None, "the public key does not match its id")
        elif not PublicKey(raw).accepts(stamp, entry["value"]):
            yield Change("signature", None, "the stamp is not what was signed: a field of it was changed")


def _cell_changes(
    content: Mapping[str, Any], notebook: CanonicalNotebook, stamp: Mapping[str, Any]
) -> Iterator[Change]:
    before = {cell["id"]: cell for cell in stamp["cells"]}
    now = {cell.id: cell for cell in notebook.cells}
    titles = _titles(content)
    for double in notebook.duplicates:
        yield Change("duplicate", double, "more than one cell has this id")
    for position, cell in enumerate(stamp["cells"], start=1):
        if cell["id"] not in now:
            yield Change("removed", cell["id"], f"a {cell['type']} cell, the {_ordinal(position)}, is no longer there")
    for name in now:
        if name not in before:
            yield Change("added", name, titles[name])
    kept = [name for name in now if name in before]
    if kept != [name for name in before if name in now]:
        yield Change("reordered", _first_moved(kept, [name for name in before if name in now]), "cells changed places")
    for name in kept:
        yield from _one_cell(now[name], before[name], titles[name])


def _one_cell(now: CanonicalCell, before: Mapping[str, Any], title: str) -> Iterator[Change]:
    if now.type != before["type"]:
        yield Change("type", now.id, f"{title}: was {before['type']}, is {now.type}")
    if now.source != before["source"]:
        yield Change("source", now.id, f"{title}: the text changed")
    for field in ("tags", "format", "attachments"):
        if now.document.get(field) != before.get(field):
            yield Change(field, now.id, f"{title}: {field} changed")
    if now.outputs != before.get("outputs"):
        yield Change("output", now.id, f"{title}: {_output_difference(before.get('outputItems', []), now)}")


def _output_difference(before: list[Any], now: CanonicalCell) -> str:
    after = now.document.get("outputItems", [])
    if before and not after:
        return "the outputs were cleared"
    if after and not before:
        return "outputs were added"
    differing = [
        _item_name(right if isinstance(right, Mapping) else left)
        for left, right in zip(before, after, strict=False)
        if left != right
    ]
    if len(before) != len(after):
        return f"{len(before)} output items before, {len(after)} now"
    if not differing:
        return "the outputs' digest is not that of the stamp"
    return f"{', '.join(dict.fromkeys(differing))} changed"


def _item_name(item: Any) -> str:
    if not isinstance(item, Mapping):
        return "an item"
    if item.get("kind") == "metadata":
        return f"metadata of {item.get('mime')}"
    return str(item.get("mime") or item.get("kind"))


def _metadata_changes(
    content: Mapping[str, Any], notebook: CanonicalNotebook, stamp: Mapping[str, Any]
) -> Iterator[Change]:
    told = stamp["notebook"]
    own = content["metadata"][METADATA_KEY]
    yield from _pin_changes(own.get("pins") or {}, stamp["pins"])
    for field in ("id", "copiedFrom"):
        if own.get(field) != told.get(field):
            yield Change("metadata", None, f"metadata.{METADATA_KEY}.{field} changed")
    for field in ("kernel", "language"):
        now = getattr(notebook, field)
        # A stamp made before the notebook knew its kernel says nothing of it.
        if told.get(field) is not None and now != told[field]:
            yield Change("metadata", None, f"{field} was {str(told[field])[:40]!r}, is {str(now)[:40]!r}")
    named = {f"{METADATA_KEY}.{field}" for field in ("pins", "id", "copiedFrom")}
    for field in sorted((set(notebook.metadata) | set(told["metadata"])) - named):
        if notebook.metadata.get(field) != told["metadata"].get(field):
            yield Change("metadata", None, f"metadata.{field} changed")


def _pin_changes(now: Any, before: Mapping[str, Any]) -> Iterator[Change]:
    if not isinstance(now, Mapping):
        yield Change("pin", None, "the pins are not an object")
        return
    for dataset in sorted(set(now) | set(before)):
        if dataset not in now:
            yield Change("pin", None, f"{dataset}: the pin was removed")
        elif dataset not in before:
            yield Change("pin", None, f"{dataset}: a pin was added")
        elif sha256_json(now[dataset]) != sha256_json(before[dataset]):
            yield Change("pin", None, f"{dataset}: {_pin_difference(now[dataset], before[dataset])}")


def _pin_difference(now: Any, before: Any) -> str:
    if not isinstance(now, Mapping) or not isinstance(before, Mapping):
        return "the pin is damaged"
    fields = [key for key in sorted(set(now) | set(before)) if now.get(key) != before.get(key)]
    return ", ".join(f"{key} was {_short(before.get(key))}, is {_short(now.get(key))}" for key in fields)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 24 else text[:20] + "…"


def _titles(content: Mapping[str, Any]) -> dict[str, str]:
    """How a person finds a cell: its position among all cells, and its first line that is not blank."""
    cells = content["cells"]
    names, _ = cell_ids(cells)
    return {
        name: f"cell {position} ({title(cell)})"
        for position, (name, cell) in enumerate(zip(names, cells, strict=True), 1)
    }


def title(cell: Mapping[str, Any]) -> str:
    """The first line of a cell that is not blank, at most 60 characters of it."""
    line = next((line.strip() for line in source_text(cell).splitlines() if line.strip()), "empty")
    line = "".join(mark if mark.isprintable() else " " for mark in line)
    return line if len(line) <= 60 else line[:59] + "…"


def _first_moved(now: list[str], before: list[str]) -> str | None:
    return next((left for left, right in zip(now, before, strict=True) if left != right), None)


def _ordinal(number: int) -> str:
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"
