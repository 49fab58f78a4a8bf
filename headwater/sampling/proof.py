"""The proof sheet of a sample: what was done to each column, and what was seen of the masked rows while they passed.

It says what is known, and of the rest that it is not. No value of a row is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headwater.sampling.distance import Distances
from headwater.sampling.fields import tokens
from headwater.sampling.fitting import base_of

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.choice import Choice
    from headwater.sampling.distance import ColumnStatistics
    from headwater.sampling.finding import Finding

QUASI = frozenset(
    "age birth birthday birthdate born city country county district dob ethnicity gender lat latitude lon longitude "
    "nationality postcode province region religion sex state suburb town yob zip zipcode".split()
)
"""Words in the names of columns that together can tell who somebody is."""

_CERTAIN = frozenset({"email", "pseudonym", "text"})
"""Masks whose results are of a form, or so many, that none is somebody else's value by chance."""

_SHORTEST = 8


class Tally:
    """What is seen of the masked rows of a draw as they pass.

    Parameters
    ----------
    masks:
        Column to mask.
    unique:
        Columns of the table's key: their values together are unique.
    peeked:
        Rows of the source as they are: none of their long texts may come out of a column that is masked.
    statistics:
        What the source knows of the columns that are kept.
    """

    def __init__(
        self,
        masks: Mapping[str, str],
        unique: Sequence[str],
        peeked: pyarrow.RecordBatch,
        statistics: Mapping[str, ColumnStatistics],
    ) -> None:
        self.distances = Distances(statistics, peeked.schema)
        self._unique = tuple(column for column in unique if masks.get(column) != "drop")
        self._quasi = quasi(masks)
        self._canaries = {
            name: canaries
            for name in peeked.schema.names
            if base_of(masks.get(name, "keep")) in _CERTAIN and len(canaries := _canaries(peeked.column(name)))
        }
        self.searched = sum(map(len, self._canaries.values()))
        self.found = self.rows = 0
        self._keys: set[int] = set()
        self._groups: dict[str, int] = {}

    def passing(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        """The batches, each looked at."""
        for batch in batches:
            self._see(batch)
            yield batch

    @property
    def unique_kept(self) -> bool | None:
        """Whether no two rows have the same key; None where the key was left out."""
        return None if not self._unique else len(self._keys) == self.rows

    @property
    def smallest_group(self) -> int | None:
        """The rows of the smallest group that is alike in all of `quasi`; None where there are no such columns."""
        return min(self._groups.values(), default=None) if self._quasi else None

    @property
    def rows_in_small_groups(self) -> int:
        """Rows in groups of fewer than five."""
        return sum(size for size in self._groups.values() if size < 5)

    def _see(self, batch: pyarrow.RecordBatch) -> None:
        import pyarrow.compute as pc

        self.rows += batch.num_rows
        self.distances.see(batch)
        for name, canaries in self._canaries.items():
            if name in batch.schema.names:
                self.found += pc.sum(pc.is_in(batch.column(name), canaries)).as_py() or 0
        if self._unique:
            self._keys.update(hash(key) for key in _joined(batch, self._unique).to_pylist())
        if self._quasi:
            for pair in _joined(batch, self._quasi).value_counts().to_pylist():
                self._groups[pair["values"]] = self._groups.get(pair["values"], 0) + pair["counts"]


def quasi(masks: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that show something of people who are not named: kept ones, and bins, with a telling name."""
    return tuple(
        column
        for column, mask in masks.items()
        if "$" not in column and base_of(mask) in ("keep", "bin") and QUASI & set(tokens(column))
    )


def kept(masks: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that come as they are."""
    return tuple(column for column, mask in masks.items() if mask == "keep" and "$" not in column)


def sheet(
    *,
    recipe: str,
    source: str,
    table: str,
    asked: int | None,
    total: int | None,
    tally: Tally,
    orphans: int,
    choices: Sequence[Choice],
    findings: Sequence[Finding],
    keys: Mapping[str, str],
    unique: Sequence[str],
    notes: Sequence[str],
    losses: Mapping[str, str],
) -> dict[str, Any]:
    """The proof sheet as a document, as `headwater.sample_models.Proof` has it.

    Parameters
    ----------
    recipe:
        Its digest.
    asked, total:
        Rows that were asked for, None for a table whose rows belong to those of another; rows of the source.
    keys:
        Column to the name of its mask's key.
    notes:
        What people should know of the table and its types.
    losses:
        Column to what its type lost in these rows.
    """
    sure = {finding.column: finding.confidence for finding in findings}
    groups = quasi({choice.column: choice.mask for choice in choices})
    kept, smallest = tally.unique_kept, tally.smallest_group
    remaining = [choice.column for choice in choices if base_of(choice.mask) == "redact"]
    return {
        "recipe": recipe,
        "source": source,
        "table": table,
        "asked": tally.rows if asked is None else asked,
        "drawn": tally.rows,
        "total": total,
        "orphans": orphans,
        "unique": [] if kept is None else [{"columns": list(unique), "kept": kept}],
        "columns": [
            _column(choice, sure.get(choice.column), keys.get(choice.column), tally.distances, losses)
            for choice in choices
        ],
        "k_anonymity": None
        if smallest is None
        else {"columns": list(groups), "k": smallest, "rows_below": tally.rows_in_small_groups},
        "canaries": {"planted": tally.searched, "found": tally.found},
        "notes": [*(f"Names and what no pattern knows may remain in {column}." for column in remaining), *notes],
    }


def _column(
    choice: Choice, confidence: float | None, key: str | None, distances: Distances, losses: Mapping[str, str]
) -> dict[str, Any]:
    distance, by = distances.of(choice.column) or (None, "")
    domain, _, number = (key or "").partition("/")
    return {
        "column": choice.column,
        "mask": choice.mask,
        "domain": domain or None,
        "key_id": number or None,
        "reason": choice.reason,
        "confidence": confidence,
        "distance": distance,
        "distance_by": by,
        "lost": losses.get(choice.column),
    }


def _canaries(values: pyarrow.Array) -> pyarrow.Array:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if not types.is_string(values.type):
        return pa.array([], pa.string())
    distinct = values.drop_null().unique()
    return distinct.filter(pc.greater_equal(pc.utf8_length(distinct), _SHORTEST))


def _joined(batch: pyarrow.RecordBatch, columns: Sequence[str]) -> pyarrow.Array:
    """The texts of some columns of each row, joined so that other values give another text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [pc.coalesce(batch.column(name).cast(pa.string()), pa.scalar("\0null")) for name in columns]
    lengths = [pc.binary_length(text).cast(pa.string()) for text in texts]
    return pc.binary_join_element_wise(*[part for pair in zip(lengths, texts, strict=True) for part in pair], ":")
