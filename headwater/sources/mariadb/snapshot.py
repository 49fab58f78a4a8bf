"""One read-only transaction of a MariaDB: bounded in time, and stopped from outside at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from headwater.sources.base import Drawing, Snapshot
from headwater.sources.bounds import Bounds
from headwater.sources.guard import GUARD
from headwater.sources.mariadb.dialect import MariadbDialect, MysqlDialect, filled
from headwater.sources.mariadb.draw import MariadbDrawing
from headwater.sources.mariadb.failures import told
from headwater.sources.mariadb.session import BEGIN, Address, connect, is_mariadb

if TYPE_CHECKING:
    from headwater.sources.mariadb.catalog import KnownTable
    from headwater.sources.sql.dialect import Statement, Value

_ROWS = 5_000
_KILL_S = 10.0
_STATEMENTS = 4
"""So many timeouts of one statement bound a whole look."""


class MariadbSnapshot(Snapshot):
    """One look at a MariaDB.

    Parameters
    ----------
    find:
        A table by its name, from the catalog.
    """

    def __init__(
        self, source: str, dsn: str, where: Address, find: Callable[[str], KnownTable], *, statement_s: float
    ) -> None:
        self._source = source
        self._where = where
        self._find = find
        self._statement_s = statement_s
        self._whole = True
        self._connection = self._connected()
        mariadb = is_mariadb(self._connection.get_server_info())
        self._dialect = MariadbDialect() if mariadb else MysqlDialect()
        self._thread = int(self._connection.thread_id())
        # A number is given to no other connection before the server starts anew.
        self._guarded = GUARD.watch("mariadb", dsn, {"thread": self._thread})
        self._bounds = Bounds(
            source, statement_s=statement_s, deadline_s=_STATEMENTS * statement_s, interrupt=self._kill
        )

    def _connected(self) -> Any:
        import pymysql

        try:
            connection = connect(self._where, self._statement_s)
        except (pymysql.Error, OSError) as error:
            raise told(self._source, error, self._statement_s) from None
        try:
            with connection.cursor() as cursor:
                cursor.execute(BEGIN)
            return connection
        except BaseException as error:
            connection.close()
            if isinstance(error, pymysql.Error | OSError):
                raise told(self._source, error, self._statement_s) from None
            raise

    def table(self, name: str) -> Drawing:
        return MariadbDrawing(self, self._find(name), self._dialect)

    def cancel(self) -> None:
        self._bounds.cancel()

    def pause(self, seconds: float) -> None:
        """Let the server rest, unless somebody wants it to end."""
        self._bounds.pause(seconds)

    def close(self) -> None:
        """End the transaction and the connection."""
        import pymysql

        self._bounds.close()
        with suppress(pymysql.Error, OSError):
            if self._whole:
                self._connection.close()
            else:
                # Rows that nobody fetched are still on their way: the server is told to stop, not waited for.
                self._kill()
                self._connection._force_close()
        GUARD.forget(self._guarded)

    def listed(self, statement: Statement) -> list[dict[str, Any]]:
        """A short answer as a whole, as texts."""
        with self._bounds.statement(self._told), self._connection.cursor() as cursor:
            cursor.execute(filled(statement.sql, statement.values))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Sequence[Sequence[Any]]]:
        """What a statement gives, some thousand rows at a time, as texts and bytes."""
        from pymysql.cursors import SSCursor

        with self._bounds.statement(self._told):
            self._whole = False
            cursor = SSCursor(self._connection)
            cursor.execute(filled(sql, values))
            while rows := cursor.fetchmany(_ROWS):
                self._bounds.check()
                yield rows
            cursor.close()
            self._whole = True

    def _told(self, error: BaseException) -> BaseException:
        return told(self._source, error, self._statement_s)

    def _kill(self) -> None:
        """Stop the statement that runs, over a connection of its own."""
        import pymysql

        with suppress(pymysql.Error, OSError):
            control = connect(self._where, _KILL_S)
            try:
                with control.cursor() as cursor:
                    cursor.execute(f"KILL QUERY {self._thread}")
            finally:
                control.close()
