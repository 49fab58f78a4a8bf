"""A data file, as stores write it and the ledger remembers it."""

from __future__ import annotations

from typing import NamedTuple


class DataFile(NamedTuple):
    """One Parquet file of a version. `ordinal` orders files by their rows; `blake3` is of the file's bytes."""

    path: str
    bytes: int
    rows: int
    blake3: str
    ordinal: int
