"""Where tables of a lake lie: directories that hold a log of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from headwater.errors import SourceUnavailable
from headwater.sources.duckdb.datasets import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyarrow import fs


def lake_tables(system: fs.FileSystem, root: str, log: str) -> dict[str, str]:
    """The directories below `root` that have a directory `log`, by ``schema.table``.

    One in `root` itself is in the schema ``main``, one in a directory there in the schema of that name.
    """
    found: dict[str, str] = {}
    for path in _directories(system, root.rstrip("/")):
        name = path.rpartition("/")[2]
        inner = _directories(system, path)
        if f"{path}/{log}" in inner:
            found[f"{MAIN}.{name}"] = path
            continue
        for below in inner:
            if f"{below}/{log}" in _directories(system, below):
                found[f"{name}.{below.rpartition('/')[2]}"] = below
    return found


def _directories(system: fs.FileSystem, path: str) -> list[str]:
    from pyarrow import fs

    infos = system.get_file_info(fs.FileSelector(path))
    return [info.path for info in infos if info.type == fs.FileType.Directory and not info.base_name.startswith(".")]


def within(source: str, root: str, paths: Iterable[str]) -> list[str]:
    """Paths of `root`'s own file system for what a table's log names.

    Raises `SourceUnavailable` for one that is not below `root`: whoever wrote the log does not say what is read.
    """
    plain = [path if "://" not in path else _path(path) for path in paths]
    root = root.rstrip("/") + "/"
    if any(not path.startswith(root) or "/../" in path for path in plain):
        raise elsewhere(source)
    return plain


def elsewhere(source: str) -> SourceUnavailable:
    """A table's log names files that are not in its own place."""
    return SourceUnavailable(
        f"The source {source} has a table that names files elsewhere, which are not read.",
        hint="Give the directory that all its files are in.",
        details={"source": source},
    )


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}" if parts.scheme != "file" else parts.path


def bucket_options(address: str) -> dict[str, str]:
    """What an address of a bucket says of how to get at it: ``key``, ``secret``, ``endpoint``, ``region``."""
    parts = urlsplit(address)
    if not parts.scheme.startswith("s3"):
        return {}
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options = {"key": unquote(parts.username or ""), "secret": unquote(parts.password or "")}
    if "endpoint_override" in query:
        options["endpoint"] = f"{query.get('scheme', 'https')}://{query['endpoint_override']}"
    if "region" in query:
        options["region"] = query["region"]
    return {name: value for name, value in options.items() if value}
