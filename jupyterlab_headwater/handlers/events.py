"""The WebSocket of events."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web, websocket

from headwater.models import Event
from headwater.policy import allows
from jupyterlab_headwater.handlers.base import Answering
from jupyterlab_headwater.wire import encode


class EventsSocket(WebSocketMixin, websocket.WebSocketHandler, Answering):
    """Sends one JSON document a message; takes none."""

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        allowed = await ensure_async(self.authorizer.is_authorized(self, self.current_user, "read", self.auth_resource))
        if not allowed or not allows(self.context.role, "read"):
            raise web.HTTPError(403)
        since = self.get_query_argument("since", "")
        if since and not since.isdecimal():
            raise web.HTTPError(400, "since must be a whole number")
        self._since = int(since) if since else None
        await super().get(*args, **kwargs)

    async def open(self, *args: Any, **kwargs: Any) -> None:
        feed = self.context.feed
        self._told = 0
        if self._since is not None:
            await self._catch_up(self._since)
        if self.ws_connection is not None:
            feed.add(self.tell)

    async def _catch_up(self, since: int) -> None:
        """Send what was missed. Between the last look that finds the feed where it was, and `tell`, nothing runs."""
        feed, loop, pool = self.context.feed, asyncio.get_running_loop(), self.context.pool
        # A number beyond the newest is of a ledger that was made again since.
        self._told = min(since, await loop.run_in_executor(pool, feed.newest))
        while self.ws_connection is not None:
            told_by_feed = feed.seq
            missed = await loop.run_in_executor(pool, feed.since, self._told)
            self.tell(missed)
            if not missed and feed.seq == told_by_feed:
                return

    def tell(self, events: list[Event]) -> None:
        """Send the events that were not sent yet; a socket that is gone stops listening."""
        try:
            for event in events:
                if event.seq > self._told:
                    self._told = event.seq
                    self.write_message(encode(Event, event))
        except websocket.WebSocketClosedError:
            self.context.feed.remove(self.tell)

    def on_message(self, message: str | bytes) -> None:
        """Browsers have nothing to say here."""

    def on_close(self) -> None:
        self.context.feed.remove(self.tell)
