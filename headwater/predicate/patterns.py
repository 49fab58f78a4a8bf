"""What the compilers share: LIKE as a regular expression, and long AND and OR chains kept shallow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from headwater.predicate import bound

T = TypeVar("T")

_WILDCARDS = {"any": ".*", "one": "."}
_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")


def regex(node: bound.Matches) -> str:
    r"""The pattern in the dialect that RE2 (pyarrow) and Rust's regex (polars) share, anchored, ``.`` any
    character.

    Only the special characters are escaped: ``\z`` is the end in both, and ``\-`` or ``\ `` would be an error
    in one.
    """
    parts = [_WILDCARDS[kind] if text is None else _SPECIAL.sub(r"\\\1", text) for kind, text in node.pattern]
    return rf"(?s)\A{''.join(parts)}\z"


def balanced(join: Callable[[T, T], T], terms: list[T]) -> T:
    """Join `terms` two by two as a tree of logarithmic depth: engines walk expressions recursively."""
    while len(terms) > 1:
        pairs = [terms[i : i + 2] for i in range(0, len(terms), 2)]
        terms = [join(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return terms[0]
