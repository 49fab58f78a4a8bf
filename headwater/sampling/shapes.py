"""The shape of a value: what a mask may show of it without showing it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_RUNS = re.compile(r"X{4,}|x{4,}|9{6,}")
_LONGEST = 32


def shape(text: str) -> str:
    """`text` with each capital as ``X``, each digit as ``9``, each other letter as ``x``; long runs are shortened.

    A sign beyond ASCII, such as an accent by itself or an emoji, is an ``x`` too: it is as telling as a letter.
    Long texts become a rounded length, since the shape of a sentence can tell who wrote it.
    """
    if len(text) > _LONGEST:
        return f"text of about {round(len(text), -1)} characters"
    marked = "".join(_sign(letter) for letter in text)
    return _RUNS.sub(lambda run: f"{run[0][:3]}…" if run[0][0] != "9" else f"{run[0][:5]}…", marked)


def _sign(letter: str) -> str:
    if letter.isupper():
        return "X"
    if letter.isnumeric() and not letter.isalpha():
        return "9"
    return letter if letter.isascii() and letter.isprintable() and not letter.isalpha() else "x"


def common_shape(texts: Iterable[str | None]) -> str:
    """The most frequent shape; of equally frequent ones the first in order."""
    counted = Counter(shape(text) for text in texts if text)
    return min(counted, key=lambda one: (-counted[one], one)) if counted else "empty"
