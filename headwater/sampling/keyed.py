"""Choosing rows by a keyed place of their key: the same on any day, on any server, in any order of the rows.

The sample of n rows is the n rows with the smallest places, the key deciding between equal ones, so that a larger
sample contains a smaller one, and a row's place never changes while its key does not. Places are whole numbers from 0
to 2**60 - 1, by one of two rules (`RULE` names both):

- A key of one whole number of 64 bits has a place by arithmetic (`WholePlaces`), which also goes backwards: the keys
  with small places can be told without a look at the table.
- Every other key has the first 60 bits of the MD5 of ``seed:key``, where the key is its columns' text in UTF-8, each
  with its length before it. MD5 is here because every database has it and it gives the same everywhere; nothing rests
  on its being hard to invert.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

RULE = "v2"
"""The rules above; part of a recipe, since other rules choose other rows. ``v1`` had MD5 for every key."""

BITS = 60

BLOCK = 1 << 18
"""So many whole numbers are permuted together."""

# Taking the cube is a bijection below a prime that leaves 2 when divided by 3. This one is eight times a block: were it
# not much more, each block would give its share almost exactly, and a sample would be a stratified one.
_PRIME = 2_097_257
_FINE = 1 << 20
_SPAN = _PRIME * _FINE
_BLOCKS = 524_287
_SCALE = (1 << BITS) // _SPAN
_MOST_AT_ONCE = 1 << 22


def canonical_key(values: Sequence[str]) -> str:
    """The text of a key: ``5:alice2:42``; lengths are in characters."""
    return "".join(f"{len(value)}:{value}" for value in values)


def place(seed: int, values: Sequence[str]) -> int:
    """The place of the row whose key columns have these texts, where the key is not one whole number."""
    # The digest decides nothing about security.
    digest = hashlib.md5(f"{seed}:{canonical_key(values)}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[: BITS // 4], 16)


class WholePlaces:
    """The places of whole numbers of 64 bits with one seed.

    The number is divided into its block and its offset there, both rounded towards zero. With the prime P = 2,097,257,
    ``y = (a * offset + g * block + c) mod P`` and then ``(A * (y**3 mod P) + d * (block mod 524287) + e) mod (P *
    2**20)``, scaled to 60 bits. Each step is a bijection of the offsets of a block, so no two keys of a block share a
    place; that of two blocks differ by a shift before the cube and another one after it, so that any two keys are
    chosen independently of each other over the seeds. No product or sum reaches 2**63, so that every database has the
    same arithmetic; the constants come from a BLAKE2b of the seed.
    """

    def __init__(self, seed: int) -> None:
        digest = hashlib.blake2b(f"headwater place {RULE} {seed}".encode(), digest_size=48).digest()
        first, second, third, fourth, fifth, sixth = (
            int.from_bytes(digest[at : at + 8], "little") for at in range(0, 48, 8)
        )
        self._a = 1 + first % (_PRIME - 1)
        self._g = 1 + second % ((1 << 14) - 1)
        # What is added is large enough that nothing is negative, for the smallest key too.
        self._c = (1 << 61) + third % _PRIME
        self._cubes = 1 + fourth % (_PRIME - 1)
        self._d = fifth % _SPAN
        self._e = (1 << 60) + sixth % _SPAN

    def of(self, keys: numpy.ndarray) -> numpy.ndarray:
        """The places (int64) of `keys` (int64)."""
        import numpy as np

        offsets = np.fmod(keys, BLOCK)
        blocks = (keys - offsets) // BLOCK
        y = (self._a * offsets + self._g * blocks + self._c) % _PRIME
        cubes = y * y % _PRIME * y % _PRIME
        places: numpy.ndarray = (self._cubes * _FINE * cubes + self._shift(blocks)) % _SPAN * _SCALE
        return places

    def keys(self, above: int, upto: int, lowest: int, highest: int) -> numpy.ndarray:
        """The keys (int64) from `lowest` to `highest` whose places are above one and up to another.

        They come in the order of their places, and of the keys where those are equal.
        """
        import numpy as np

        if highest < lowest or upto <= above:
            return np.empty(0, np.int64)
        first, last = (-(-bound // BLOCK) if bound < 0 else bound // BLOCK for bound in (lowest, highest))
        step = max(1, _MOST_AT_ONCE // (2 + (upto - above) // (_SCALE * _FINE)))
        found = [
            self._within(np.arange(start, min(start + step, last + 1), dtype=np.int64), above, upto)
            for start in range(first, last + 1, step)
        ]
        keys = np.concatenate(found)
        keys = keys[(keys >= lowest) & (keys <= highest)]
        return keys[np.lexsort((keys, self.of(keys)))]

    def sql(self, key: str, quotient: Callable[[str, int], str]) -> str:
        """SQL for the place.

        Parameters
        ----------
        key:
            SQL of the key as a whole number of 64 bits.
        quotient:
            SQL for a whole number divided by another one, rounded towards zero.
        """
        block = quotient(key, BLOCK)
        y = f"mod({self._a} * mod({key}, {BLOCK}) + {self._g} * {block} + {self._c}, {_PRIME})"
        cube = f"mod(mod({y} * {y}, {_PRIME}) * {y}, {_PRIME})"
        shift = f"{self._d} * mod({block}, {_BLOCKS}) + {self._e}"
        return f"(mod({self._cubes * _FINE} * {cube} + {shift}, {_SPAN}) * {_SCALE})"

    def _shift(self, blocks: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        shift: numpy.ndarray = self._d * np.fmod(blocks, _BLOCKS) + self._e
        return shift

    def _within(self, blocks: numpy.ndarray, above: int, upto: int) -> numpy.ndarray:
        """The keys of whole blocks."""
        import numpy as np

        shift = self._shift(blocks) % _SPAN
        coarse, fine = (part[:, None] for part in np.divmod(shift, _FINE))
        # In a block the places go in steps of _FINE, as the cubes do; those that may be in are a run of steps.
        steps = np.arange(max(0, above // _SCALE // _FINE), min(_PRIME - 1, upto // _SCALE // _FINE) + 1)
        places = (steps * _FINE + fine) * _SCALE
        cubes = (steps - coarse) * pow(self._cubes, -1, _PRIME) % _PRIME
        y = _roots()[cubes].astype(np.int64)
        offsets = (y - self._g * blocks[:, None] - self._c) % _PRIME * pow(self._a, -1, _PRIME) % _PRIME
        # Offsets are positive or negative as their block is; those of the block of zero are either.
        offsets = np.where(offsets < BLOCK, offsets, offsets - _PRIME)
        sign = np.sign(blocks)[:, None]
        real = (np.abs(offsets) < BLOCK) & (offsets * sign >= 0) & (places > above) & (places <= upto)
        keys: numpy.ndarray = (blocks[:, None] * BLOCK + offsets)[real]
        return keys


@cache
def _roots() -> numpy.ndarray:
    """The cube root of each number below the prime."""
    import numpy as np

    y = np.arange(_PRIME, dtype=np.int64)
    roots = np.empty(_PRIME, np.int32)
    roots[y * y % _PRIME * y % _PRIME] = y
    return roots
