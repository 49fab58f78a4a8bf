"""Which tables the files below a place are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headwater.errors import SourceUnavailable
from headwater.sources.duckdb.datasets import MAIN

if TYPE_CHECKING:
    from pyarrow import fs

_FORMATS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv"}
_COMPRESSED = (".gz", ".bz2", ".zst")


@dataclass
class FileTable:
    """The files of one table, in the order of their names, and where the names of its partitions begin."""

    base: str
    formats: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    bytes: int = 0


def opened(source: str, address: str) -> tuple[fs.FileSystem, str]:
    """The file system and the path that an address means.

    Raises `SourceUnavailable`, without the address: that of a bucket can hold its keys.
    """
    from pyarrow import fs

    try:
        found: tuple[fs.FileSystem, str] = fs.FileSystem.from_uri(address)
    except Exception:
        raise SourceUnavailable(
            f"The source {source} has an address that cannot be read.",
            hint="It should be an absolute path, or look like: s3://bucket/prefix?region=eu-west-1",
            details={"source": source},
        ) from None
    return found


def file_tables(system: fs.FileSystem, root: str) -> dict[str, FileTable]:
    """The tables below `root` by ``schema.table``.

    A file in `root` is a table, and so is a directory of files there, whose schemas are ``main``; a directory of
    directories is a schema of tables. Directories ``column=value`` are partitions of the table that they are in. Names
    that begin with a dot or an underscore are left out.
    """
    from pyarrow import fs

    tables: dict[str, FileTable] = {}
    root = root.rstrip("/")
    infos = system.get_file_info(fs.FileSelector(root, recursive=True))
    # Directories first, so that a file of the same name gets another.
    files = [(info.path[len(root) + 1 :].split("/"), info) for info in infos if info.type == fs.FileType.File]
    for parts, info in sorted(files, key=lambda one: (len(one[0]) == 1, one[0])):
        kind, stem = _format(parts[-1])
        if kind is None or any(part.startswith((".", "_")) for part in parts):
            continue
        folders = parts[:-1]
        while folders and "=" in folders[-1]:
            folders.pop()
        if not folders:
            name = f"{MAIN}.{stem}"
            name = f"{MAIN}.{parts[-1]}" if name in tables else name
            base = root
        else:
            name = ".".join(folders[:2]) if len(folders) > 1 else f"{MAIN}.{folders[0]}"
            base = "/".join([root, *folders[:2]])
        table = tables.setdefault(name, FileTable(base))
        table.paths.append(info.path)
        table.formats.add(kind)
        table.bytes += info.size or 0
    return tables


def _format(name: str) -> tuple[str | None, str]:
    """What a file's name says that it is, and the name without that."""
    plain = name
    for ending in _COMPRESSED:
        plain = plain.removesuffix(ending)
    for ending, kind in _FORMATS.items():
        if plain.lower().endswith(ending) and (kind == "csv" or plain == name):
            return kind, plain[: -len(ending)]
    return None, name
