"""What a store and the ledger tell each other."""

from __future__ import annotations

from typing import NamedTuple


class DataFile(NamedTuple):
    """One immutable data file. `blake3` is the hexadecimal BLAKE3 of its bytes, `ordinal` its place in row order."""

    path: str
    bytes: int
    rows: int
    blake3: str
    ordinal: int
