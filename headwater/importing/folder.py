"""A directory of files of one format, read one after the other in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import ImportFailed
from headwater.importing.base import TabularFile
from headwater.importing.formats import format_of, importer

if TYPE_CHECKING:
    import pyarrow


class Folder:
    """The data files of a directory. Their columns must be the same; hidden files and other endings are left out."""

    def __init__(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> None:
        self._paths = sorted(
            file for file in path.rglob("*") if file.is_file() and format_of(file) and not _hidden(file, path)
        )
        if not self._paths:
            raise ImportFailed(f"{path.name} holds no data files.", hint="Give a directory of CSV or Parquet files.")
        formats = {format_of(file) for file in self._paths}
        if len(formats) > 1:
            raise ImportFailed(
                f"{path.name} holds files of different formats.", hint="Give a directory of one format, or one file."
            )
        self._open = importer(self._paths[0])
        first = self._open(self._paths[0], types)
        self.schema: pyarrow.Schema = first.schema
        # Later files are read in the first one's types, instead of what their own first block would suggest.
        self._types = {field.name: field.type for field in self.schema}

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        for path in self._paths:
            yield from self._file(path).batches()

    def _file(self, path: Path) -> TabularFile:
        from headwater.errors import ColumnNotFound

        try:
            file = self._open(path, self._types)
            names = file.schema.names
        except ColumnNotFound as error:
            raise self._different(path) from error
        if names != self.schema.names:
            raise self._different(path)
        return file

    def _different(self, path: Path) -> ImportFailed:
        return ImportFailed(
            f"{path.name} has other columns than {self._paths[0].name}.",
            hint="Files of one directory must have the same columns in the same order.",
            details={"file": path.name},
        )


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith((".", "_")) for part in file.relative_to(root).parts)


def open_folder(path: Path, types: Mapping[str, pyarrow.DataType]) -> Folder:
    return Folder(path, types)
