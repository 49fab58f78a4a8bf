"""A gentle source rests as long as it worked; a fast one is asked for the next rows while these are masked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pyarrow as pa
import pytest

from headwater.sources import pace
from headwater.sources.pace import ahead, rested

_BATCHES = [pa.record_batch({"id": [number]}) for number in range(4)]


def test_a_rest_is_what_the_masks_have_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])

    def worked() -> Iterator[pa.RecordBatch]:
        for batch in _BATCHES:
            now[0] += 2
            yield batch
        now[0] += 1

    pauses: list[float] = []
    for _ in rested(worked(), pauses.append):
        now[0] += 0.5
    assert pauses == [9 - 4 * 0.5]
    pauses.clear()
    for _ in rested(worked(), pauses.append):
        now[0] += 5
    assert pauses == []


def test_one_batch_is_fetched_ahead_and_no_more() -> None:
    asked: list[int] = []
    fetched = [threading.Event() for _ in _BATCHES]

    def source() -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(_BATCHES):
            asked.append(number)
            fetched[number].set()
            yield batch

    batches = ahead(source())
    assert next(batches) == _BATCHES[0]
    assert fetched[1].wait(10)
    assert asked == [0, 1]
    assert [next(batches), *batches] == _BATCHES[1:]
    assert asked == [0, 1, 2, 3]


def test_what_fails_ahead_fails_here() -> None:
    def source() -> Iterator[pa.RecordBatch]:
        yield _BATCHES[0]
        raise ValueError("lost")

    batches = ahead(source())
    assert next(batches) == _BATCHES[0]
    with pytest.raises(ValueError, match="lost"):
        next(batches)


def test_a_reader_that_leaves_leaves_no_thread() -> None:
    before = threading.active_count()
    batches = ahead(iter(_BATCHES))
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
