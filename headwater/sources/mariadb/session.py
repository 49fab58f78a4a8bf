"""How Headwater connects: as itself, for reading only, with every wait bounded."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    import pymysql

_CONNECT_S = 10
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_SCHEMES = frozenset({"mysql", "mariadb"})
_OPTIONS = frozenset({"ssl_ca", "ssl_cert", "ssl_key", "unix_socket"})


@dataclass(frozen=True, slots=True)
class Address:
    """A connection string, read. It holds a password: it is shown nowhere."""

    host: str
    port: int
    user: str
    password: str
    database: str
    options: dict[str, str]

    def __repr__(self) -> str:
        return "Address(...)"

    @property
    def is_local(self) -> bool:
        """Whether nobody between here and there can listen."""
        return self.host in _LOCAL or "unix_socket" in self.options


def address(dsn: str) -> Address:
    """``mariadb://user:password@host:3306/database?ssl_ca=FILE``, read.

    Raises `ValueError` for one that cannot be read, without its text.
    """
    wrong = ValueError("the connection string cannot be read")
    try:
        parts = urlsplit(dsn)
        port = parts.port or 3306
        given = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise wrong from None
    scheme = parts.scheme.partition("+")[0]
    if scheme not in _SCHEMES or not parts.username or not set(given) <= _OPTIONS or not (parts.hostname or given):
        raise wrong
    return Address(
        host=parts.hostname or "localhost",
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.strip("/")),
        options={name: values[-1] for name, values in given.items()},
    )


def settings(version: str, statement_timeout_s: float) -> tuple[str, ...]:
    """The statements that begin a session on a server of this version.

    They are no boundary, as a session may set them back: that is what the user's rights are for. They keep what is
    generated here from waiting or running for ever, and make texts of values the same on every server.
    """
    # One does not know the other's: MariaDB takes MySQL's hint for a comment.
    own: tuple[str, ...]
    if is_mariadb(version):
        own = (
            f"SET SESSION max_statement_time = {max(0.001, statement_timeout_s):.3f}",
            "SET SESSION idle_transaction_timeout = 60",
        )
    else:
        own = (f"SET SESSION max_execution_time = {max(1, round(statement_timeout_s * 1000))}",)
    return (
        *own,
        f"SET SESSION lock_wait_timeout = {max(1, min(5, round(statement_timeout_s)))}",
        # Rows wait while what came before them is masked and written.
        "SET SESSION net_write_timeout = 600",
        "SET SESSION sql_mode = ''",
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET SESSION TRANSACTION READ ONLY",
    )


def is_mariadb(version: str) -> bool:
    """Whether a server that says this of itself is a MariaDB; else it is a MySQL."""
    return "mariadb" in version.lower()


BEGIN = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
"""A transaction that refuses rows to be written. MariaDB lets CREATE TABLE end it: nothing but SELECT is ever sent."""


def connect(where: Address, statement_timeout_s: float) -> pymysql.Connection[Any]:
    """A connection whose rows are texts, and bytes where the column holds bytes."""
    import pymysql

    connection = pymysql.connect(
        host=where.host,
        port=where.port,
        user=where.user,
        password=where.password,
        database=where.database or None,
        unix_socket=where.options.get("unix_socket"),
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=_CONNECT_S,
        # The server stops what takes too long; this is for a server that does not answer at all.
        read_timeout=max(1, round(statement_timeout_s) + 30),
        program_name="headwater",
        local_infile=False,
        conv={},
        ssl=_tls(where),
    )
    try:
        with connection.cursor() as cursor:
            for statement in settings(connection.get_server_info(), statement_timeout_s):
                cursor.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _tls(where: Address) -> ssl.SSLContext | None:
    """What the connection is encrypted with: always where the server is elsewhere, and then it must prove its name."""
    if where.is_local and "ssl_ca" not in where.options:
        return None
    context = ssl.create_default_context(cafile=where.options.get("ssl_ca"))
    if "ssl_cert" in where.options:
        context.load_cert_chain(where.options["ssl_cert"], where.options.get("ssl_key"))
    return context
