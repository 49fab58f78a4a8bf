"""The kind that an exported file carries, so that a sample stays a sample wherever it goes.

Parquet and Arrow files carry it in their own metadata; text has no room for it, so a small file lies beside it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from headwater.importing.formats import COMPRESSED, format_of
from headwater.models import Kind

if TYPE_CHECKING:
    import pyarrow

KEY = b"headwater"
"""The key of the schema's metadata under which an export says what it is, as JSON."""

_LONGEST = 1 << 16
"""Bytes of a note that are read; one that Headwater wrote is far shorter."""


def note_beside(path: Path) -> Path | None:
    """The file that says what the text file `path` is; None for formats that hold it themselves."""
    text = format_of(path) in ("delimited", "json_lines")
    return path.with_name(f"{path.name}.headwater.json") if text else None


def carried_kind(path: Path) -> tuple[Kind, tuple[Kind, ...]] | None:
    """The kind, and what it rests on, as `path` says; None for files that say nothing.

    A directory is what its files say: the first one that says anything decides the kind, and it rests on all.
    """
    if not path.is_dir():
        return _carried(path)
    found = [kind for file in sorted(path.rglob("*")) if format_of(file) and (kind := _carried(file))]
    if not found:
        return None
    return found[0][0], tuple(dict.fromkeys(kind for _, rests_on in found for kind in rests_on))


def _carried(path: Path) -> tuple[Kind, tuple[Kind, ...]] | None:
    import pyarrow as pa

    try:
        note = json.loads(_note(path))
    except (pa.ArrowInvalid, OSError, ValueError, RecursionError):
        return None
    if not isinstance(note, dict) or note.get("kind") not in get_args(Kind):
        return None
    listed = note.get("rests_on")
    rests_on = tuple(kind for kind in listed if kind in get_args(Kind)) if isinstance(listed, list) else ()
    return cast(Kind, note["kind"]), cast("tuple[Kind, ...]", rests_on)


def _note(path: Path) -> bytes:
    beside = note_beside(path)
    if beside is None:
        return bytes((_schema(path).metadata or {}).get(KEY, b"null"))
    # A compressed copy keeps the note of the file that it was made of.
    places = [beside] if path.suffix not in COMPRESSED else [beside, path.with_name(f"{path.stem}.headwater.json")]
    for place in places:
        if place.is_file():
            with place.open("rb") as file:
                return file.read(_LONGEST)
    return b"null"


def _schema(path: Path) -> pyarrow.Schema:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if format_of(path) == "parquet":
        return pq.read_schema(path)
    if format_of(path) != "arrow_ipc":
        return pa.schema([])
    with pa.memory_map(str(path)) as source:
        try:
            return pa.ipc.open_file(source).schema
        except pa.ArrowInvalid:
            source.seek(0)
            return pa.ipc.open_stream(source).schema
