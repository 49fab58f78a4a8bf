"""Numbers and bytes that depend on a key, a purpose and a value, and on nothing else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    import pyarrow

WIDTH = 16
"""Bytes of `Noise.many`: the 128 bits that a pseudonym rests on before it has a form."""

_LONG = 64 * WIDTH
"""Longer texts become their digests first, so that one of them does not make a column of that width."""


class Noise:
    """Keyed BLAKE2b (RFC 7693) for one text; AES-CMAC (NIST SP 800-38B) for a column of them at once.

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

    def many(self, purpose: str, values: pyarrow.Array) -> numpy.ndarray:
        """`WIDTH` bytes for each text (string, no nulls), a row each."""
        return cmac(self.of(purpose, "cmac"), _shortened(values))

    def stream(self, purpose: str, value: str, count: int) -> list[int]:
        """Numbers of 16 bits, as many as wanted, so that their remainders are even enough."""
        data = hashlib.shake_256(self.of(purpose, value)).digest(2 * count)
        return [int.from_bytes(data[place : place + 2], "big") for place in range(0, 2 * count, 2)]


def cmac(key: bytes, values: pyarrow.Array) -> numpy.ndarray:
    """AES-CMAC of each value (string or binary, no nulls): one call of AES for each block, over all values."""
    import numpy as np
    import pyarrow as pa
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # Blocks of many values side by side: the chaining is done here, so that no mode is.
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305

    def aes(blocks: numpy.ndarray) -> numpy.ndarray:
        made = cipher.encryptor().update(np.ascontiguousarray(blocks).data)
        return np.frombuffer(made, np.uint8).reshape(-1, WIDTH)

    whole = _doubled(aes(np.zeros((1, WIDTH), np.uint8))[0].tobytes())
    endings = [np.frombuffer(one, np.uint8) for one in (_doubled(whole), whole)]
    column = values.cast(pa.large_binary())
    _, ends, data = column.buffers()
    offsets = np.frombuffer(ends, np.int64)[column.offset : column.offset + len(column) + 1]
    lengths = np.diff(offsets)
    counts = np.maximum(1, -(-lengths // WIDTH))
    used = np.frombuffer(data, np.uint8)[: offsets[-1]] if offsets[-1] else np.zeros(0, np.uint8)
    padded = np.concatenate([used, np.zeros(WIDTH * int(counts.max(initial=1)), np.uint8)])
    # By the bytes in a last block: what of it is kept, and what ends it.
    kept = np.tril(np.full((WIDTH + 1, WIDTH), 255, np.uint8), -1)
    ended = np.zeros((WIDTH + 1, WIDTH), np.uint8)
    ended[np.arange(WIDTH), np.arange(WIDTH)] = 128
    ended ^= np.where(np.arange(WIDTH + 1)[:, None] == WIDTH, endings[1], endings[0])
    state = np.zeros((len(column), WIDTH), np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WIDTH)
    for count in np.flatnonzero(np.bincount(counts)).tolist():
        rows = np.flatnonzero(counts == count)
        starts, chained = offsets[rows], np.zeros((len(rows), WIDTH), np.uint8)
        for block in range(count - 1):
            chained = aes(chained ^ windows[starts + block * WIDTH])
        left = lengths[rows] - (count - 1) * WIDTH
        last = (windows[starts + (count - 1) * WIDTH] & kept[left]) ^ ended[left]
        state[rows] = aes(chained ^ last)
    return state


def _doubled(block: bytes) -> bytes:
    """Twice a block in GF(2**128), as CMAC makes its second keys."""
    number = int.from_bytes(block, "big") << 1
    return (number ^ 0x87 if number >> 128 else number).to_bytes(17, "big")[1:]


def _shortened(values: pyarrow.Array) -> pyarrow.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    long = pc.greater(pc.binary_length(values), _LONG)
    if not pc.any(long).as_py():
        return values
    # A digest is no text, so none is the digest of another.
    digests = [b"\xff" + hashlib.blake2b(value).digest() for value in values.cast(pa.binary()).filter(long).to_pylist()]
    return pc.replace_with_mask(values.cast(pa.binary()), long, pa.array(digests, pa.binary()))
