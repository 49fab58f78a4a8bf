"""Lets go of what has had its time: events that no browser asks for any more, and samples that expired."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from headwater.clock import as_text
from headwater.errors import HeadwaterError
from headwater.ledger.events import Events

if TYPE_CHECKING:
    from headwater.assembly import Headwater

_EVERY_S = 3_600.0
_KEPT = timedelta(days=1)


log = logging.getLogger(__name__)


class Pruner:
    """Removes events that are older than a day, and the rows of samples whose time is over, once when it is first asked
    and then each hour.
    """

    def __init__(self, headwater: Headwater, clock: Callable[[], float] = time.monotonic) -> None:
        self._headwater = headwater
        self._clock = clock
        self._pruned: float | None = None

    def prune(self) -> None:
        """Remove what is old, unless that was done within the hour."""
        if self._pruned is not None and self._clock() < self._pruned + _EVERY_S:
            return
        database = self._headwater.database
        with database.transaction() as tx:
            Events(database).forget_before(tx, as_text(datetime.now(UTC) - _KEPT))
        self._pruned = self._clock()
        try:
            swept = self._headwater.erasure.sweep(self._headwater.user)
        except HeadwaterError as error:
            log.warning("headwater: expired samples were not erased: %s", error.code)
            return
        if swept.expired or swept.finished:
            log.info("headwater: %d expired samples erased, %d erasures finished", len(swept.expired), swept.finished)
