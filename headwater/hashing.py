"""64-bit hashes of values, a column at a time: equal values, equal hashes, in every version and layout of a
table.

They serve counting and comparing inside one process; what is kept and shown is the content digest. Two
different values share a hash once in 2**64 pairs: in a comparison of 10 million rows that is a chance of
three in a million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_SHORT = 1_024
"""Bytes of a text up to which the vectorised hash is used; longer ones go through BLAKE2b one by one."""

_SLICE_ROWS = 8_192
"""Texts that are hashed at a time: each byte needs some 30 bytes of working memory."""

_NULL = 0x6E756C6C
_SEED = 0x48454144


def value_hashes(values: pyarrow.Array) -> Hashes:
    """A hash for each value of any Arrow type.

    NULL has a hash of its own, all NaN are one value, and so are 0.0 and -0.0. Integers of all widths agree,
    and so do texts in all of Arrow's layouts; a decimal's hash depends on its scale.
    """
    import numpy as np
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_null(values.type):
        return np.full(len(values), _NULL, np.uint64)
    hashes = _present(values)
    if values.null_count:
        hashes[values.is_null().to_numpy(zero_copy_only=False)] = _NULL
    return hashes


def row_hashes(batch: pyarrow.RecordBatch, names: list[str]) -> Hashes:
    """A hash for each row of `batch` over the columns `names`, in this order."""
    import numpy as np

    sums = np.zeros(batch.num_rows, np.uint64)
    for place, name in enumerate(names):
        sums += mix(value_hashes(batch.column(name)) + np.uint64(place))
    return mix(sums)


def _present(values: pyarrow.Array) -> Hashes:
    """Hashes where `values` are not null; anything where they are."""
    import numpy as np
    import pyarrow as pa

    kind = values.type
    if pa.types.is_struct(kind):
        sums = np.zeros(len(values), np.uint64)
        for place, child in enumerate(values.flatten()):
            sums += mix(value_hashes(child) + np.uint64(place))
        return mix(sums)
    if pa.types.is_fixed_size_list(kind):
        values = values.cast(pa.list_(kind.value_type))
        kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _list_hashes(values)
    if pa.types.is_nested(kind) or pa.types.is_interval(kind):
        return _each(repr(value.as_py()).encode() for value in values)
    if pa.types.is_decimal(kind):
        values = values.cast(pa.string())
    elif pa.types.is_fixed_size_binary(kind):
        values = values.cast(pa.binary())
    elif pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        values = values.cast(pa.large_binary())
    if pa.types.is_primitive(values.type):
        return mix(_words(values))
    slices = [values.slice(start, _SLICE_ROWS) for start in range(0, len(values), _SLICE_ROWS)]
    return np.concatenate([_text_hashes(part) for part in slices] or [np.empty(0, np.uint64)])


def _words(values: pyarrow.Array) -> Hashes:
    """Fixed-width values as 64-bit words, equal exactly where the values are."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_boolean(kind):
        values = values.cast(pa.uint8())
    elif pa.types.is_temporal(kind):
        values = values.view(pa.int32() if kind.bit_width == 32 else pa.int64())
    if values.null_count:
        values = pc.fill_null(values, pa.scalar(0, values.type))
    numbers = values.to_numpy(zero_copy_only=False)
    if pa.types.is_floating(kind):
        wide = numbers.astype(np.float64)
        numbers = np.where(np.isnan(wide), np.nan, wide + 0.0)  # one NaN, and no negative zero
    elif numbers.itemsize < 8:
        numbers = numbers.astype(np.int64)
    words: Hashes = numbers.view(np.uint64)
    return words


def _text_hashes(values: pyarrow.Array) -> Hashes:
    """The multilinear hash of each value: the sum of byte times a random word for its place, modulo 2**64.

    Lemire and Kaser, "Strongly universal string hashing is fast", The Computer Journal 57 (2014).
    """
    import numpy as np
    import pyarrow as pa

    wide = pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type)
    _, offsets, data = values.buffers()
    starts = np.frombuffer(offsets, np.int64 if wide else np.int32).astype(np.int64)
    starts = starts[values.offset : values.offset + len(values) + 1]
    content = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    lengths = np.diff(starts)
    used = np.where(lengths <= _SHORT, lengths, 0)
    ends = np.cumsum(used)
    places = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - used, used)
    weights = mix(np.arange(_SEED, _SEED + _SHORT + 1, dtype=np.uint64))
    letters = content[np.repeat(starts[:-1], used) + places].astype(np.uint64) + np.uint64(1)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(letters * weights[places])))
    hashes = mix(sums[ends] - sums[ends - used] + lengths.astype(np.uint64) * weights[_SHORT])
    long = np.flatnonzero(lengths > _SHORT)
    if len(long):
        hashes[long] = _each(content[starts[at] : starts[at + 1]].tobytes() for at in long)
    return hashes


def _list_hashes(values: pyarrow.Array) -> Hashes:
    import numpy as np

    offsets = values.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    first, last = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
    lengths = np.diff(offsets)
    places = np.arange(last - first) - np.repeat(offsets[:-1] - first, lengths)
    items = mix(value_hashes(values.values.slice(first, last - first)) + places.astype(np.uint64))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(items)))
    return mix(sums[offsets[1:] - first] - sums[offsets[:-1] - first] + lengths.astype(np.uint64))


def _each(texts: Iterable[bytes]) -> Hashes:
    import numpy as np

    digests = (hashlib.blake2b(text, digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), np.uint64).copy()


def mix(words: Hashes) -> Hashes:
    """Spread words evenly over 64 bits: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    import numpy as np

    words = words + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    mixed: Hashes = words ^ (words >> np.uint64(31))
    return mixed
