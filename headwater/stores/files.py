"""The place where a dataset's data files are: write, digest, list and remove them, locally or by address."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.fs


class FileArea:
    """A directory of Parquet files.

    Parameters
    ----------
    root:
        A local path, ``file://`` or another address that pyarrow knows (``s3://bucket/prefix``).
    """

    def __init__(self, root: str) -> None:
        self.root = root.removeprefix("file://").rstrip("/")
        self.remote = "://" in self.root

    def write(self, name: str, table: pyarrow.Table, row_group_rows: int) -> tuple[str, int]:
        """Write `table` as the new file `name`; returns its path and size in bytes. On disk when this returns."""
        from pyarrow import parquet

        path = f"{self.root}/{name}"
        system, inner = self.located(path)
        if not self.remote:
            os.makedirs(self.root, exist_ok=True)
        with system.open_output_stream(inner) as stream:
            parquet.write_table(
                table,
                stream,
                compression="zstd",
                compression_level=1,
                row_group_size=row_group_rows,
                # Above this, dictionaries of high-cardinality columns make files a fifth larger.
                dictionary_pagesize_limit=262_144,
                store_schema=True,
            )
        if not self.remote:
            _sync(path)
        return path, int(system.get_file_info(inner).size)

    def digest(self, path: str) -> str:
        """The BLAKE3 of a file's bytes."""
        from blake3 import blake3

        hasher = blake3()
        if not self.remote:
            hasher.update_mmap(path)
            return str(hasher.hexdigest())
        system, inner = self.located(path)
        with system.open_input_stream(inner) as stream:
            while block := stream.read(1 << 22):
                hasher.update(block)
        return str(hasher.hexdigest())

    def names(self) -> list[str]:
        """The names of all files that are there."""
        from pyarrow import fs

        system, inner = self.located(self.root)
        found = system.get_file_info(fs.FileSelector(inner, allow_not_found=True))
        return sorted(info.base_name for info in found if info.is_file)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files; those that are gone already are passed over."""
        for path in paths:
            system, inner = self.located(path)
            try:
                system.delete_file(inner)
            except FileNotFoundError:
                continue

    def located(self, path: str) -> tuple[pyarrow.fs.FileSystem, str]:
        """The file system that `path` is on, and the path there."""
        from pyarrow import fs

        if not self.remote:
            return fs.LocalFileSystem(), path
        system, inner = fs.FileSystem.from_uri(path)
        return system, inner


def _sync(path: str) -> None:
    for place in (path, str(Path(path).parent)):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
