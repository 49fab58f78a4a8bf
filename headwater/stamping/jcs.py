"""Canonical JSON bytes: RFC 8785, extended so that every JSON document of a notebook has exactly one form.

RFC 8785 refuses three things that notebooks do hold: integers outside of ±(2**53 - 1), NaN and the
infinities, and text with lone surrogates. They are mapped to tagged objects first. A key that starts with
``$`` gets one more, so no document can pass for another.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_LARGEST = 2**53 - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical_json(value: Any) -> bytes:
    """The canonical bytes of a JSON value, as ``api/stamp/README.md`` specifies them."""
    if _is_plain(value):
        try:
            return _ENCODER.encode(value).encode()
        except UnicodeEncodeError:
            # A lone surrogate, which is not worth looking for in advance.
            pass
    import rfc8785

    return rfc8785.dumps(_portable(value))


def sha256_json(value: Any) -> str:
    """SHA-256 over the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_text(text: str) -> str:
    """SHA-256 over the UTF-8 of `text`, in hexadecimal; lone surrogates are as generalized UTF-8 has them."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_plain(value: Any) -> bool:
    """Whether the standard library's encoder, which is 20 times faster, gives the same bytes.

    It does unless there are floats (their shortest form differs), integers to be tagged, keys to be escaped,
    or keys whose order by code point is not that by UTF-16, which is that of ASCII keys always.
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is str or item is None or kind is bool:
            continue
        if kind is int:
            if not -_LARGEST <= item <= _LARGEST:
                return False
        elif kind is list:
            waiting += item
        elif kind is dict:
            for key in item:
                if type(key) is not str or not key.isascii() or key.startswith("$"):
                    return False
            waiting += item.values()
        else:
            return False
    return True


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
