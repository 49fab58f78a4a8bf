"""Cursors: where a page ended, as opaque text. One belongs to the list that it came from and to no other."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TypeAlias

from headwater.errors import UsageError

Key: TypeAlias = list[str | int]


def encode_cursor(scope: tuple[object, ...], key: Key) -> str:
    """The cursor after the row whose sort key is `key`, in the list that `scope` describes."""
    document = json.dumps([_fingerprint(scope), key], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def decode_cursor(scope: tuple[object, ...], cursor: str, shape: tuple[type[str | int], ...]) -> Key:
    """The sort key in `cursor`; raises `UsageError` for one that is damaged or of another list.

    `shape` is the type of each part of the key: a cursor comes back from outside and may hold anything.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        fingerprint, key = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        fits = len(key) == len(shape) and all(type(part) is kind for part, kind in zip(key, shape, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        fits = False
    if not fits or fingerprint != _fingerprint(scope) or any(type(p) is int and abs(p) >= 2**63 for p in key):
        raise UsageError("This cursor does not belong to this list.", hint="Start again without a cursor.")
    return list(key)


def _fingerprint(scope: tuple[object, ...]) -> str:
    return hashlib.blake2b(json.dumps(scope, default=str).encode(), digest_size=6).hexdigest()
