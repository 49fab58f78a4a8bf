"""Choosing rows by a keyed hash of their key: the same on any day, on any server, in any order of the rows.

A row's place is the first 60 bits of the MD5 of ``seed:key``, where the key is its columns' text in UTF-8, each with
its length before it. The sample of n rows is the n rows with the smallest places, so that a larger sample contains a
smaller one, and a row's place never changes while its key does not. MD5 is here because every database has it and it
gives the same everywhere; nothing rests on its being hard to invert.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

BITS = 60


def canonical_key(values: Sequence[str]) -> str:
    """The text of a key: ``5:alice2:42``; lengths are in characters."""
    return "".join(f"{len(value)}:{value}" for value in values)


def place(seed: int, values: Sequence[str]) -> int:
    """The place of the row whose key columns have these texts, from 0 to 2**60 - 1."""
    # The digest decides nothing about security.
    digest = hashlib.md5(f"{seed}:{canonical_key(values)}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[: BITS // 4], 16)
