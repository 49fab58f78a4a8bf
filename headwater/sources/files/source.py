"""Files as a source."""

from __future__ import annotations

import os
from collections.abc import Sequence

from headwater.errors import SourceUnavailable
from headwater.sources.duckdb.datasets import DatasetSource, OpenTable
from headwater.sources.files.dataset import open_table
from headwater.sources.files.place import file_tables, opened


class FilesSource(DatasetSource):
    """Reads what the Headwater host's user, or the keys in the address, may read."""

    def powers(self) -> tuple[str, ...]:
        self.check()
        path = self._config.address()
        return ("write to the files",) if os.geteuid() != 0 and os.access(path, os.W_OK) else ()

    def _names(self) -> Sequence[str]:
        system, root = opened(self.name, self._config.address())
        return list(file_tables(system, root))

    def _open(self, name: str) -> OpenTable:
        system, root = opened(self.name, self._config.address())
        table = file_tables(system, root).get(name)
        if table is None:
            raise SourceUnavailable(
                f"The files of {name} are gone.", hint="List what is there.", details={"source": self.name}
            )
        return open_table(self.name, name, table, system)
