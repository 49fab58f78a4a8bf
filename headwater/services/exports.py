"""Versions become files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from headwater.errors import Cancelled, DiskFull, UsageError
from headwater.exporting.writers import writer
from headwater.importing.kinds import note_beside
from headwater.models import Version
from headwater.services.preview import version_files

if TYPE_CHECKING:
    import pyarrow

    from headwater.services.catalog import CatalogService


class ExportService:
    """Writes versions in a stream; a file appears whole or not at all."""

    def __init__(self, catalog: CatalogService) -> None:
        self._catalog = catalog

    def export_file(
        self,
        version: Version,
        path: Path,
        *,
        replace: bool = False,
        progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Write `version` to `path`, in the format of its ending.

        Every export carries the version's name, kind and digest, so that a sample imported elsewhere is still known for
        one: Parquet and Arrow files in themselves, text in a file ``NAME.headwater.json`` beside it.

        Raises
        ------
        UsageError
            `path` is there and `replace` is false, or its directory is not.
        UnsupportedFormat
            The ending is none that is written.
        Cancelled, DiskFull
            Nothing is left behind.
        """
        from headwater.reading.arrow import batches

        if path.exists() and not replace:
            raise UsageError(f"{path.name} exists.", hint="Use another name, or --force to replace it.")
        files = version_files(version, self._catalog)
        schema, stream = batches(files)
        schema = schema.with_metadata({b"headwater": _note(version)})
        done = 0
        with _replacing(path) as target:
            with writer(path, target, schema) as made:
                for batch in stream:
                    if cancelled is not None and cancelled():
                        raise Cancelled("The export was stopped; nothing was written.")
                    made.write_batch(_with_schema(batch, schema))
                    done += batch.num_rows
                    if progress is not None:
                        progress(done)
            target.flush()
            # Before the rows appear under their name, so that they are never there without it.
            if (beside := note_beside(path)) is not None:
                with _replacing(beside) as note:
                    note.write(_note(version) + b"\n")


def _note(version: Version) -> bytes:
    facts = {
        "dataset": version.dataset,
        "version": version.version,
        "digest": version.digest,
        "kind": version.kind,
        "rests_on": list(version.rests_on),
    }
    return json.dumps(facts).encode()


def _with_schema(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    import pyarrow as pa

    return pa.record_batch(batch.columns, schema=schema)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file beside `path` that takes its place once everything is on disk."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except FileNotFoundError:
        raise UsageError(f"There is no directory {path.parent}.", hint="Make it first.") from None
    except PermissionError:
        raise UsageError(f"Nothing may be written to {path.parent}.", hint="Choose another directory.") from None
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield cast(BinaryIO, target)
            target.flush()
            os.fsync(target.fileno())
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        draft.replace(path)
    except OSError as error:
        raise DiskFull(
            f"{path.name} could not be written: {error.strerror}.", hint="Free some room and try again."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
