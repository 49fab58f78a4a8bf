"""Sources whose tables are files that Arrow opens and DuckDB runs statements on: what kinds of them share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.errors import HeadwaterError
from headwater.sample_models import SourceColumn, SourceTable, SourceTablePage
from headwater.sources.base import Snapshot, Source
from headwater.sources.duckdb.engine import connect
from headwater.sources.duckdb.failures import told
from headwater.sources.duckdb.keys import configured_key
from headwater.sources.duckdb.snapshot import DuckdbSnapshot, KnownTable
from headwater.sources.listing import page_of, whole_name

if TYPE_CHECKING:
    import duckdb
    import pyarrow

    from headwater.config import SourceConfig

MAIN = "main"
"""The schema of tables that lie in none."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table whose files are known.

    Attributes
    ----------
    schema:
        Its columns as a statement sees them.
    rows:
        What DuckDB scans, as often as it is asked to: an Arrow dataset, or an object with ``__arrow_c_stream__``.
    select:
        SQL of the columns where they are not simply those of `rows`.
    key:
        The columns that tell rows apart as far as the table itself says so.
    """

    schema: pyarrow.Schema
    rows: Any
    select: str = "*"
    key: tuple[str, ...] = ()
    count: int | None = None
    bytes: int | None = None
    comment: str = ""


class DatasetSource(Source):
    """A source of files. A kind says which tables there are, and opens them."""

    def __init__(self, config: SourceConfig) -> None:
        self.name = config.name
        self._config = config

    @property
    def first_schema(self) -> str:
        return self._config.schemas[0] if self._config.schemas else MAIN

    @abstractmethod
    def _names(self) -> Sequence[str]:
        """``schema.table`` of each table."""

    @abstractmethod
    def _open(self, name: str) -> OpenTable:
        """One of them."""

    def check(self) -> None:
        self._listed()

    def tables(self, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        return page_of(self.name, self._listed(), lambda name: self._known(name)[0], query, cursor, limit)

    def table(self, name: str) -> SourceTable:
        return self._known(self._whole(name))[0]

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        snapshot = _DatasetSnapshot(self, connect(self._config), self._config.statement_timeout_s)
        try:
            yield snapshot
        finally:
            snapshot.close()

    def found(self, name: str) -> tuple[SourceTable, OpenTable]:
        """The table that a person's `name` means. Raises `TableNotFound`."""
        return self._known(self._whole(name))

    def _whole(self, name: str) -> str:
        return whole_name(self.name, name, self._listed(), (self.first_schema,))

    def _listed(self) -> list[str]:
        with self._told():
            schemas = self._config.schemas
            return [name for name in self._names() if not schemas or name.partition(".")[0] in schemas]

    def _known(self, name: str) -> tuple[SourceTable, OpenTable]:
        with self._told():
            table = self._open(name)
        schema, _, plain = name.partition(".")
        key = table.key or configured_key(self._config, schema, plain, table.schema.names)
        shown = SourceTable(
            source=self.name,
            name=name,
            rows=table.count,
            bytes=table.bytes,
            columns=tuple(
                SourceColumn(field.name, str(field.type), field.nullable, field.name in key) for field in table.schema
            ),
            key=key,
            comment=table.comment,
        )
        return shown, table

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except HeadwaterError:
            raise
        except Exception as error:
            # Readers of files and tables have errors of many classes, whose texts quote paths and values.
            raise told(self.name, error) from None


class _DatasetSnapshot(DuckdbSnapshot):
    """Tables are opened once: their lists of files are those of the first look at them."""

    def __init__(self, source: DatasetSource, connection: duckdb.DuckDBPyConnection, statement_s: float) -> None:
        super().__init__(source.name, connection, statement_s)
        self._of = source
        self._opened: dict[str, KnownTable] = {}

    def known(self, name: str) -> KnownTable:
        shown, table = self._of.found(name)
        if shown.name not in self._opened:
            registered = f"hw_{len(self._opened)}"
            self._connection.register(registered, table.rows)
            relation = registered if table.select == "*" else f"(SELECT {table.select} FROM {registered})"
            self._opened[shown.name] = KnownTable(shown, relation, vouched=False)
        return self._opened[shown.name]
