"""Carries the ledger's events, whoever caused them, to every open browser."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor

from headwater.errors import HeadwaterError
from headwater.ledger.base import Database
from headwater.ledger.events import Events
from headwater.models import Event

INTERVAL_S = 0.5
"""How often the ledger is asked for news: one look into an index, some 20 microseconds."""

Listener = Callable[[list[Event]], None]


class EventFeed:
    """Asks the ledger for news and tells listeners, on the event loop's thread."""

    def __init__(self, db: Database, pool: Executor, log: logging.Logger) -> None:
        self._db = db
        self._events = Events(db)
        self._pool = pool
        self._log = log
        self._listeners: list[Listener] = []
        self._task: asyncio.Task[None] | None = None
        self._seq = 0

    def start(self) -> None:
        self._seq = self._events.last_seq()
        self._task = asyncio.ensure_future(self._run())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def add(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def remove(self, listener: Listener) -> None:
        with contextlib.suppress(ValueError):
            self._listeners.remove(listener)

    def since(self, seq: int) -> list[Event]:
        """The events after `seq`, for a browser that comes back."""
        return self._events.since(seq)

    def newest(self) -> int:
        """The number of the newest event in the ledger, told or not."""
        return self._events.last_seq()

    @property
    def seq(self) -> int:
        """The number of the newest event that listeners were told."""
        return self._seq

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        failing = False
        while True:
            await asyncio.sleep(INTERVAL_S)
            try:
                if not self._listeners:
                    # Whoever comes begins with what is then; what nobody heard would only delay the news.
                    newest = await loop.run_in_executor(self._pool, self._events.last_seq)
                    if not self._listeners:
                        self._seq = newest
                    continue
                news = await loop.run_in_executor(self._pool, self._events.since, self._seq)
            except Exception as error:
                # Told once for each series of failures: the next look may succeed, and must be made.
                if not failing:
                    told = error if isinstance(error, HeadwaterError) else type(error).__name__
                    self._log.warning("headwater: events are delayed: %s", told)
                failing = True
                continue
            failing = False
            if news:
                self._seq = news[-1].seq
                self._tell(news)

    def _tell(self, news: list[Event]) -> None:
        for listener in list(self._listeners):
            try:
                listener(news)
            except Exception as error:
                self._log.warning("headwater: a browser is told no more: %s", type(error).__name__)
                self.remove(listener)
