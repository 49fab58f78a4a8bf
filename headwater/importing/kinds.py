"""The kind that an exported file carries in its own metadata, so that a sample stays a sample wherever it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from headwater.importing.formats import format_of
from headwater.models import Kind

if TYPE_CHECKING:
    import pyarrow

KEY = b"headwater"
"""The key of the schema's metadata under which an export says what it is, as JSON."""


def carried_kind(path: Path) -> tuple[Kind, tuple[Kind, ...]] | None:
    """The kind, and what it rests on, as `path` says; None for files that say nothing or cannot say anything."""
    import pyarrow as pa

    try:
        metadata = _schema(path).metadata if path.is_file() else None
        note = json.loads((metadata or {}).get(KEY, b"null"))
    except (pa.ArrowInvalid, OSError, ValueError):
        return None
    if not isinstance(note, dict) or note.get("kind") not in get_args(Kind):
        return None
    rests_on = tuple(kind for kind in note.get("rests_on") or () if kind in get_args(Kind))
    return cast(Kind, note["kind"]), cast("tuple[Kind, ...]", rests_on)


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
