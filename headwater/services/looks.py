"""Looks at production's columns, kept for a moment: a dialog that plans again and again must not read it each time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

    from headwater.sample_models import SourceTable
    from headwater.sampling.gauge import Gauge
    from headwater.services.jobs import JobContext

Key = tuple[str, str, int]
"""Source, table and seed."""

KEPT_S = 60.0
_MOST = 8
_MOST_BYTES = 16_000_000
_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """What a plan needs of a table. `peeked` are rows of production, unmasked: they never leave this process.

    `gauges` has the gauge of each selection that was planned, by its recipe.
    """

    table: SourceTable
    schema: pyarrow.Schema
    warnings: tuple[str, ...]
    peeked: pyarrow.RecordBatch
    gauges: dict[str, Gauge] = field(default_factory=dict)


class Looks:
    """The newest looks of this process, in memory only: at most eight, each for a minute. Safe between threads.

    Parameters
    ----------
    clock:
        Seconds, from anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[float, Look]] = OrderedDict()
        self._looking: set[Key] = set()
        self._done = threading.Condition(self._lock)

    def get(self, key: Key, look: Callable[[], Look], context: JobContext) -> Look:
        """The look that is kept, or a new one by `look`, one at a time for each key.

        Raises `Cancelled` when `context` says so while another's look is waited for, and what `look` raises.
        """
        with self._lock:
            while True:
                context.check()
                found = self._fresh(key)
                if found is not None:
                    return found
                if key not in self._looking:
                    break
                self._done.wait(_WAIT_S)
            self._looking.add(key)
        made: Look | None = None
        try:
            made = look()
            return made
        finally:
            with self._lock:
                self._looking.discard(key)
                if made is not None:
                    self._keep(key, made)
                self._done.notify_all()

    def _fresh(self, key: Key) -> Look | None:
        now = self._clock()
        for old in [one for one, (until, _) in self._kept.items() if until <= now]:
            del self._kept[old]
        found = self._kept.get(key)
        return found[1] if found else None

    def _keep(self, key: Key, made: Look) -> None:
        if made.peeked.nbytes > _MOST_BYTES:
            return
        self._kept.pop(key, None)
        self._kept[key] = (self._clock() + KEPT_S, made)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
