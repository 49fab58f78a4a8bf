"""A MariaDB, or a MySQL, as a source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headwater.errors import HeadwaterError, SourceUnavailable
from headwater.sources.base import Snapshot, Source
from headwater.sources.mariadb.catalog import Catalog, KnownTable
from headwater.sources.mariadb.failures import told
from headwater.sources.mariadb.reach import check_reach
from headwater.sources.mariadb.replica import check_replica
from headwater.sources.mariadb.rights import powers
from headwater.sources.mariadb.session import Address, address, connect, is_mariadb
from headwater.sources.mariadb.snapshot import MariadbSnapshot

if TYPE_CHECKING:
    import pymysql

    from headwater.config import SourceConfig
    from headwater.sample_models import Link, SourceTable, SourceTablePage


class MariadbSource(Source):
    """Reads with the rights of the configured user, which should be SELECT on the tables to sample and nothing else."""

    def __init__(self, config: SourceConfig) -> None:
        self.name = config.name
        self._config = config

    @property
    def first_schema(self) -> str:
        return self._schemas[0]

    def check(self) -> None:
        with self._catalog():
            pass

    def powers(self) -> tuple[str, ...]:
        with self._session() as connection:
            return powers(connection)

    def tables(self, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        with self._catalog() as catalog:
            return catalog.page(query, cursor, limit)

    def table(self, name: str) -> SourceTable:
        with self._catalog() as catalog:
            return catalog.one(name).shown

    def links(self) -> tuple[Link, ...]:
        with self._catalog() as catalog:
            return catalog.links()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        snapshot = MariadbSnapshot(
            self.name,
            self._config.dsn(),
            self._address,
            self._known,
            statement_s=self._config.statement_timeout_s,
        )
        try:
            yield snapshot
        finally:
            snapshot.close()

    def _known(self, name: str) -> KnownTable:
        with self._catalog() as catalog:
            known = catalog.one(name)
        check_reach(known, self._config.allow)
        return known

    @property
    def _schemas(self) -> tuple[str, ...]:
        schemas = self._config.schemas or tuple(filter(None, (self._address.database,)))
        if not schemas:
            raise SourceUnavailable(
                f"The source {self.name} names no database.",
                hint='Give schemas = ["DATABASE"] in headwater.toml, or the database in the connection string.',
                details={"source": self.name},
            )
        return schemas

    @contextmanager
    def _catalog(self) -> Iterator[Catalog]:
        schemas = self._schemas
        with self._session() as connection:
            if self._config.replica:
                check_replica(self.name, connection)
            yield Catalog(self.name, schemas, connection, mariadb=is_mariadb(connection.get_server_info()))

    @contextmanager
    def _session(self) -> Iterator[pymysql.Connection[Any]]:
        import pymysql

        timeout_s = self._config.statement_timeout_s
        try:
            with connect(self._address, timeout_s) as connection:
                yield connection
        except HeadwaterError:
            raise
        except (pymysql.Error, OSError) as error:
            raise told(self.name, error, timeout_s) from None

    @property
    def _address(self) -> Address:
        try:
            return address(self._config.dsn())
        except ValueError:
            raise SourceUnavailable(
                f"The source {self.name} has a connection string that cannot be read.",
                hint="It should look like: mariadb://user:password@host:3306/database",
                details={"source": self.name},
            ) from None
