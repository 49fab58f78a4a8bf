"""Files of other programs become versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import ImportFailed
from headwater.importing.base import TabularFile
from headwater.importing.folder import open_folder
from headwater.importing.formats import importer
from headwater.importing.types import arrow_types
from headwater.models import Kind, Version
from headwater.naming import check_dataset

if TYPE_CHECKING:
    import pyarrow

    from headwater.services.commits import Cancel, CommitService, Progress


class ImportService:
    """Reads files as streams and commits them."""

    def __init__(self, commits: CommitService) -> None:
        self._commits = commits

    def import_file(
        self,
        path: Path | str,
        name: str,
        *,
        author: str,
        message: str = "",
        types: Mapping[str, str] | None = None,
        kind: Kind = "real",
        progress: Progress | None = None,
        cancelled: Cancel | None = None,
    ) -> Version:
        """Make the next version of the dataset `name` of a file, or of a directory of files of one format.

        A kind that the file carries (an export of a sample) is kept: it does not become real by a round trip. So is
        that of a version with the very same rows, for a file whose kind was lost on the way.

        Parameters
        ----------
        types:
            Column name to type, as `headwater.importing.types` reads it; other columns are inferred.

        Raises
        ------
        UnsupportedFormat
            The ending is none that is read.
        ImportFailed
            The file cannot be read, or a row does not fit; nothing was committed.
        """
        import pyarrow as pa

        check_dataset(name)
        opened = self._opened(Path(path), arrow_types(types or {}))
        carried = _carried_kind(Path(path)) or (kind, ())
        reader = pa.RecordBatchReader.from_batches(opened.schema, _filled(opened))
        return self._commits.commit(
            name,
            reader,
            kind=carried[0],
            rests_on=carried[1],
            inherits=carried[0] == "real",
            author=author,
            message=message or f"Imported {Path(path).name}",
            progress=progress,
            cancelled=cancelled,
        )

    def _opened(self, path: Path, types: Mapping[str, pyarrow.DataType]) -> TabularFile:
        if path.is_dir():
            return open_folder(path, types)
        open_file = importer(path)
        try:
            return open_file(path, types)
        except FileNotFoundError:
            raise ImportFailed(f"There is no file {path.name}.", hint="Check the path.") from None
        except PermissionError:
            raise ImportFailed(f"{path.name} may not be read.", hint="Ask its owner for access.") from None


def _filled(opened: TabularFile) -> Iterator[pyarrow.RecordBatch]:
    return (batch for batch in opened.batches() if batch.num_rows)


def _carried_kind(path: Path) -> tuple[Kind, tuple[Kind, ...]] | None:
    from headwater.importing.kinds import carried_kind

    return carried_kind(path)
