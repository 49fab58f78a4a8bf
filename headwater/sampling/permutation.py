"""Keyed permutations of whole numbers: a table where there are few, FF1 where there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.sampling.ff1 import FF1, LONGEST

if TYPE_CHECKING:
    import numpy

_TABLE = 1_000_000
"""FF1 asks for at least so many numbers (NIST SP 800-38G, revision 1); fewer have a table of their own."""


class Permutation:
    """Gives each number of a range another one of it, different numbers for different ones.

    Parameters
    ----------
    key:
        32 bytes.
    purpose:
        At most 10 bytes; another purpose is another permutation.
    """

    def __init__(self, key: bytes, purpose: bytes) -> None:
        self._key = key
        self._purpose = purpose
        self._ff1 = FF1(key[:16], purpose)
        self._again = FF1(key[:16], purpose + b"\1")
        self._tables: dict[tuple[int, int], numpy.ndarray] = {}

    def other(self, numbers: numpy.ndarray, lowest: int, highest: int) -> numpy.ndarray:
        """Other numbers (uint64) of the range from `lowest` to `highest`, both at most 18 digits, for those of it."""
        if highest - lowest < _TABLE:
            found: numpy.ndarray = self._table(lowest, highest)[numbers - numbers.dtype.type(lowest)]
            return found
        masked = self._walked(self._ff1, numbers, lowest, highest)
        # One number in all of a range stays itself, as chance has it. It takes one that another may have too.
        same = masked == numbers
        if same.any():
            masked[same] = self._walked(self._again, numbers[same], lowest, highest)
        return masked

    def _walked(self, ff1: FF1, numbers: numpy.ndarray, lowest: int, highest: int) -> numpy.ndarray:
        import numpy as np

        digits = len(str(highest))
        if digits > LONGEST:
            raise ValueError(f"{highest} has more than {LONGEST} digits")
        masked = ff1.encrypt(numbers, digits)
        # Cycle walking keeps it a bijection: encrypt again what has left the range.
        while (out := (masked < np.uint64(lowest)) | (masked > np.uint64(highest))).any():
            masked[out] = ff1.encrypt(masked[out], digits)
        return masked

    def _table(self, lowest: int, highest: int) -> numpy.ndarray:
        """Each number's successor in one cycle through all of the range in keyed order, so that none stays itself."""
        import numpy as np

        if (lowest, highest) not in self._tables:
            size = highest - lowest + 1
            order = np.argsort(np.frombuffer(self._random(f"{lowest}-{highest}", 8 * size), np.uint64), kind="stable")
            table = np.empty(size, np.uint64)
            table[order] = np.roll(order, -1).astype(np.uint64) + np.uint64(lowest)
            self._tables[lowest, highest] = table
        return self._tables[lowest, highest]

    def _random(self, name: str, count: int) -> bytes:
        import hashlib

        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        seed = hashlib.blake2b(name.encode(), key=self._key, person=b"table" + self._purpose, digest_size=32).digest()
        return Cipher(algorithms.AES(seed), modes.CTR(bytes(16))).encryptor().update(bytes(count))
