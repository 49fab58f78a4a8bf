"""Keeping values apart: where a column is unique, different values must not become the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.noise import Noise

CROWDED = frozenset({"name", "address", "text"})
"""Masks with so few results that many values share one: each gets a sign of its own behind it."""


class Apart:
    """What the values of one column have become, over all batches of a draw.

    It holds 16 bytes of each value and none of its text.
    """

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self._taken: dict[int, int] = {}

    def signed(self, masked: pyarrow.Array, values: pyarrow.Array) -> pyarrow.Array:
        """Each masked value with 40 bits of a code of its own value behind it: the same in every draw and table."""
        import pyarrow.compute as pc

        from headwater.sampling.masks import base32

        codes = base32(self._noise.many("sign", values), "", ("",))
        return pc.binary_join_element_wise(masked, pc.utf8_slice_codeunits(codes, 0, 8), " ")

    def collided(self, masked: pyarrow.Array, values: pyarrow.Array) -> pyarrow.Array | None:
        """Which of some values became what another value has become before; None where none did."""
        import numpy as np
        import pyarrow as pa

        made, given = self._codes(masked), self._codes(values)
        owners = list(map(self._taken.setdefault, made, given))
        if owners == given:
            return None
        return pa.array(np.array(owners, np.uint64) != np.array(given, np.uint64))

    def _codes(self, texts: pyarrow.Array) -> list[int]:
        import numpy as np

        codes: list[int] = (
            np.ascontiguousarray(self._noise.many("apart", texts)[:, :8]).view(np.uint64).ravel().tolist()
        )
        return codes
