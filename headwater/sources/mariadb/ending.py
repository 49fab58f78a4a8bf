"""Ending a session of ours in MariaDB over another connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.sources.mariadb.session import address, connect
from headwater.sources.watchdog import Ender

if TYPE_CHECKING:
    import pymysql

_STATEMENT_S = 10.0
_UNKNOWN = 1094


class MariadbEnder(Ender):
    """Ends sessions by KILL; a session is ``{"thread"}``. Any user may end sessions of its own."""

    def __init__(self, connection: pymysql.Connection[Any]) -> None:
        self._connection = connection

    def end(self, session: dict[str, Any]) -> bool:
        import pymysql

        self._connection.ping(reconnect=True)
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(f"KILL CONNECTION {int(session['thread'])}")
            except pymysql.Error as error:
                if error.args and error.args[0] == _UNKNOWN:
                    return True
                raise
        return False

    def close(self) -> None:
        self._connection.close()


def open_ender(dsn: str) -> MariadbEnder:
    """An ender that is connected. Raises what the driver raises."""
    return MariadbEnder(connect(address(dsn), _STATEMENT_S))
