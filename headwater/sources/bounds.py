"""What stops a look at a source: its caller, one statement's timeout, the deadline of all its statements."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from headwater.errors import Cancelled, HeadwaterError, SourceUnavailable

_AGAIN_S = 0.05
_AGAIN_MOST_S = 1.0

Reason = Literal["cancelled", "statement", "deadline"]


class Bounds:
    """The bounds of one look. The first of them that is met ends it; no later statement is begun.

    Parameters
    ----------
    interrupt:
        Stops the statement that runs, from any thread. It may be lost where the statement has not begun yet, so it is
        called until the statement has ended.
    """

    def __init__(self, source: str, *, statement_s: float, deadline_s: float, interrupt: Callable[[], None]) -> None:
        self._source = source
        self._statement_s = statement_s
        self._deadline_s = deadline_s
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._running = False
        self._interrupting = False
        self._reason: Reason | None = None
        self._met = threading.Event()
        self._timer = _timer(deadline_s, lambda: self._stop("deadline"))

    def cancel(self) -> None:
        """The caller wants it to end."""
        self._stop("cancelled")

    def close(self) -> None:
        """Nothing is to be stopped any more."""
        self._timer.cancel()

    @contextmanager
    def statement(self, told: Callable[[BaseException], BaseException]) -> Iterator[None]:
        """While one statement runs, until its last row is fetched.

        Parameters
        ----------
        told:
            What an error of the driver means, where no bound has caused it.
        """
        with self._lock:
            self._running = True
        timer = _timer(self._statement_s, lambda: self._stop("statement"))
        try:
            self.check()
            yield
            self.check()
        except GeneratorExit:
            raise
        except Exception as error:
            if self._reason is not None:
                raise self._cause(self._reason) from None
            if isinstance(error, HeadwaterError):
                raise
            raise told(error) from None
        finally:
            timer.cancel()
            with self._lock:
                self._running = False

    def pause(self, seconds: float) -> None:
        """Let the source rest, unless a bound is met meanwhile."""
        self._met.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise `Cancelled` or `SourceUnavailable` if a bound is met."""
        if self._reason is not None:
            raise self._cause(self._reason)

    def _cause(self, reason: Reason) -> HeadwaterError:
        if reason == "cancelled":
            return Cancelled("Stopped on request, also in the source; nothing was kept.")
        if reason == "statement":
            return timed_out(self._source, self._statement_s)
        return SourceUnavailable(
            f"The source {self._source} took longer than {self._deadline_s:g} s in all and was stopped; "
            "nothing was kept.",
            hint="Ask for fewer rows, or raise statement_timeout_s in headwater.toml.",
            details={"source": self._source},
        )

    def _stop(self, reason: Reason) -> None:
        with self._lock:
            self._reason = self._reason or reason
            self._met.set()
            if self._interrupting:
                return
            self._interrupting = True
        threading.Thread(target=self._interrupt_until_ended, name="headwater-cancel", daemon=True).start()

    def _interrupt_until_ended(self) -> None:
        pause = _AGAIN_S
        while True:
            with self._lock:
                if not self._running:
                    self._interrupting = False
                    return
            self._interrupt()
            time.sleep(pause)
            pause = min(2 * pause, _AGAIN_MOST_S)


def timed_out(source: str, timeout_s: float) -> SourceUnavailable:
    """A statement took longer than it may."""
    return SourceUnavailable(
        f"The source {source} took longer than {timeout_s:g} s for one statement and was stopped; nothing was kept.",
        hint="Ask for a smaller table, or raise statement_timeout_s in headwater.toml.",
        details={"source": source},
    )


def _timer(seconds: float, met: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, met)
    timer.daemon = True
    timer.start()
    return timer
