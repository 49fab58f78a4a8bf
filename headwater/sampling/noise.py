"""Numbers and bytes that depend on a key, a purpose and a value, and on nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

WIDTH = 16
"""Bytes of `Noise.many`: the 128 bits that a pseudonym rests on before it has a form."""


class Noise:
    """Keyed BLAKE2b, which is a message authentication code by itself (RFC 7693).

    Parameters
    ----------
    key:
        At most 64 bytes that stay in the host; without it nobody can tell whether a value was in the source.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, purpose: str, value: str) -> bytes:
        """32 bytes; `purpose` has at most 16."""
        return hashlib.blake2b(
            value.encode("utf-8", "surrogatepass"), key=self._key, person=purpose.encode(), digest_size=32
        ).digest()

    def many(self, purpose: str, values: Iterable[bytes]) -> bytes:
        """`WIDTH` bytes for each value, one after another."""
        hashed, key, person = hashlib.blake2b, self._key, purpose.encode()
        return b"".join([hashed(value, digest_size=WIDTH, key=key, person=person).digest() for value in values])

    def stream(self, purpose: str, value: str, count: int) -> list[int]:
        """Numbers of 16 bits, as many as wanted, so that their remainders are even enough."""
        data = hashlib.shake_256(self.of(purpose, value)).digest(2 * count)
        return [int.from_bytes(data[place : place + 2], "big") for place in range(0, 2 * count, 2)]
