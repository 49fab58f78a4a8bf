"""Other digits in the same form, over whole columns of text: the work is done on the bytes that Arrow keeps them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.sampling.ff1 import LONGEST
from headwater.sampling.noise import Noise
from headwater.sampling.permutation import Permutation

if TYPE_CHECKING:
    import numpy
    import pyarrow

_FEWEST = 6
"""With letters and at least so many digits a form is a bijection too; with fewer, chance keeps values apart."""

_CARD = range(8, 20)


class DigitForms:
    """Masks texts by their digits; the signs between them stay.

    Texts of digits and signs alone become others of the same form, different ones for different ones. Where a text
    would stay as it is, None is given instead.
    """

    def __init__(self, key: bytes, noise: Noise) -> None:
        self._noise = noise
        self._digits = Permutation(key, b"form")
        self._cards = Permutation(key, b"card")

    def forms(self, values: pyarrow.Array) -> pyarrow.Array:
        """Other digits, and other letters where there are some."""
        return self._masked(values, self._other, range(1, LONGEST + 1))

    def cards(self, values: pyarrow.Array) -> pyarrow.Array:
        """Other numbers with the same first digit, whose check digit (ISO/IEC 7812-1) is right where it was."""
        return self._masked(values, self._card, _CARD)

    def _masked(self, values: pyarrow.Array, other: Other, lengths: range) -> pyarrow.Array:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        column = _Digits(values)
        rest = ~column.plain
        for count in np.flatnonzero(np.bincount(column.counts[column.plain])).tolist():
            chosen = column.plain & (column.counts == count)
            if count not in lengths:
                rest |= chosen
                continue
            rows = np.flatnonzero(chosen)
            column.put(rows, count, other(column.take(rows, count)))
        masked = column.array()
        if rest.any():
            mask = pa.array(rest)
            masked = pc.replace_with_mask(
                masked, mask, pa.array(self._mixed(values.filter(mask).to_pylist()), pa.string())
            )
        return pc.if_else(pc.equal(masked, values), None, masked)

    def _other(self, digits: numpy.ndarray) -> numpy.ndarray:
        count = digits.shape[1]
        return _split(self._digits.other(_joined(digits), 0, 10**count - 1), count)

    def _card(self, digits: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        count = digits.shape[1] - 2
        masked = np.empty_like(digits)
        masked[:, 0] = digits[:, 0]
        masked[:, 1:-1] = _split(self._cards.other(_joined(digits[:, 1:-1]), 0, 10**count - 1), count)
        # What the check digit was away from the right one, it stays away: two numbers never become one.
        masked[:, -1] = (_check(masked) + digits[:, -1] + 10 - _check(digits)) % 10
        return masked

    def _mixed(self, values: list[str]) -> list[str]:
        """Texts that hold letters or no digits: one by one, but for the encryption."""
        import numpy as np

        made = [""] * len(values)
        waiting: dict[int, list[tuple[int, int]]] = {}
        for place, value in enumerate(values):
            digits = "".join(sign for sign in value if sign in "0123456789")
            if _FEWEST <= len(digits) <= LONGEST:
                frame = "".join("0" if sign in "0123456789" else sign for sign in value)
                moved = int(digits) + int.from_bytes(self._noise.of("frame", frame)[:16], "big")
                waiting.setdefault(len(digits), []).append((place, moved % 10 ** len(digits)))
            else:
                noise = self._noise.stream("form", value.strip(), len(value))
                made[place] = "".join(_like(sign, number) for sign, number in zip(value, noise, strict=True))
        for count, moved_ones in waiting.items():
            numbers = np.array([number for _, number in moved_ones], np.uint64)
            masked = self._digits.other(numbers, 0, 10**count - 1).tolist()
            for (place, number), digits_made in zip(moved_ones, masked, strict=True):
                made[place] = self._filled(values[place], f"{number:0{count}d}", f"{digits_made:0{count}d}")
        return made

    def _filled(self, value: str, before: str, after: str) -> str:
        """`value` with the digits `after`, its letters turned by what the digits `before` say."""
        digits = iter(after)
        turns = self._noise.stream("letters", before, len(value))
        return "".join(
            next(digits) if sign in "0123456789" else _like(sign, _place(sign) + turn)
            for sign, turn in zip(value, turns, strict=True)
        )


if TYPE_CHECKING:
    from collections.abc import Callable

    Other = Callable[[numpy.ndarray], numpy.ndarray]


class _Digits:
    """The digits of a column of texts, each found by the text it is of.

    `plain` are the texts without letters and signs beyond ASCII, `counts` how many digits each text has.
    """

    def __init__(self, values: pyarrow.Array) -> None:
        import numpy as np
        import pyarrow as pa

        column = values.cast(pa.large_string())
        _, offsets, data = column.buffers()
        self._offsets = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
        first, last = int(self._offsets[0]), int(self._offsets[-1])
        self._data = np.frombuffer(data, np.uint8)[first:last].copy() if last > first else np.zeros(0, np.uint8)
        self._offsets = self._offsets - first
        digit = (self._data - np.uint8(48)) < 10
        letter = ((self._data | np.uint8(32)) - np.uint8(97)) < 26
        letter |= self._data > 127
        running = self._running(digit)
        self._starts = running[self._offsets[:-1]]
        self.counts = running[self._offsets[1:]] - self._starts
        letters = self._running(letter)
        self.plain = (letters[self._offsets[1:]] == letters[self._offsets[:-1]]) & (self.counts > 0)
        self._places = np.flatnonzero(digit)

    def take(self, rows: numpy.ndarray, count: int) -> numpy.ndarray:
        """The digits of `rows`, all of which have `count` of them."""
        taken: numpy.ndarray = self._data[self._where(rows, count)] - 48
        return taken

    def put(self, rows: numpy.ndarray, count: int, digits: numpy.ndarray) -> None:
        self._data[self._where(rows, count)] = digits + 48

    def array(self) -> pyarrow.Array:
        """The texts as they are now."""
        import pyarrow as pa

        buffers = [None, pa.py_buffer(self._offsets), pa.py_buffer(self._data)]
        return pa.Array.from_buffers(pa.large_string(), len(self.counts), buffers).cast(pa.string())

    def _where(self, rows: numpy.ndarray, count: int) -> numpy.ndarray:
        import numpy as np

        where: numpy.ndarray = self._places[self._starts[rows][:, None] + np.arange(count)]
        return where

    @staticmethod
    def _running(marks: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        running = np.zeros(len(marks) + 1, np.int64)
        np.cumsum(marks, out=running[1:])
        return running


def _joined(digits: numpy.ndarray) -> numpy.ndarray:
    import numpy as np

    numbers = np.zeros(len(digits), np.uint64)
    for place in range(digits.shape[1]):
        numbers = numbers * np.uint64(10) + digits[:, place]
    return numbers


def _split(numbers: numpy.ndarray, count: int) -> numpy.ndarray:
    import numpy as np

    digits = np.empty((len(numbers), count), np.uint8)
    for place in range(count - 1, -1, -1):
        rest = numbers // np.uint64(10)
        digits[:, place] = numbers - rest * np.uint64(10)
        numbers = rest
    return digits


def _check(digits: numpy.ndarray) -> numpy.ndarray:
    """The check digit of all digits but the last."""
    doubled = digits[:, -2::-2].astype(int) * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + digits[:, -3::-2].astype(int).sum(axis=1)
    check: numpy.ndarray = (10 - total % 10) % 10
    return check


def _place(sign: str) -> int:
    return ord(sign.lower()) - ord("a") if sign.isascii() and sign.isalpha() else 0


def _like(sign: str, number: int) -> str:
    """A sign of the same class."""
    if sign.isdigit():
        return str(number % 10)
    if sign.isalpha() or not sign.isascii():
        made = chr(ord("a") + number % 26)
        return made.upper() if sign.isupper() else made
    return sign
