"""Format-preserving encryption of digits: NIST SP 800-38G, FF1, radix 10, over whole columns at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

SHORTEST, LONGEST = 2, 18
_ROUNDS = 10


class FF1:
    """A bijection of the numbers with n digits onto themselves, for n from 2 to 18.

    Below six digits the domain is so small that the standard would not call it encryption; it hides nothing from
    somebody who can ask for samples, and still keeps values apart.

    Parameters
    ----------
    key:
        An AES key of 16, 24 or 32 bytes.
    tweak:
        At most 11 bytes; another tweak gives another bijection.
    """

    def __init__(self, key: bytes, tweak: bytes = b"") -> None:
        if len(tweak) > 11:
            raise ValueError("the tweak is longer than 11 bytes")
        self._key = key
        self._tweak = tweak

    def encrypt(self, numbers: numpy.ndarray, digits: int) -> numpy.ndarray:
        """Encrypt `numbers` (uint64, each below 10**digits) as numbers of `digits` digits."""
        import numpy as np

        if not SHORTEST <= digits <= LONGEST:
            raise ValueError(f"{digits} digits are outside {SHORTEST} to {LONGEST}")
        left_digits = digits // 2
        right_digits = digits - left_digits
        left_radix, right_radix = np.uint64(10**left_digits), np.uint64(10**right_digits)
        left, right = numbers.astype(np.uint64) // right_radix, numbers.astype(np.uint64) % right_radix
        width = ((10**right_digits - 1).bit_length() + 7) // 8
        # With 18 digits or fewer a half has at most 30 bits, so that d of the standard is always 8 bytes.
        first = np.frombuffer(self._aes(self._header(digits, left_digits)), dtype=np.uint8)
        block = np.zeros(16, np.uint8)
        block[: len(self._tweak)] = np.frombuffer(self._tweak, np.uint8)
        blocks = np.empty((len(numbers), 16), np.uint8)
        for turn in range(_ROUNDS):
            block[15 - width] = turn
            blocks[:] = block ^ first
            blocks[:, 16 - width :] ^= right.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - width :]
            mixed = np.frombuffer(self._aes(blocks.tobytes()), dtype=">u8").reshape(-1, 2)[:, 0].astype(np.uint64)
            radix = left_radix if turn % 2 == 0 else right_radix
            left, right = right, (left + mixed % radix) % radix
        return left * right_radix + right

    def _header(self, digits: int, left_digits: int) -> bytes:
        return (
            bytes([1, 2, 1])
            + (10).to_bytes(3, "big")
            + bytes([_ROUNDS, left_digits])
            + digits.to_bytes(4, "big")
            + len(self._tweak).to_bytes(4, "big")
        )

    def _aes(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        # One block a value: this is the pseudorandom function of FF1 (CBC-MAC of two blocks), not a mode for data.
        encryptor = Cipher(algorithms.AES(self._key), modes.ECB()).encryptor()  # noqa: S305
        return encryptor.update(data)
