"""Masks whole batches: each distinct value once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.errors import SampleRefused
from headwater.sampling.detect import Finding
from headwater.sampling.domains import MaskKeys, one_key
from headwater.sampling.ff1 import LONGEST
from headwater.sampling.masks import MASKS, Secrets, TextMasks
from headwater.sampling.noise import Noise
from headwater.sampling.patterns import UUID
from headwater.sampling.permutation import Permutation

if TYPE_CHECKING:
    import numpy
    import pyarrow

_REMEMBERED = 100_000
"""Distinct values of a column that are masked once and then looked up."""

_SLOW = frozenset({"email", "name", "address", "iban", "ip", "text", "json"})
"""Masks that take longer than looking a value up."""

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
    keys:
        Which key each column has, or one of 32 bytes for all.
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
        keys: MaskKeys | bytes,
        masks: Mapping[str, str],
        findings: Mapping[str, Finding] | None = None,
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        self._keys = keys if isinstance(keys, MaskKeys) else one_key(keys)
        self._made_of: dict[bytes, Secrets] = {}
        self._masks = dict(masks)
        self._findings = dict(findings or {})
        self._trusted = trusted
        self._made: dict[str, tuple[pyarrow.Array, pyarrow.Array]] = {}

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

    def _secrets(self, column: str, mask: str) -> Secrets:
        key = self._keys.of(column, mask).of(mask)
        if key not in self._made_of:
            self._made_of[key] = Secrets(key)
        return self._made_of[key]

    def _texts(self, column: str) -> TextMasks:
        return TextMasks(lambda mask: self._secrets(column, mask))

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
            return self._integers(self._secrets(name, mask).numbers, values)
        return self._dates(self._secrets(name, mask).noise, values)

    def _text(self, name: str, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = values.dictionary_encode()
        distinct = encoded.dictionary.cast(pa.string())
        masked = self._remembered(name, mask, distinct)
        masked = pc.if_else(pc.or_(pc.equal(distinct, ""), self._stays(name, mask, distinct)), distinct, masked)
        return masked.take(encoded.indices).cast(values.type)

    def _stays(self, name: str, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        """Which values are kept: the codes that were seen, or UUIDs where nothing else was."""
        import pyarrow as pa
        import pyarrow.compute as pc

        finding = self._findings.get(name)
        if mask != "keep" or finding is None:
            return pa.scalar(False)
        if finding.category == "uuid":
            return pc.match_substring_regex(values, f"^(?:{UUID.pattern})$")
        return pc.is_in(values, pa.array(sorted(finding.codes), pa.string()))

    def _remembered(self, name: str, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        """Distinct values, masked; those of earlier batches are looked up, as far as a bounded memory holds them."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if mask not in _SLOW:
            return self._texts(name).column("pseudonym" if mask == "keep" else mask, values)
        known, made = self._made.get(name, (values[:0], values[:0]))
        places = pc.index_in(values, known)
        fresh = values.filter(places.is_null())
        masked = self._texts(name).column(mask, fresh)
        every = pa.concat_arrays([made, masked])
        if len(known) + len(fresh) <= _REMEMBERED:
            self._made[name] = (pa.concat_arrays([known, fresh]), every)
        found = places.fill_null(-1).to_numpy(zero_copy_only=False)
        return every.take(pa.array(np.where(found < 0, len(known) - 1 + np.cumsum(found < 0), found)))

    def _integers(self, other: Permutation, values: pyarrow.Array) -> pyarrow.Array:
        import numpy as np
        import pyarrow as pa

        known = values.is_valid().to_numpy(zero_copy_only=False)
        numbers = values.fill_null(0).cast(pa.int64()).to_numpy(zero_copy_only=False)
        size = np.abs(numbers).astype(np.uint64)
        masked = self._same_length(other, size, int(np.iinfo(values.type.to_pandas_dtype()).max))
        signed = np.where(numbers < 0, -masked.astype(np.int64), masked.astype(np.int64))
        return pa.array(signed, pa.int64(), mask=~known).cast(values.type)

    def _same_length(self, other: Permutation, numbers: numpy.ndarray, limit: int) -> numpy.ndarray:
        """Other numbers with as many digits, not above `limit`, equal only for equal numbers; zero stays."""
        import numpy as np

        masked = numbers.copy()
        lengths = np.searchsorted(np.array([10**digits for digits in range(LONGEST + 1)], np.uint64), numbers, "right")
        for digits in range(1, LONGEST + 1):
            chosen = lengths == digits
            if chosen.any():
                highest = min(10**digits - 1, limit)
                masked[chosen] = other.other(numbers[chosen], 10 ** (digits - 1), highest)
        # Of 19 digits the first stays, as the others alone have a bijection.
        rest = 10**LONGEST
        for first in range(1, 10):
            chosen = (lengths > LONGEST) & (numbers // np.uint64(rest) == first)
            if chosen.any():
                highest = min(rest - 1, limit - first * rest)
                made = other.other(numbers[chosen] % np.uint64(rest), 0, highest)
                masked[chosen] = made + np.uint64(first * rest)
        return masked

    def _dates(self, noise: Noise, values: pyarrow.Array) -> pyarrow.Array:
        """Another day of the same year for each day, of any year; a time becomes the start of its day."""
        import numpy as np
        import pyarrow as pa

        known = values.is_valid().to_numpy(zero_copy_only=False)
        given = values.to_numpy(zero_copy_only=False)
        days, places = np.unique(given[known].astype("datetime64[D]"), return_inverse=True)
        starts = days.astype("datetime64[Y]").astype("datetime64[D]")
        # For each place in the year another one, so that no day is given back.
        shifts = np.fromiter((1 + _shift(noise, str(day)) for day in days), np.int64, len(days))
        masked = starts + ((days - starts).astype(np.int64) + shifts) % 365
        made = np.zeros(len(given), given.dtype)
        made[known] = masked[places].astype(given.dtype)
        return pa.array(made, mask=~known).cast(values.type)


def _shift(noise: Noise, day: str) -> int:
    return int.from_bytes(noise.of("day", day)[:4], "big") % 364
