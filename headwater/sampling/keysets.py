"""Sets of keys held on our side: whole columns at a time, exact, and cheap to ask many times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headwater.errors import SampleRefused

if TYPE_CHECKING:
    import numpy
    import pyarrow


def tuples(batch: pyarrow.RecordBatch, columns: Sequence[str], schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """The values of `columns` as keys of `schema`, without those that have a null part: they refer to nothing.

    A whole number that does not fit its type there is none that could be found there, so it is left out too.

    Raises
    ------
    SampleRefused
        The columns hold other things, so that they cannot be compared.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = [_fitted(batch.column(name), field, name) for name, field in zip(columns, schema, strict=True)]
    keys = pa.record_batch(found, schema=schema)
    if any(column.null_count for column in found):
        whole = found[0].is_valid()
        for column in found[1:]:
            whole = pc.and_(whole, column.is_valid())
        return keys.filter(whole)
    return keys


def distinct(keys: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Each key of `keys` once; whole numbers come sorted, so that production finds them side by side."""
    import numpy as np
    import pyarrow as pa

    codes = _codes(keys)
    if isinstance(codes, np.ndarray):
        _, places = np.unique(codes, return_index=True)
    else:
        _, places = np.unique(codes.dictionary_encode().indices.to_numpy(), return_index=True)
    return keys if len(places) == keys.num_rows and keys.num_columns > 1 else keys.take(pa.array(places))


def key_set(schema: pyarrow.Schema) -> KeySet:
    """An empty set for keys of these columns."""
    from pyarrow import types

    return _Integers() if len(schema) == 1 and types.is_integer(schema.field(0).type) else _Others()


class KeySet(ABC):
    """A growing set. It holds pieces of falling size, so that adding a few keys to many costs little."""

    def __init__(self) -> None:
        self._pieces: list[Any] = []

    def __len__(self) -> int:
        return sum(len(piece) for piece in self._pieces)

    def has(self, keys: pyarrow.RecordBatch) -> numpy.ndarray:
        """Which of `keys` are in the set, as booleans."""
        import numpy as np

        codes = _codes(keys)
        found = np.zeros(keys.num_rows, bool)
        for piece in self._pieces:
            found |= self._in(codes, piece)
        return found

    def without(self, keys: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        """Those of `keys` that are not in the set, each once."""
        import pyarrow as pa

        return distinct(keys.filter(pa.array(~self.has(keys))))

    def add(self, keys: pyarrow.RecordBatch) -> None:
        """Put `keys` in."""
        new = self.without(keys)
        if not new.num_rows:
            return
        self._pieces.append(self._piece(_codes(new)))
        while len(self._pieces) > 1 and len(self._pieces[-2]) < 2 * len(self._pieces[-1]):
            last = self._pieces.pop()
            self._pieces[-1] = self._merged(self._pieces[-1], last)

    @abstractmethod
    def _in(self, codes: Any, piece: Any) -> numpy.ndarray: ...

    @abstractmethod
    def _piece(self, codes: Any) -> Any: ...

    @abstractmethod
    def _merged(self, one: Any, other: Any) -> Any: ...


class _Integers(KeySet):
    """Sorted arrays of whole numbers."""

    def _in(self, codes: numpy.ndarray, piece: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        places = np.searchsorted(piece, codes)
        places[places == len(piece)] = 0
        found: numpy.ndarray = piece[places] == codes
        return found

    def _piece(self, codes: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        return np.sort(codes)

    def _merged(self, one: numpy.ndarray, other: numpy.ndarray) -> numpy.ndarray:
        import numpy as np

        # Two sorted runs: this kind of sort merges them.
        return np.sort(np.concatenate([one, other]), kind="stable")


class _Others(KeySet):
    """Arrow arrays of anything that can be equal."""

    def _in(self, codes: pyarrow.Array, piece: pyarrow.Array) -> numpy.ndarray:
        import pyarrow.compute as pc

        found: numpy.ndarray = pc.is_in(codes, piece).to_numpy(zero_copy_only=False)
        return found

    def _piece(self, codes: pyarrow.Array) -> pyarrow.Array:
        return codes

    def _merged(self, one: pyarrow.Array, other: pyarrow.Array) -> pyarrow.Array:
        import pyarrow as pa

        return pa.concat_arrays([one, other])


def _fitted(values: pyarrow.Array, field: pyarrow.Field, name: str) -> pyarrow.Array:
    """`values` in the type of `field`; whole numbers that it does not hold become null."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    kind = field.type
    if values.type == kind:
        return values
    if types.is_integer(values.type) and types.is_integer(kind):
        fitting = values.cast(kind, safe=False)
        same = pc.equal(fitting.cast(values.type, safe=False), values)
        if types.is_signed_integer(values.type) != types.is_signed_integer(kind):
            same = pc.and_(same, pc.greater_equal(fitting if types.is_signed_integer(kind) else values, 0))
        return pc.if_else(same, fitting, pa.scalar(None, kind))
    try:
        return values.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise SampleRefused(
            f"The column {name} holds {values.type} and {field.name} holds {kind}: one cannot refer to the other.",
            hint="Link columns of one type.",
            details={"column": name},
        ) from None


def _codes(keys: pyarrow.RecordBatch) -> Any:
    """One value for each key, equal only for equal keys: numpy for one column of whole numbers, else Arrow."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    columns = keys.columns
    whole = all(types.is_integer(column.type) for column in columns)
    if whole:
        numbers = [column.to_numpy(zero_copy_only=False).astype(np.int64) for column in columns]
        if len(numbers) == 1:
            return numbers[0]
        packed = np.ascontiguousarray(np.stack(numbers, axis=1))
        return pa.Array.from_buffers(pa.binary(8 * len(numbers)), keys.num_rows, [None, pa.py_buffer(packed)])
    if len(columns) == 1:
        return columns[0]
    parts: list[Any] = []
    for column in columns:
        text = column.cast(pa.string())
        # With its length before it: no two keys have one text.
        parts += [pc.binary_length(text).cast(pa.string()), text]
    return pc.binary_join_element_wise(*parts, ":")
