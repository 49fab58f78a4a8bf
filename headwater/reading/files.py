"""The data files of one version, checked before an engine opens them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from headwater.errors import StoreUnavailable

if TYPE_CHECKING:
    import pyarrow.fs


class DataFile(Protocol):
    """One Parquet file of a version, as the ledger lists it."""

    @property
    def path(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def rows(self) -> int: ...


class VersionFiles(NamedTuple):
    """What a reader needs of a version: its name for errors, its files in row order, its columns' Arrow type
    texts.

    All files have the columns of `types`, in any order; rows come in the order of `files`.
    """

    dataset: str
    version: str
    files: Sequence[DataFile]
    types: Mapping[str, str]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


def located(path: str) -> str:
    """`path` as engines take it: ``file:`` addresses become plain paths, other addresses stay."""
    # The store writes these addresses without percent encoding, so nothing is decoded here.
    return path.removeprefix("file://")


def is_remote(path: str) -> bool:
    """Whether `path` is an address such as ``s3://bucket/key``."""
    return "://" in path and not path.startswith("file://")


def file_system(path: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system of a remote address, and the path on it."""
    from pyarrow import fs

    system, inner = fs.FileSystem.from_uri(path)
    return system, inner


def check(version: VersionFiles) -> list[str]:
    """The located paths of the version's files, each of which is there with the size that the ledger knows.

    Raises
    ------
    StoreUnavailable
        A file is missing or has another size: something other than Headwater changed the warehouse.
    """
    for file in version.files:
        found = _size(file.path)
        if found is None:
            raise _damaged(version, file, "is missing")
        if found != file.bytes:
            raise _damaged(version, file, f"has {found:,} bytes, and {file.bytes:,} were committed")
    return [located(file.path) for file in version.files]


def _size(path: str) -> int | None:
    if is_remote(path):
        system, inner = file_system(path)
        return system.get_file_info(inner).size  # type: ignore[no-any-return]
    try:
        return os.stat(located(path)).st_size
    except OSError:
        return None


def _damaged(version: VersionFiles, file: DataFile, what: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"{version.dataset} {version.version} cannot be read: one of its data files {what}.",
        hint="See what is wrong with: headwater doctor",
        # The name without its directory: enough to find the file, and no machine path.
        details={
            "dataset": version.dataset,
            "version": version.version,
            "file": file.path.rpartition("/")[2],
        },
    )
