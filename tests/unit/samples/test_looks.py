"""Looks at production: one at a time, kept for a minute, few of them, and not for a caller who has left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from headwater.errors import Cancelled, SourceUnavailable
from headwater.sample_models import SourceTable
from headwater.services.jobs import JobContext
from headwater.services.looks import KEPT_S, Look, Looks


def _look(rows: int = 1) -> Look:
    batch = pa.record_batch({"a": pa.array(range(rows), pa.int64())})
    return Look(SourceTable("prod", "public.t", None, None, (), ("a",)), batch.schema, (), batch)


def _context() -> JobContext:
    return JobContext(lambda *_: None)


class _Counting:
    def __init__(self, make: Callable[[], Look] = _look) -> None:
        self.times = 0
        self._make = make

    def __call__(self) -> Look:
        self.times += 1
        return self._make()


def test_a_look_is_kept_for_a_minute() -> None:
    now = 0.0
    looks, look = Looks(lambda: now), _Counting()
    for moment, times in ((0.0, 1), (KEPT_S - 1, 1), (KEPT_S + 1, 2)):
        now = moment
        looks.get(("prod", "t", 7), look, _context())
        assert look.times == times
    looks.get(("prod", "t", 8), look, _context())
    assert look.times == 3


def test_only_so_many_and_none_that_is_large() -> None:
    looks, look = Looks(), _Counting()
    for seed in range(9):
        looks.get(("prod", "t", seed), look, _context())
    looks.get(("prod", "t", 8), look, _context())
    assert look.times == 9
    looks.get(("prod", "t", 0), look, _context())
    assert look.times == 10
    large = _Counting(lambda: _look(3_000_000))
    for _ in range(2):
        looks.get(("prod", "large", 0), large, _context())
    assert large.times == 2


def test_those_who_ask_at_once_wait_for_one_look() -> None:
    looks, begun, go = Looks(), threading.Event(), threading.Event()

    def slow() -> Look:
        begun.set()
        assert go.wait(10)
        return _look()

    look = _Counting(slow)
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(looks.get(("prod", "t", 7), look, _context()))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    left = _context()
    left.cancel()
    with pytest.raises(Cancelled):
        looks.get(("prod", "t", 7), look, left)
    go.set()
    for thread in threads:
        thread.join(10)
    assert (look.times, len(found)) == (1, 5)


def test_a_look_that_failed_is_tried_again() -> None:
    def down() -> Look:
        raise SourceUnavailable("down")

    looks, look = Looks(), _Counting()
    with pytest.raises(SourceUnavailable):
        looks.get(("prod", "t", 7), down, _context())
    looks.get(("prod", "t", 7), look, _context())
    assert look.times == 1
