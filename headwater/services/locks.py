"""One writer a dataset at a time, over threads and processes, released by the system when a process dies."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class DatasetLocks:
    """File locks in `directory`, one for each dataset.

    They hold between processes of one machine. On a shared catalog the commit itself finds a writer on another
    machine, and is tried again.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # flock belongs to an open file, so that threads of one process would pass each other without these.
        self._threads: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def hold(self, dataset: str, waiting: Callable[[], None]) -> Iterator[None]:
        """Hold the lock of `dataset`; `waiting` is called while somebody else does, and may raise to give up."""
        lock = self._threads[dataset]
        while not lock.acquire(timeout=0.05):
            waiting()
        try:
            descriptor = os.open(self._directory / f"{dataset}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                while not _locked(descriptor):
                    waiting()
                    time.sleep(0.02)
                yield
            finally:
                os.close(descriptor)
        finally:
            lock.release()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
