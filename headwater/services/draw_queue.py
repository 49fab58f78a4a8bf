"""Who may draw from a source now: a few at once, the others in the order in which they came, over all processes.

Whoever wants to draw puts a numbered ticket into the source's directory and holds a lock on it, which the system lets
go when its process ends, however that ends. A ticket that nobody holds is taken away by whoever sees it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_EVERY_S = 0.2
_TICKET = ".ticket"


class DrawQueue:
    """Tickets of draws in `directory`, which processes of one machine share."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def turn(self, source: str, most: int, waiting: Callable[[int], None]) -> Iterator[None]:
        """Be one of `most` that draw from `source` in this block.

        Parameters
        ----------
        waiting:
            Called again and again with the place in the line, from 1, while others are before; may raise to give up.
        """
        directory = self._directory / source
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        ticket, descriptor = _taken(directory)
        try:
            while (before := _before(directory, ticket)) >= most:
                waiting(before - most + 1)
                time.sleep(_LOOK_EVERY_S)
            yield
        finally:
            ticket.unlink(missing_ok=True)
            os.close(descriptor)


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _taken(directory: Path) -> tuple[Path, int]:
    """A ticket behind all others, and the open file that holds its lock."""
    # The number and the locked file come to be seen together: none can be passed by one that came later.
    with _changing(directory):
        numbers = [int(path.stem) for path in directory.glob(f"*{_TICKET}")]
        ticket = directory / f"{max(numbers, default=0) + 1:012d}{_TICKET}"
        draft = directory / "draft"
        descriptor = _open(draft)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        draft.rename(ticket)
        return ticket, descriptor


@contextmanager
def _changing(directory: Path) -> Iterator[None]:
    """Nobody else gives out or takes away tickets in this block."""
    counter = _open(directory / "counter.lock")
    try:
        fcntl.flock(counter, fcntl.LOCK_EX)
        yield
    finally:
        os.close(counter)


def _before(directory: Path, ticket: Path) -> int:
    """How many tickets that are held come before one."""
    earlier = [path for path in directory.glob(f"*{_TICKET}") if path.name < ticket.name]
    return sum(_held(path) for path in earlier)


def _held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        with _changing(path.parent):
            # A number is given out again: what stands there now may be somebody else's.
            if _same(path, descriptor):
                path.unlink()
        return False
    finally:
        os.close(descriptor)


def _same(path: Path, descriptor: int) -> bool:
    return path.exists() and os.path.samestat(path.stat(), os.fstat(descriptor))


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
