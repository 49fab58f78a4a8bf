"""Open the ledger that a home or its configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import StoreUnavailable
from headwater.ledger.base import Database
from headwater.ledger.migrations import migrate

if TYPE_CHECKING:
    from headwater.home import Home


def open_ledger(home: Home, url: str | None = None, *, replace_lost: bool = False) -> Database:
    """The ledger at `url` (``postgresql://…``), else the home's own file, brought to this Headwater's format.

    A file that is missing is made, unless there are tables already: an empty ledger beside them would hide that theirs
    was lost, and number their versions anew. `replace_lost` makes it even so, to be rebuilt.

    Raises `LedgerIncompatible` when a newer Headwater wrote it and `StoreUnavailable` when it cannot be reached.
    """
    database = _connect(home, url, replace_lost)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _connect(home: Home, url: str | None, replace_lost: bool) -> Database:
    if url is None:
        from headwater.ledger.sqlite import SqliteDatabase

        if not replace_lost and home.catalog_path.exists() and not home.ledger_path.exists():
            raise StoreUnavailable(
                "The ledger is missing, but there are tables.", hint="Restore it from them: headwater doctor --rebuild"
            )
        return SqliteDatabase(home.ledger_path, network=home.on_network)
    scheme = url.partition("://")[0].partition("+")[0]
    if scheme in ("postgresql", "postgres"):
        from headwater.ledger.postgresql import PostgresqlDatabase

        return PostgresqlDatabase(url)
    raise StoreUnavailable(
        f"A ledger cannot live in {scheme!r}.",
        hint="Use a postgresql:// address, or none for SQLite in the home.",
    )
