"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import ImportFailed
from headwater.importing.retype import converted, retyped

if TYPE_CHECKING:
    import pyarrow

BATCH_ROWS = 65_536


class ParquetFile:
    """One Parquet file, read a batch at a time."""

    def __init__(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._path = path
        try:
            # Without the page cache of whole row groups, whose size is the writer's choice and not ours.
            self._file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
        except (pa.ArrowInvalid, OSError) as error:
            raise self._damaged() from error
        self.schema: pyarrow.Schema = retyped(self._file.schema_arrow, types)

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        try:
            for batch in self._file.iter_batches(BATCH_ROWS):
                yield converted(batch, self.schema, self._path.name)
        except (pa.ArrowInvalid, OSError) as error:
            raise self._damaged() from error

    def _damaged(self) -> ImportFailed:
        return ImportFailed(
            f"{self._path.name} is not a Parquet file, or is damaged or cut short.",
            hint="Write or copy it again.",
            details={"file": self._path.name},
        )


def open_file(path: Path, types: Mapping[str, pyarrow.DataType]) -> ParquetFile:
    return ParquetFile(path, types)
