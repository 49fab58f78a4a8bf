"""A PostgreSQL as a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from headwater.errors import SourceUnavailable
from headwater.sources.base import Snapshot, Source
from headwater.sources.postgresql.catalog import Catalog, KnownTable
from headwater.sources.postgresql.failures import told
from headwater.sources.postgresql.reach import check_reach
from headwater.sources.postgresql.relations import links
from headwater.sources.postgresql.replica import lag, told_lag
from headwater.sources.postgresql.rights import powers
from headwater.sources.postgresql.session import address, connect
from headwater.sources.postgresql.snapshot import PostgresqlSnapshot

if TYPE_CHECKING:
    import psycopg

    from headwater.config import SourceConfig
    from headwater.sample_models import Link, SourceTable, SourceTablePage

_STATEMENTS = 4
"""So many timeouts of one statement bound a whole look."""


class PostgresqlSource(Source):
    """Reads with the rights of the configured user, which should be SELECT on the tables to sample and nothing else."""

    def __init__(self, config: SourceConfig) -> None:
        self.name = config.name
        self._config = config
        self._schemas = config.schemas or ("public",)

    @property
    def first_schema(self) -> str:
        return self._schemas[0]

    def check(self) -> float | None:
        with told(self.name, timeout_s=self._config.statement_timeout_s), self._session() as connection:
            return lag(self.name, connection, must_be=self._config.replica)

    def powers(self) -> tuple[str, ...]:
        with told(self.name, timeout_s=self._config.statement_timeout_s), self._session() as connection:
            return powers(connection, self._schemas)

    def tables(self, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        with self._catalog() as catalog:
            return catalog.page(query, cursor, limit)

    def table(self, name: str) -> SourceTable:
        with self._catalog() as catalog:
            return catalog.one(name).shown

    def links(self) -> tuple[Link, ...]:
        with told(self.name, timeout_s=self._config.statement_timeout_s), self._session() as connection:
            return links(connection, self._schemas)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        behind = self.check()
        with closing(_Finder(self._session, self._known)) as finder:
            snapshot = PostgresqlSnapshot(
                self.name,
                self._dsn(),
                finder.one,
                note="" if behind is None else told_lag(behind),
                statement_s=self._config.statement_timeout_s,
                deadline_s=_STATEMENTS * self._config.statement_timeout_s,
            )
            try:
                yield snapshot
            finally:
                snapshot.close()

    def _known(self, name: str, connection: psycopg.Connection[tuple[object, ...]]) -> KnownTable:
        with told(self.name, timeout_s=self._config.statement_timeout_s):
            known = Catalog(self.name, self._schemas, connection).one(name)
            check_reach(known, self._config.allow, connection)
            return known

    @contextmanager
    def _catalog(self) -> Iterator[Catalog]:
        with told(self.name, timeout_s=self._config.statement_timeout_s), self._session() as connection:
            yield Catalog(self.name, self._schemas, connection)

    def _session(self) -> psycopg.Connection[tuple[object, ...]]:
        with told(self.name, timeout_s=self._config.statement_timeout_s):
            return connect(self._dsn(), self._config.statement_timeout_s)

    def _dsn(self) -> str:
        dsn = self._config.dsn()
        try:
            address(dsn)
        except ValueError:
            raise SourceUnavailable(
                f"The source {self.name} has a connection string that cannot be read.",
                hint="It should look like: postgresql://user:password@host:5432/database",
                details={"source": self.name},
            ) from None
        return dsn


class _Finder:
    """Finds the tables of one snapshot over one connection, which is opened with the first of them."""

    def __init__(
        self,
        session: Callable[[], psycopg.Connection[tuple[object, ...]]],
        find: Callable[[str, psycopg.Connection[tuple[object, ...]]], KnownTable],
    ) -> None:
        self._session = session
        self._find = find
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def one(self, name: str) -> KnownTable:
        """See `Catalog.one`."""
        if self._connection is None:
            self._connection = self._session()
        return self._find(name, self._connection)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
