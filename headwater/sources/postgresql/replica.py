"""Whether a PostgreSQL is a read replica, and how far it is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.errors import SourceUnavailable

if TYPE_CHECKING:
    import psycopg

# A quiet primary sends nothing to replay: when all that came was replayed, the replica is not behind, however old the
# last transaction is. That it has lost its primary shows in no number here. One that has replayed no transaction yet is
# behind for as long as it runs.
_LAG = """
SELECT pg_is_in_recovery(), CASE WHEN NOT pg_is_in_recovery() THEN NULL
       WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
       ELSE extract(epoch FROM clock_timestamp() - coalesce(pg_last_xact_replay_timestamp(),
                                                            pg_postmaster_start_time())) END::float8"""


def lag(source: str, connection: psycopg.Connection[Any], *, must_be: bool) -> float | None:
    """Seconds that the server is behind its primary, None where it is one.

    Raises `SourceUnavailable` where it must be a replica and is none: after a failover the address of a replica can be
    that of the primary, which was to be spared.
    """
    row = connection.execute(_LAG.encode()).fetchone()
    replica, seconds = row if row is not None else (False, None)
    if must_be and not replica:
        raise SourceUnavailable(
            f"The source {source} is configured as a read replica, and its server is a primary.",
            hint="Correct the address, or take replica = true out of headwater.toml to draw from the primary.",
            details={"source": source},
        )
    return float(seconds or 0) if replica else None


def told_lag(seconds: float) -> str:
    """The lag for people."""
    return "Read from a replica" + (f", {seconds:,.0f} s behind." if seconds >= 1 else ", less than 1 s behind.")
