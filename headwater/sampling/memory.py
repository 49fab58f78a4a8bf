"""What was masked before: a table of texts that is asked a batch at a time, without a loop over its rows.

Open addressing with linear probing over arrays. A text's hash only says where to look; texts are compared, eight bytes
at a time, before one is taken for another, so nothing rests on the hash.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    import pyarrow

MOST = 200_000
"""Texts that one column remembers."""

_JUDGED = 50_000
_WORTH = 0.1
"""The share of texts that must have come before, once `_JUDGED` were asked for, so that asking on pays."""

_LONGEST = 64
"""Bytes; longer texts are not remembered, as they seldom come again."""

_SHORT = 32
_FIRST_SLOTS = 1 << 14
_EMPTY = -1
_FREE = 0


class Memory:
    """Texts, each with what it became, found again by the text."""

    def __init__(self) -> None:
        import numpy as np

        self._words = np.zeros((0, _SHORT // 8), np.uint64)
        self._hashes = np.zeros(0, np.uint64)
        self._made = _Texts()
        self._slots = np.zeros(_FIRST_SLOTS, np.int32)
        self._slot_hashes = np.zeros(_FIRST_SLOTS, np.uint64)
        # Whoever can choose texts cannot choose which of them fall together.
        self._factors = np.array([secrets.randbits(64) | 1 for _ in range(_LONGEST // 8)], np.uint64)
        self._asked = self._found = 0

    def __len__(self) -> int:
        return len(self._made)

    @property
    def pays(self) -> bool:
        """Whether texts come again often enough for it to be asked."""
        return self._asked < _JUDGED or self._found >= _WORTH * self._asked

    @property
    def made(self) -> pyarrow.Array:
        """What the texts became, by their places."""
        return self._made.array()

    def places(self, values: pyarrow.Array) -> numpy.ndarray:
        """The place of each text (string, no nulls), -1 for one that is not known."""
        import numpy as np

        self._asked += len(values)
        words, short = self._read(values)
        if words is None:
            return np.full(len(values), _EMPTY, np.int64)
        hashes = self._hashed(words)
        slots = self._first(hashes)
        seen = self._slot_hashes.take(slots)
        places = np.where(seen == hashes, self._slots.take(slots), _EMPTY).astype(np.int64)
        open_ones = np.flatnonzero((seen != hashes) & (seen != _FREE))
        slots = slots[open_ones]
        while len(open_ones):
            slots = (slots + 1) & (len(self._slots) - 1)
            seen = self._slot_hashes.take(slots)
            same = seen == hashes[open_ones]
            places[open_ones[same]] = self._slots.take(slots[same])
            further = ~same & (seen != _FREE)
            open_ones, slots = open_ones[further], slots[further]
        if short is not None:
            places[~short] = _EMPTY
        found = np.flatnonzero(places >= 0)
        if len(found):
            asked = words if len(found) == len(words) else words[found]
            kept = self._words.take(places if asked is words else places[found], axis=0)
            if not np.array_equal(kept, asked):
                places[found[(kept != asked).any(axis=1)]] = _EMPTY
        self._found += len(found)
        return places

    def add(self, values: pyarrow.Array, made: pyarrow.Array) -> int | None:
        """Remember texts that are not known, each once; the place of the first, or None without room for them."""
        import numpy as np

        start = len(self)
        words, short = self._read(values)
        if words is None or short is not None or start + len(values) > MOST:
            return None
        self._made.append(made)
        self._words = _roomy(self._words, len(self))
        self._hashes = _roomy(self._hashes, len(self))
        self._words[start : len(self)] = words
        self._hashes[start : len(self)] = self._hashed(words)
        size = len(self._slots)
        while 4 * len(self) > size:
            size *= 2
        if size > len(self._slots):
            self._slots, self._slot_hashes = np.zeros(size, np.int32), np.zeros(size, np.uint64)
            self._put(np.arange(len(self)))
        else:
            self._put(np.arange(start, len(self)))
        return start

    def _put(self, entries: numpy.ndarray) -> None:
        slots = self._first(self._hashes[entries])
        while len(entries):
            free = self._slot_hashes[slots] == _FREE
            # Of those that want the same slot the last one has it.
            self._slots[slots[free]] = entries[free]
            self._slot_hashes[slots[free]] = self._hashes[entries[free]]
            left = ~free | (self._slots[slots] != entries)
            entries, slots = entries[left], (slots[left] + 1) & (len(self._slots) - 1)

    def _first(self, hashes: numpy.ndarray) -> numpy.ndarray:
        """The slots where a search begins."""
        import numpy as np

        slots: numpy.ndarray = (hashes & np.uint64(len(self._slots) - 1)).astype(np.int64)
        return slots

    def _read(self, values: pyarrow.Array) -> tuple[numpy.ndarray | None, numpy.ndarray | None]:
        """The texts as words of eight bytes, and which of them are short enough; None for all, and for none."""
        import numpy as np

        offsets, data = buffers(values)
        lengths = np.diff(offsets)
        longest = int(lengths.max(initial=0))
        short = lengths <= _LONGEST if longest > _LONGEST else None
        if short is not None and not short.any():
            return None, short
        if longest > _SHORT and self._words.shape[1] * 8 == _SHORT:
            self._widen()
        width = self._words.shape[1] * 8
        padded = np.concatenate([data, np.zeros(width, np.uint8)])
        # Every place of the bytes is the start of one item: a gather of unaligned rows.
        rows = np.ndarray((len(padded) - width + 1,), f"V{width}", padded, strides=(1,))
        words = rows[offsets[:-1]].view(np.uint64).reshape(-1, width // 8)
        # What follows a text is filled with a byte that none has.
        words |= _beyond(width).take(np.minimum(lengths, width), axis=0)
        return words, short

    def _widen(self) -> None:
        import numpy as np

        filled = np.full((len(self._words), (_LONGEST - _SHORT) // 8), ~np.uint64(0))
        self._words = np.hstack([self._words, filled])
        self._hashes = self._hashed(self._words)
        self._slots[:], self._slot_hashes[:] = 0, _FREE
        self._put(np.arange(len(self)))

    def _hashed(self, words: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        made = np.zeros(len(words), np.uint64)
        for place in range(words.shape[1]):
            made ^= words[:, place]
            made *= self._factors[place]
            made ^= made >> np.uint64(29)
        # A hash of 0 would be a free slot.
        return np.maximum(made, np.uint64(1), out=made)


class _Texts:
    """A column of texts that grows; what it gave before stays as it was."""

    def __init__(self) -> None:
        import numpy as np

        self._offsets = np.zeros(1_024, np.int32)
        self._data = np.zeros(16_384, np.uint8)
        self._count = self.bytes = 0

    def __len__(self) -> int:
        return self._count

    def append(self, values: pyarrow.Array) -> None:
        offsets, data = buffers(values)
        self._offsets = _roomy(self._offsets, self._count + len(values) + 1)
        self._data = _roomy(self._data, self.bytes + len(data))
        self._offsets[self._count + 1 : self._count + len(values) + 1] = offsets[1:] + self.bytes
        self._data[self.bytes : self.bytes + len(data)] = data
        self._count += len(values)
        self.bytes += len(data)

    def array(self) -> pyarrow.Array:
        import pyarrow as pa

        buffers = [None, pa.py_buffer(self._offsets[: self._count + 1]), pa.py_buffer(self._data[: self.bytes])]
        return pa.Array.from_buffers(pa.string(), self._count, buffers)


@cache
def _beyond(width: int) -> numpy.ndarray:
    """For each length up to `width` the words that fill what follows."""
    import numpy as np

    filled = np.triu(np.full((width + 1, width), 255, np.uint8))
    return np.ascontiguousarray(filled).view(np.uint64)


def buffers(values: pyarrow.Array) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Where the texts of a column (string, no nulls) begin and end, from 0, and their bytes."""
    import numpy as np

    _, ends, data = values.buffers()
    if not len(values):
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(ends, np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    first, last = int(offsets[0]), int(offsets[-1])
    used = np.frombuffer(data, np.uint8)[first:last] if last > first else np.zeros(0, np.uint8)
    return offsets - first, used


def _roomy(array: numpy.ndarray, size: int) -> numpy.ndarray:
    import numpy as np

    if size <= len(array):
        return array
    grown = np.zeros((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
