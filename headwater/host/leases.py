"""Turns leases into the store's own protection, in the background: pinning waits for no store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from headwater.errors import HeadwaterError
from headwater.ledger.leases import Leases, VersionKey

if TYPE_CHECKING:
    from headwater.assembly import Headwater
    from headwater.ledger.base import Transaction

_AGAIN_S = 60.0
"""How long after a version could not be protected, or let go of, it is tried again."""

log = logging.getLogger(__name__)


class LeaseKeeper:
    """Has the store protect each version that is leased, and let go of each that is not any more."""

    def __init__(self, headwater: Headwater, clock: Callable[[], float] = time.monotonic) -> None:
        self._headwater = headwater
        self._clock = clock
        self._seen: int | None = None
        self._failed: dict[VersionKey, float] = {}

    def keep(self) -> None:
        """Look once; costs next to nothing when nobody has written to the ledger since.

        A version that fails is told of once and tried again later; the others do not wait for it.
        """
        database = self._headwater.database
        seen = database.data_version()
        if seen == self._seen and not any(self._is_due(key) for key in self._failed):
            return
        leases, commits = Leases(database), self._headwater.commits
        unprotected, released = leases.unprotected(), leases.released()
        for key in unprotected:
            self._settle(key, commits.protect, leases.note_protected)
        for key in released:
            self._settle(key, commits.release, leases.note_released)
        self._failed = {key: at for key, at in self._failed.items() if key in unprotected or key in released}
        self._seen = seen

    def _is_due(self, key: VersionKey) -> bool:
        failed = self._failed.get(key)
        return failed is None or self._clock() >= failed + _AGAIN_S

    def _settle(
        self, key: VersionKey, act: Callable[..., object], note: Callable[[Transaction, VersionKey], None]
    ) -> None:
        if not self._is_due(key):
            return
        try:
            act(*key)
            with self._headwater.database.transaction() as tx:
                note(tx, key)
        except Exception as error:
            if key not in self._failed:
                told = error if isinstance(error, HeadwaterError) else type(error).__name__
                log.warning("headwater: the lease of %s %s is not kept in the store: %s", *key, told)
            self._failed[key] = self._clock()
        else:
            self._failed.pop(key, None)
