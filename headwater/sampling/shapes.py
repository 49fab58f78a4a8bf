"""The shape of a value: what a mask may show of it without showing it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_RUNS = re.compile(r"X{4,}|x{4,}|9{6,}")
_LONGEST = 32


def shape(text: str) -> str:
    """`text` with each capital as ``X``, each other letter as ``x``, each digit as ``9``; long runs are shortened.

    Long texts become a rounded length, since the shape of a sentence can tell who wrote it.
    """
    if len(text) > _LONGEST:
        return f"text of about {round(len(text), -1)} characters"
    marked = "".join(
        "X" if letter.isupper() else "x" if letter.isalpha() else "9" if letter.isnumeric() else letter
        for letter in text
    )
    return _RUNS.sub(lambda run: f"{run[0][:3]}…" if run[0][0] != "9" else f"{run[0][:5]}…", marked)


def common_shape(texts: Iterable[str | None]) -> str:
    """The most frequent shape; of equally frequent ones the first in order."""
    counted = Counter(shape(text) for text in texts if text)
    return min(counted, key=lambda one: (-counted[one], one)) if counted else "empty"
