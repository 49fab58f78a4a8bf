"""Pins as a notebook file holds them, under ``metadata.headwater``::

{"id": "<uuid>", "pins": {"sales.orders": {"version": "v12", "digest": "…", "kind": "real",
                                           "pinnedBy": "ada", "pinnedAt": "…Z", "reason": ""}}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from headwater.errors import BadName, InvalidNotebook
from headwater.naming import check_dataset, parse_spec
from headwater.pin_models import Kind, Pin

METADATA_KEY = "headwater"
MAX_TEXT = 2_000
"""The longest reason or name of a person that is kept, in characters."""


def section_of(metadata: Any) -> dict[str, Any]:
    """The section ``headwater`` of a notebook's metadata; empty when there is none."""
    section = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    return dict(section) if isinstance(section, Mapping) else {}


def notebook_id_of(section: Mapping[str, Any]) -> str | None:
    """The notebook's own id, or None."""
    found = section.get("id")
    return found if isinstance(found, str) and 0 < len(found) <= 64 else None


def pins_of(section: Mapping[str, Any]) -> dict[str, Pin]:
    """The pins of a section, by dataset.

    Raises `InvalidNotebook` for one that names no dataset or no version: to pass over it would read other
    data than its author meant.
    """
    pins = section.get("pins")
    if pins is None:
        return {}
    if not isinstance(pins, Mapping):
        raise _malformed("its pins are not an object")
    return {name: _pin(name, pins[name]) for name in sorted(pins)}


def entry_of(pin: Pin) -> dict[str, str]:
    """What the file holds for one pin."""
    return {
        "version": pin.version,
        "digest": pin.digest,
        "kind": pin.kind,
        "pinnedBy": pin.pinned_by,
        "pinnedAt": pin.pinned_at,
        "reason": pin.reason,
    }


def entries_of(pins: Iterable[Pin]) -> dict[str, dict[str, str]]:
    """The ``pins`` of a section, sorted by dataset."""
    return {pin.dataset: entry_of(pin) for pin in sorted(pins, key=lambda pin: pin.dataset)}


def _pin(name: str, entry: Any) -> Pin:
    if not isinstance(entry, Mapping):
        raise _malformed(f"the pin of {name[:80]!r} is not an object")
    version = entry.get("version")
    try:
        check_dataset(name)
        number = isinstance(version, str) and parse_spec(version).kind == "number"
    except BadName:
        number = False
    if not number:
        raise _malformed(f"the pin of {name[:80]!r} does not name a version such as v12")
    kind: Kind = entry["kind"] if entry.get("kind") in get_args(Kind) else "real"
    return Pin(
        dataset=name,
        version=str(version),
        digest=_text(entry, "digest"),
        kind=kind,
        pinned_by=_text(entry, "pinnedBy"),
        pinned_at=_text(entry, "pinnedAt"),
        reason=_text(entry, "reason"),
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    # What no database stores, NUL and lone surrogates, can come out of any JSON file.
    return value.encode("utf-8", "ignore").decode().replace("\0", "")[:MAX_TEXT] if isinstance(value, str) else ""


def _malformed(what: str) -> InvalidNotebook:
    return InvalidNotebook(
        f"The notebook's metadata is damaged: {what}.",
        hint='Correct "headwater" in the notebook\'s metadata, or take it out; nothing was changed.',
    )
