"""Redaction: what patterns find in a free text is blacked out, and the rest stays. Names that no list has stay too."""

from __future__ import annotations

import re

from headwater.sampling.names import FAMILY_KNOWN, GIVEN_KNOWN, ORDINARY
from headwater.sampling.patterns import TESTS, spans

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LONG_RUN = re.compile(r"\d(?:[ .-]?\d){5,}")


def redacted(text: str) -> str:
    """`text` with ``[email]``, ``[name]`` and the like in the place of what was found."""
    for category in TESTS:
        for start, end in reversed(spans(text, category)):
            text = f"{text[:start]}[{category}]{text[end:]}"
    return _LONG_RUN.sub("[number]", _unnamed(text))


def _unnamed(text: str) -> str:
    """`text` without known names, and without capitalised words right beside them."""
    words = list(_WORD.finditer(text))
    known = [_is_name(word[0]) for word in words]
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        beside = any(known[max(0, place - 1) : place + 2])
        if known[place] or (beside and word[0][0].isupper()):
            text = f"{text[: word.start()]}[name]{text[word.end() :]}"
    return text


def _is_name(word: str) -> bool:
    lower = word.lower()
    return word[0].isupper() and lower not in ORDINARY and (lower in GIVEN_KNOWN or lower in FAMILY_KNOWN)
