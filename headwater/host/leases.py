"""Turns leases into the store's own protection, in the background: pinning waits for no store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.ledger.leases import Leases

if TYPE_CHECKING:
    from headwater.assembly import Headwater


class LeaseKeeper:
    """Has the store protect each version that is leased, and let go of each that is not any more."""

    def __init__(self, headwater: Headwater) -> None:
        self._headwater = headwater
        self._seen: int | None = None

    def keep(self) -> None:
        """Look once; costs next to nothing when nobody has written to the ledger since."""
        database = self._headwater.database
        seen = database.data_version()
        if seen == self._seen:
            return
        leases = Leases(database)
        for key in leases.unprotected():
            self._headwater.commits.protect(*key)
            with database.transaction() as tx:
                leases.note_protected(tx, key)
        for key in leases.released():
            self._headwater.commits.release(*key)
            with database.transaction() as tx:
                leases.note_released(tx, key)
        self._seen = seen
