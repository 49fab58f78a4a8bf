"""The home's recipe key: names recipes so that nobody can guess what was filtered for, and encrypts what was.

A recipe's digest goes into stamps and logs. If it were a plain hash, whoever knows the rest of a recipe could try
values until one gives the same digest; so it is an HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headwater.errors import KeyUnavailable
from headwater.sampling.key import SECRET_BYTES, make_secret

FILE = "recipe.key"
_NONCE = 12


class RecipeKey:
    """The key in the directory `keys` of a home, made when there is none.

    Raises `KeyUnavailable` when it cannot be read or made, or is damaged.
    """

    def __init__(self, keys: Path) -> None:
        try:
            keys.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_secret(keys / FILE)
            secret = (keys / FILE).read_bytes()
        except OSError as error:
            raise KeyUnavailable(
                f"The home's recipe key cannot be used: {error.strerror or type(error).__name__}.",
                hint=f"Check the rights of keys/{FILE} in the home.",
            ) from None
        if len(secret) != SECRET_BYTES:
            raise KeyUnavailable(
                "The home's recipe key is damaged.", hint=f"Put the right keys/{FILE} back from a backup."
            )
        self._naming = _derived(secret, b"naming")
        self._sealing = _derived(secret, b"sealing")

    def digest(self, document: Mapping[str, Any]) -> str:
        """HMAC-SHA256 of the document's canonical JSON (RFC 8785)."""
        import rfc8785

        return hmac.new(self._naming, rfc8785.dumps(dict(document)), hashlib.sha256).hexdigest()

    def seal(self, document: Mapping[str, Any], name: str) -> str:
        """`document` encrypted with AES-256-GCM, bound to `name`, as base64 text."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        body = json.dumps(document, ensure_ascii=True).encode()
        return base64.b64encode(nonce + AESGCM(self._sealing).encrypt(nonce, body, name.encode())).decode()

    def open(self, sealed: str, name: str) -> dict[str, Any]:
        """What `seal` was given. Raises `KeyUnavailable` when this key did not seal it, or not for this name."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = base64.b64decode(sealed, validate=True)
            body = AESGCM(self._sealing).decrypt(raw[:_NONCE], raw[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            raise KeyUnavailable(
                "What a recipe keeps to itself cannot be read with the home's recipe key.",
                hint=f"Put the right keys/{FILE} back from a backup.",
            ) from None
        found: dict[str, Any] = json.loads(body)
        return found


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(purpose, key=secret, person=b"headwater recipe", digest_size=32).digest()
