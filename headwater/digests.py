"""The two digests of a version: *content* (its rows, whatever their order and layout) and *files* (its bytes).

``api/digest.md`` specifies both, and ``api/digest-vectors.json`` has values that any implementation must reach.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from headwater.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow
    from numpy.typing import NDArray

_MASK = 2**64 - 1
_LANES = (0x636F6E74656E7431, 0x636F6E74656E7432)


class ContentDigest:
    """The content digest of a stream of rows: 64 hexadecimal digits.

    The first 32 digits are the multiset sum of the rows' hashes in two lanes, the last 32 a BLAKE2b of schema and row
    count. Sums commute, so neither the order of rows nor their division into batches and files counts.

    Parameters
    ----------
    schema:
        The columns. Their order does not count; their names and classes of type do.
    base:
        The digest of rows with the same schema that are there already, to be added to.
    base_rows:
        How many those are.
    """

    def __init__(self, schema: pyarrow.Schema, base: str | None = None, base_rows: int = 0) -> None:
        self._schema = schema
        self._seeds = {field.name: _seed(field) for field in schema}
        self._rows = base_rows
        self._sums = [0, 0]
        if base is not None:
            self._sums = [int(base[:16], 16), int(base[16:32], 16)]
            if base != self.hexdigest():
                raise DataError(
                    "These rows have other columns than those they are to be added to.",
                    hint="Save them as a whole new version instead.",
                )

    def update(self, batch: pyarrow.RecordBatch) -> NDArray[np.uint64]:
        """Add rows; returns the hash of each."""
        import numpy as np

        from headwater.hashing import mix, value_hashes

        sums = np.zeros(batch.num_rows, np.uint64)
        for name, seed in self._seeds.items():
            sums += mix(value_hashes(_in_microseconds(batch.column(name))) ^ np.uint64(seed))
        rows = mix(sums)
        for lane, key in enumerate(_LANES):
            self._sums[lane] = (self._sums[lane] + int(mix(rows ^ np.uint64(key)).sum(dtype=np.uint64))) & _MASK
        self._rows += batch.num_rows
        return rows

    @property
    def rows(self) -> int:
        """How many rows were added."""
        return self._rows

    def hexdigest(self) -> str:
        """The digest of the rows so far."""
        columns = sorted(f"{field.name}\0{type_class(field.type)}" for field in self._schema)
        header = "\1".join(["headwater-content-1", str(self._rows), *columns])
        tail = hashlib.blake2b(header.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return f"{self._sums[0]:016x}{self._sums[1]:016x}{tail}"


def type_class(kind: pyarrow.DataType) -> str:
    """The class of a type: types of one class hold equal values with equal hashes."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return type_class(kind.value_type)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return f"list<{type_class(kind.value_type)}>"
    if types.is_struct(kind):
        return f"struct<{','.join(f'{field.name}:{type_class(field.type)}' for field in kind)}>"
    if types.is_map(kind):
        return f"map<{type_class(kind.key_type)},{type_class(kind.item_type)}>"
    if types.is_decimal(kind):
        return f"decimal({kind.scale})"
    if types.is_timestamp(kind):
        return "instant" if kind.tz else "timestamp"
    tests = (
        ("bool", types.is_boolean), ("int", types.is_integer), ("float", types.is_floating), ("date", types.is_date),
        ("time", types.is_time), ("duration", types.is_duration), ("null", types.is_null),
        ("text", lambda t: types.is_string(t) or types.is_large_string(t) or types.is_string_view(t)),
    )  # fmt: skip
    return next((name for name, test in tests if test(kind)), "bytes")


def _seed(field: pyarrow.Field) -> int:
    text = f"{field.name}\0{type_class(field.type)}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def _in_microseconds(values: pyarrow.Array) -> pyarrow.Array:
    import pyarrow as pa

    kind = values.type
    if pa.types.is_timestamp(kind) and kind.unit != "us":
        return values.cast(pa.timestamp("us", kind.tz))
    if pa.types.is_time(kind) and kind != pa.time64("us"):
        return values.cast(pa.time64("us"))
    if pa.types.is_duration(kind) and kind.unit != "us":
        return values.cast(pa.duration("us"))
    if kind == pa.date64():
        return values.cast(pa.date32())
    return values


def files_root(digests: Iterable[str]) -> str:
    """The Merkle root of data files' BLAKE3 digests, in row order: the tree of RFC 6962 with BLAKE3 for SHA-256."""
    level = [bytes.fromhex(digest) for digest in digests]
    return _root([_blake3(b"\0" + leaf) for leaf in level]).hex()


def _root(nodes: list[bytes]) -> bytes:
    if len(nodes) < 2:
        return nodes[0] if nodes else _blake3(b"")
    split = 1 << (len(nodes) - 1).bit_length() - 1
    return _blake3(b"\1" + _root(nodes[:split]) + _root(nodes[split:]))


def _blake3(data: bytes) -> bytes:
    from blake3 import blake3

    return blake3(data).digest()
