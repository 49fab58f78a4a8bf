"""Delta tables as a source: those of a directory or bucket."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headwater.errors import SourceUnavailable
from headwater.sources.duckdb.datasets import DatasetSource, OpenTable
from headwater.sources.files.place import opened
from headwater.sources.lake.place import bucket_options, elsewhere, lake_tables

if TYPE_CHECKING:
    from pyarrow import fs

_LOG = "_delta_log"


class DeltaSource(DatasetSource):
    """Reads each table's newest version, and that one until the look at it ends."""

    def powers(self) -> tuple[str, ...]:
        self.check()
        path = self._config.address()
        return ("write to the tables",) if os.geteuid() != 0 and os.access(path, os.W_OK) else ()

    def _names(self) -> Sequence[str]:
        return list(lake_tables(*self._place(), _LOG))

    def _open(self, name: str) -> OpenTable:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaProtocolError
        from pyarrow import fs

        system, root = self._place()
        path = lake_tables(system, root, _LOG)[name]
        address = self._config.address()
        table = DeltaTable(f"s3://{path}" if "://" in address else path, storage_options=_options(address))
        try:
            rows: Any = table.to_pyarrow_dataset(filesystem=fs.SubTreeFileSystem(path, system))
        except DeltaProtocolError:
            raise SourceUnavailable(
                f"The table {name} of the source {self.name} uses a part of Delta that is not read here, such as "
                "deletion vectors or mapped columns.",
                hint="Have a copy written without it, for example by OPTIMIZE or REORG TABLE … APPLY (PURGE).",
                details={"source": self.name, "table": name},
            ) from None
        # As the log has them; below the table's own directory.
        if any(":/" in file or file.startswith("/") or ".." in file.split("/") for file in rows.files):
            raise elsewhere(self.name)
        sizes = table.get_add_actions(flatten=True)
        return OpenTable(
            rows.schema,
            rows,
            bytes=_total(sizes, "size_bytes"),
            count=_total(sizes, "num_records"),
            comment=table.metadata().description or "",
        )

    def _place(self) -> tuple[fs.FileSystem, str]:
        return opened(self.name, self._config.address())


def _total(files: Any, column: str) -> int | None:
    """What the files of a table have in all, or None where one does not say."""
    import pyarrow as pa

    table = pa.table(files)
    values = table[column].to_pylist() if column in table.column_names else [None]
    return None if None in values else sum(values)


def _options(address: str) -> dict[str, str] | None:
    names = {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY", "endpoint": "AWS_ENDPOINT_URL"}
    names["region"] = "AWS_REGION"
    options = {names[name]: value for name, value in bucket_options(address).items()}
    if options.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        options["AWS_ALLOW_HTTP"] = "true"
    return options or None
