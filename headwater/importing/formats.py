"""Which importer reads which file, by its ending."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from headwater.errors import UnsupportedFormat
from headwater.importing.base import Importer

COMPRESSED = (".gz", ".bz2", ".zst")
"""Endings that may follow those of text formats."""

_IMPORTERS = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow_ipc",
    ".feather": "arrow_ipc",
    ".ipc": "arrow_ipc",
    ".jsonl": "json_lines",
    ".ndjson": "json_lines",
}


def format_of(path: Path) -> str | None:
    """The name of the module that reads `path`, or None where the ending is none that is known."""
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in COMPRESSED:
        name = _IMPORTERS.get(endings[-2]) if len(endings) > 1 else None
        return name if name in ("delimited", "json_lines") else None
    return _IMPORTERS.get(endings[-1]) if endings else None


def importer(path: Path) -> Importer:
    """The function that opens `path`.

    Raises
    ------
    UnsupportedFormat
        The ending is none of those that are read.
    """
    name = format_of(path)
    if name is None:
        raise UnsupportedFormat(
            f"{path.name} is of no format that is read.",
            hint=f"Give a file that ends in one of: {', '.join(_IMPORTERS)} (text also with {', '.join(COMPRESSED)}).",
        )
    return cast(Importer, import_module(f"headwater.importing.{name}").open_file)
