"""Canonical JSON bytes: RFC 8785, extended so that every JSON document of a notebook has exactly one form.

RFC 8785 refuses three things that notebooks do hold: integers outside of ±(2**53 - 1), NaN and the infinities, and
text with lone surrogates. They are mapped to tagged objects first. A key that starts with ``$`` gets one more, so
no document can pass for another.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_LARGEST = 2**53 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical_json(value: Any) -> bytes:
    """The canonical bytes of a JSON value, as ``api/stamp/README.md`` specifies them."""
    import rfc8785

    return rfc8785.dumps(_portable(value))


def sha256_json(value: Any) -> str:
    """SHA-256 over the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_text(text: str) -> str:
    """SHA-256 over the UTF-8 of `text`, in hexadecimal; a lone surrogate is the three bytes of generalized UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _portable(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"$utf16": _utf16(value)} if _SURROGATE.search(value) else value
    if isinstance(value, int):
        return value if -_LARGEST <= value <= _LARGEST else {"$integer": str(value)}
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return {"$number": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, Mapping):
        return {_portable_key(str(key)): _portable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_portable(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _portable_key(key: str) -> str:
    if _SURROGATE.search(key):
        return "$utf16:" + _utf16(key)
    return "$" + key if key.startswith("$") else key


def _utf16(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex()
