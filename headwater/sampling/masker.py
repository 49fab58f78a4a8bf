"""Masks whole batches: each distinct value once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.errors import SampleRefused
from headwater.sampling.detect import Finding
from headwater.sampling.ff1 import FF1, LONGEST, SHORTEST
from headwater.sampling.masks import MASKS, ValueMasks
from headwater.sampling.patterns import UUID

if TYPE_CHECKING:
    import numpy
    import pyarrow

FOR_TEXT = tuple(name for name in MASKS if name not in ("date_of_birth",))
FOR_INTEGERS = ("keep", "digits", "null", "drop")
FOR_DATES = ("keep", "date_of_birth", "null", "drop")
FOR_OTHERS = ("keep", "null", "drop")


def masks_for(kind: pyarrow.DataType) -> tuple[str, ...]:
    """The masks that a column of this type can have."""
    from pyarrow import types

    if types.is_string(kind) or types.is_large_string(kind):
        return FOR_TEXT
    if types.is_integer(kind):
        return FOR_INTEGERS
    return FOR_DATES if types.is_date(kind) or types.is_timestamp(kind) else FOR_OTHERS


class Masker:
    """Applies one mask to each column of a table.

    Parameters
    ----------
    key:
        The home's masking key, 32 bytes.
    masks:
        Column to mask; columns without one are kept.
    findings:
        What was found of each column. A text column that is kept keeps the codes that were found in it, or UUIDs where
        it held nothing else; every other value is masked, however late it comes and whatever it looks like.
    trusted:
        Columns that an administrator has decided to keep; they are not looked at again.
    """

    def __init__(
        self,
        key: bytes,
        masks: Mapping[str, str],
        findings: Mapping[str, Finding] | None = None,
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        self._values = ValueMasks(key)
        self._ff1 = FF1(key[:16], b"digits")
        self._masks = dict(masks)
        self._findings = dict(findings or {})
        self._trusted = trusted
        # One digit becomes another by a turn of 1 to 8 places; only zero stays, which is nobody's number.
        self._step = self._values.noise("digit", "")[0] % 8
        self._made: dict[str, dict[str, str]] = {}

    def schema(self, schema: pyarrow.Schema) -> pyarrow.Schema:
        """The schema of masked batches: the columns that are not dropped.

        Raises
        ------
        SampleRefused
            A mask is none, or does not fit its column's type.
        """
        import pyarrow as pa

        for field in schema:
            mask = self._masks.get(field.name, "keep")
            if mask not in masks_for(field.type):
                raise SampleRefused(
                    f"The mask {mask!r} does not fit the column {field.name} of type {field.type}.",
                    hint=f"Choose one of: {', '.join(masks_for(field.type))}.",
                    details={"column": field.name, "mask": mask},
                )
        return pa.schema([field.remove_metadata() for field in schema if self._mask(field.name) != "drop"])

    def apply(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        """`batch`, masked."""
        import pyarrow as pa

        schema = self.schema(batch.schema)
        columns = [self._column(field.name, batch.column(field.name)) for field in schema]
        return pa.record_batch(columns, schema=schema)

    def _mask(self, column: str) -> str:
        return self._masks.get(column, "keep")

    def _column(self, name: str, values: pyarrow.Array) -> pyarrow.Array:
        import pyarrow as pa
        from pyarrow import types

        mask = self._mask(name)
        text = types.is_string(values.type) or types.is_large_string(values.type)
        if mask == "null":
            return pa.nulls(len(values), values.type)
        if mask == "keep" and (not text or name in self._trusted):
            return values
        if text:
            return self._text(name, mask, values)
        if mask == "digits":
            return self._integers(values)
        return self._dates(values)

    def _text(self, name: str, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        import pyarrow as pa

        encoded = values.dictionary_encode()
        made = self._made.setdefault(name, {})
        masked = []
        for value in encoded.dictionary.to_pylist():
            if value not in made:
                made[value] = self._one(name, mask, value)
            masked.append(made[value])
        return pa.array(masked, values.type).take(encoded.indices)

    def _one(self, name: str, mask: str, value: str) -> str:
        if value == "":
            return value
        if mask != "keep":
            return self._values.named(mask)(value)
        finding = self._findings.get(name)
        if finding is not None and (value in finding.codes or (finding.category == "uuid" and UUID.fullmatch(value))):
            return value
        return self._values.pseudonym(value)

    def _integers(self, values: pyarrow.Array) -> pyarrow.Array:
        import numpy as np
        import pyarrow as pa

        known = values.is_valid().to_numpy(zero_copy_only=False)
        numbers = values.fill_null(0).cast(pa.int64()).to_numpy(zero_copy_only=False)
        size = np.abs(numbers).astype(np.uint64)
        limit = np.uint64(np.iinfo(values.type.to_pandas_dtype()).max)
        masked = self._same_length(size, limit)
        signed = np.where(numbers < 0, -masked.astype(np.int64), masked.astype(np.int64))
        return pa.array(signed, pa.int64(), mask=~known).cast(values.type)

    def _same_length(self, numbers: numpy.ndarray, limit: numpy.uint64) -> numpy.ndarray:
        """Other numbers with as many digits, not above `limit`, equal only for equal numbers."""
        import numpy as np

        masked = numbers.copy()
        lengths = np.maximum(1, np.char.str_len(numbers.astype(str)))
        for digits in range(SHORTEST, LONGEST + 1):
            chosen = lengths == digits
            if not chosen.any():
                continue
            lowest = np.uint64(10 ** (digits - 1))
            made = self._ff1.encrypt(numbers[chosen], digits)
            # Cycle walking keeps it a bijection: encrypt again what has left the range.
            while (out := (made < lowest) | (made > limit)).any():
                made[out] = self._ff1.encrypt(made[out], digits)
            masked[chosen] = made
        short = (lengths == 1) & (numbers > 0)
        masked[short] = 1 + (numbers[short] + np.uint64(self._step)) % np.uint64(9)
        # Of 19 digits the first stays, as the others alone have a bijection.
        beyond = lengths > LONGEST
        rest = np.uint64(10**LONGEST)
        first = numbers[beyond] // rest * rest
        made = self._ff1.encrypt(numbers[beyond] % rest, LONGEST)
        while (out := made > limit - first).any():
            made[out] = self._ff1.encrypt(made[out], LONGEST)
        masked[beyond] = first + made
        return masked

    def _dates(self, values: pyarrow.Array) -> pyarrow.Array:
        """Another day of the same year for each day, of any year; a time becomes the start of its day."""
        import numpy as np
        import pyarrow as pa

        known = values.is_valid().to_numpy(zero_copy_only=False)
        given = values.to_numpy(zero_copy_only=False)
        days, places = np.unique(given[known].astype("datetime64[D]"), return_inverse=True)
        starts = days.astype("datetime64[Y]").astype("datetime64[D]")
        # For each place in the year another one, so that no day is given back.
        shifts = np.fromiter((1 + self._shift(str(day)) for day in days), np.int64, len(days))
        masked = starts + ((days - starts).astype(np.int64) + shifts) % 365
        made = np.zeros(len(given), given.dtype)
        made[known] = masked[places].astype(given.dtype)
        return pa.array(made, mask=~known).cast(values.type)

    def _shift(self, day: str) -> int:
        return int.from_bytes(self._values.noise("day", day)[:4], "big") % 364
