"""Masks whole batches: each distinct value once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from headwater.errors import SampleRefused
from headwater.sampling.apart import CROWDED, Apart
from headwater.sampling.bins import binned_days, binned_numbers, period_of, width_of
from headwater.sampling.days import other_days, shifted_days
from headwater.sampling.domains import MaskKeys, one_key
from headwater.sampling.finding import Finding
from headwater.sampling.fitting import base_of, fits, is_list, masks_for
from headwater.sampling.integers import other_integers
from headwater.sampling.masks import Secrets, TextMasks, pseudonyms
from headwater.sampling.memory import Memory
from headwater.sampling.patterns import UUID
from headwater.sampling.zero_sum import moved

if TYPE_CHECKING:
    import pyarrow

BLOCK = 65_536
"""Rows within which the moves of ``noise`` sum to zero."""

_WHOLE = 65_536
"""A longer batch finds its own distinct values faster than it asks for those of others."""


class Masker:
    """Applies one mask to each column of a table.

    Parameters
    ----------
    keys:
        Which key each column has, or one of 32 bytes for all.
    masks:
        Column to mask; columns without one are kept. A mask of a path in a column of JSON has the path behind the
        column: ``profile$.emergency.reach``.
    findings:
        What was found of each column. A text column that is kept keeps the codes that were found in it, or UUIDs where
        it held nothing else; every other value is masked, however late it comes and whatever it looks like.
    trusted:
        Columns that an administrator or a steward has decided to keep; they are not looked at again.
    unique:
        Columns whose different texts must stay different, such as those of a key.
    alike, apart:
        Columns that hold values of others, by the others' names; and what the values of each of those have become in
        a draw of several tables, by the same names, so that a value becomes the same in all of them.
    """

    def __init__(
        self,
        keys: MaskKeys | bytes,
        masks: Mapping[str, str],
        findings: Mapping[str, Finding] | None = None,
        trusted: frozenset[str] = frozenset(),
        unique: Iterable[str] = (),
        alike: Mapping[str, str] | None = None,
        apart: dict[str, Apart] | None = None,
    ) -> None:
        self._keys = keys if isinstance(keys, MaskKeys) else one_key(keys)
        self._masks = dict(masks)
        self._findings = dict(findings or {})
        self._trusted = trusted
        self._made_of: dict[bytes, Secrets] = {}
        self._texts: dict[str, TextMasks] = {}
        self._memories: dict[str, Memory] = {}
        self._unique = frozenset(unique)
        self._alike = dict(alike or {})
        self._apart: dict[str, Apart] = {} if apart is None else apart
        self._blocks = 0

    def schema(self, schema: pyarrow.Schema) -> pyarrow.Schema:
        """The schema of masked batches: the columns that are not dropped.

        Raises
        ------
        SampleRefused
            A mask is none, or does not fit its column's type.
        """
        import pyarrow as pa

        for field in schema:
            mask = self._mask(field.name)
            if not fits(mask, field.type):
                raise SampleRefused(
                    f"The mask {mask!r} does not fit the column {field.name} of type {field.type}.",
                    hint=f"Choose one of: {', '.join(masks_for(field.type))}.",
                    details={"column": field.name, "mask": mask},
                )
            base, _, beside = mask.partition(":")
            if base in ("shift_days", "noise") and beside and "/" not in beside and beside not in schema.names:
                raise SampleRefused(
                    f"The mask {mask!r} of {field.name} names a column {beside} that is not there.",
                    hint=f"Columns: {', '.join(schema.names)}.",
                    details={"column": field.name, "mask": mask},
                )
        return pa.schema([field.remove_metadata() for field in schema if self._mask(field.name) != "drop"])

    def stream(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        """The batches of one draw, masked.

        With the mask ``noise`` they come in blocks of `BLOCK` rows, within which sums stay, so that it does not matter
        how many rows a source gives at once.
        """
        noisy = any(base_of(mask) == "noise" for mask in self._masks.values())
        yield from map(self.apply, _blocks(batches) if noisy else batches)

    def apply(
        self, batch: pyarrow.RecordBatch, persons: Mapping[str, pyarrow.Array] | None = None
    ) -> pyarrow.RecordBatch:
        """`batch`, masked.

        Parameters
        ----------
        persons:
            By the path of ``shift_days:PATH``, whose steps have ``/`` between them: who each row is about, where no
            column of the batch says it.

        Raises
        ------
        SampleRefused
            As `schema`, and where such a path has no persons.
        """
        import pyarrow as pa

        schema = self.schema(batch.schema)
        self._blocks += 1
        columns = [self._by_row(field.name, batch, persons or {}) for field in schema]
        return pa.record_batch(columns, schema=schema)

    def _by_row(self, name: str, batch: pyarrow.RecordBatch, persons: Mapping[str, pyarrow.Array]) -> pyarrow.Array:
        """A column, masked by itself or by the columns beside it."""
        import numpy as np

        mask, values = self._mask(name), batch.column(name)
        base, _, beside = mask.partition(":")
        if base == "shift_days":
            if beside not in persons and beside not in batch.schema.names:
                raise SampleRefused(
                    f"The mask {mask!r} of {name} needs rows of other tables to know whose they are.",
                    hint="Draw the related tables too, or name a column of the same table.",
                    details={"column": name, "mask": mask},
                )
            whose = persons[beside] if beside in persons else batch.column(beside)
            return shifted_days(values, whose, self._secrets(name, base).noise)
        if base == "noise":
            strata = np.zeros(len(values), np.int64)
            if beside:
                codes = batch.column(beside).dictionary_encode().indices.fill_null(-1)
                strata = codes.to_numpy(zero_copy_only=False).astype(np.int64)
            return moved(values, strata, self._secrets(name, base).noise.of("moves", f"{self._blocks} {name}"))
        return self._column(name, values)

    def _mask(self, column: str) -> str:
        return self._masks.get(column, "keep")

    def _secrets(self, column: str, mask: str) -> Secrets:
        key = self._keys.of(column, mask).of(mask)
        if key not in self._made_of:
            self._made_of[key] = Secrets(key)
        return self._made_of[key]

    def _column(self, name: str, values: pyarrow.Array) -> pyarrow.Array:
        import pyarrow as pa
        from pyarrow import types

        mask, kind = self._mask(name), values.type
        text = types.is_string(kind) or types.is_large_string(kind)
        if mask == "null":
            return pa.nulls(len(values), kind)
        if is_list(kind) and not (mask == "keep" and name in self._trusted):
            return self._lists(name, values)
        if mask == "keep" and (not text or name in self._trusted):
            return values
        if text:
            return self._text(name, mask, values)
        if mask == "digits":
            return other_integers(values, self._secrets(name, mask).numbers)
        days = types.is_date(kind) or types.is_timestamp(kind)
        if base_of(mask) == "bin":
            return binned_days(values, period_of(mask)) if days else binned_numbers(values, width_of(mask))
        return other_days(values, self._secrets(name, mask).noise)

    def _lists(self, name: str, values: pyarrow.Array) -> pyarrow.Array:
        """Lists of as many elements, each of them masked."""
        import numpy as np
        import pyarrow as pa
        from pyarrow import types

        kind = values.type
        if types.is_fixed_size_list(kind):
            plain = pa.large_list(kind.value_field)
            return self._lists(name, values.cast(plain)).cast(kind)
        # Without the nulls, whose slots may hold anything, the elements are those of the lists alone.
        known = values.drop_null()
        made = self._column(name, known.flatten())
        lengths = known.value_lengths().to_numpy(zero_copy_only=False)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        if types.is_large_list(kind):
            return _spread(pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), made).cast(kind), values)
        return _spread(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), made).cast(kind), values)

    def _text(self, name: str, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        """Texts, masked; those of earlier batches are looked up, as far as a bounded memory holds them."""
        import pyarrow as pa

        known = values.drop_null().cast(pa.string())
        memory = self._memories.setdefault(name, Memory())
        if len(known) > _WHOLE or not memory.pays:
            encoded = known.dictionary_encode()
            made = self._distinct(name, mask, encoded.dictionary).take(encoded.indices)
            return _spread(made, values).cast(values.type)
        places = memory.places(known)
        fresh = places < 0
        if not fresh.any():
            return _spread(memory.made.take(pa.array(places)), values).cast(values.type)
        encoded = known.filter(pa.array(fresh)).dictionary_encode()
        made = self._distinct(name, mask, encoded.dictionary)
        indices = encoded.indices.to_numpy(zero_copy_only=False)
        start = memory.add(encoded.dictionary, made)
        if start is None:
            start, every = len(memory), pa.concat_arrays([memory.made, made])
        else:
            every = memory.made
        places[fresh] = start + indices
        return _spread(every.take(pa.array(places)), values).cast(values.type)

    def _distinct(self, name: str, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        """Distinct texts, masked; an empty one stays, and of a column that is kept what may be."""
        import pyarrow.compute as pc

        if name not in self._texts:
            start = f"{name}$"
            paths = {key[len(name) :]: mask for key, mask in self._masks.items() if key.startswith(start)}
            self._texts[name] = TextMasks(lambda mask: self._secrets(name, mask), paths)
        masked = self._texts[name].column("pseudonym" if mask == "keep" else mask, values)
        if name in self._unique:
            masked = self._kept_apart(name, mask, masked, values)
        return pc.if_else(pc.or_(pc.equal(values, ""), self._stays(name, mask, values)), values, masked)

    def _kept_apart(self, name: str, mask: str, masked: pyarrow.Array, values: pyarrow.Array) -> pyarrow.Array:
        """Masked texts, other ones for other values: by signs where many share one, else pseudonyms for the late."""
        import pyarrow.compute as pc

        noise = self._secrets(name, base_of(mask)).noise
        apart = self._apart.setdefault(self._alike.get(name, name), Apart(noise))
        if mask in CROWDED:
            masked = apart.signed(masked, values)
        collided = apart.collided(masked, values)
        if collided is None:
            return masked
        return pc.replace_with_mask(masked, collided, pseudonyms(noise, values.filter(collided)))

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


def _blocks(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """The same rows, `BLOCK` at a time."""
    import pyarrow as pa

    waiting: list[pyarrow.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= BLOCK:
            table = pa.Table.from_batches(waiting).combine_chunks()
            whole = rows - rows % BLOCK
            yield from table.slice(0, whole).to_batches(max_chunksize=BLOCK)
            waiting, rows = table.slice(whole).to_batches(), rows - whole
    if rows:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def _spread(made: pyarrow.Array, values: pyarrow.Array) -> pyarrow.Array:
    """`made`, with nulls where `values` has them."""
    import numpy as np
    import pyarrow as pa

    if not values.null_count:
        return made
    known = values.is_valid().to_numpy(zero_copy_only=False)
    return made.take(pa.array(np.cumsum(known) - 1, mask=~known))
