"""Arrow IPC: files (Feather 2 is the same) and streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import ImportFailed
from headwater.importing.retype import converted, retyped

if TYPE_CHECKING:
    import pyarrow

_MAGIC = b"ARROW1"


class ArrowFile:
    """An Arrow IPC file or stream."""

    def __init__(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> None:
        import pyarrow as pa

        self._path = path
        self._types = types
        with path.open("rb") as file:
            self._is_file = file.read(len(_MAGIC)) == _MAGIC
        try:
            self.schema: pyarrow.Schema = retyped(self._reader().schema, types)
        except pa.ArrowInvalid as error:
            raise self._damaged() from error

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        reader = self._reader()
        numbers = range(reader.num_record_batches) if self._is_file else None
        stream = (reader.get_batch(number) for number in numbers) if numbers is not None else iter(reader)
        try:
            for batch in stream:
                yield converted(batch, self.schema, self._path.name)
        except (pa.ArrowInvalid, OSError) as error:
            raise self._damaged() from error

    def _reader(self) -> pyarrow.RecordBatchFileReader | pyarrow.RecordBatchStreamReader:
        import pyarrow as pa

        source = pa.memory_map(str(self._path))
        return pa.ipc.open_file(source) if self._is_file else pa.ipc.open_stream(source)

    def _damaged(self) -> ImportFailed:
        return ImportFailed(
            f"{self._path.name} is not an Arrow file, or is damaged or cut short.",
            hint="Write it again; Feather version 1 files must be converted first.",
            details={"file": self._path.name},
        )


def open_file(path: Path, types: Mapping[str, pyarrow.DataType]) -> ArrowFile:
    return ArrowFile(path, types)
