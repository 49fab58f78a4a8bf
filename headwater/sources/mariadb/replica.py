"""Whether a MariaDB is what writes are kept away from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.errors import SourceUnavailable

if TYPE_CHECKING:
    import pymysql


def check_replica(source: str, connection: pymysql.Connection[Any]) -> None:
    """Raise `SourceUnavailable` where a server that must be a replica takes writes.

    That it is ``read_only`` is all that a user with SELECT alone can see: its lag needs a right more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@global.read_only")
        ((read_only,),) = cursor.fetchall()
    if str(read_only) in ("0", "OFF"):
        raise SourceUnavailable(
            f"The source {source} is configured as a read replica, and its server is a primary.",
            hint="Correct the address, or take replica = true out of headwater.toml to draw from the primary.",
            details={"source": source},
        )
