"""What a sample must not tell beside its rows: which values of masked columns there are, and what few rows say.

A column whose values are masked could be read all the same by asking for the rows that have a certain value and looking
whether any come. So rows are not chosen by masked columns at all; the refusal is the same whatever value was asked for,
and comes before anything is asked of the source. And where rows are chosen by other columns, fewer than a handful are
not given and not counted: the difference of two such answers would be a person.

Everything here is a function of a request and of numbers; it reaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from headwater.errors import SampleRefused

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.selection import Selection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """What an administrator allows in one source.

    Attributes
    ----------
    choose_by_masked:
        Rows may be chosen by columns that are masked. Whoever draws can then find out their values one by one.
    min_rows:
        The fewest rows that a filter, a window, a list of keys or a stratum may give, or a count may show; 0 lifts it.
    """

    choose_by_masked: bool = False
    min_rows: int = 20


def chosen_by(selection: Selection, key: Sequence[str]) -> tuple[str, ...]:
    """The columns whose values decide which rows come, in the table's own words; not the key that every draw hashes."""
    by: set[str] = set(selection.by)
    if selection.where is not None:
        by |= selection.where.columns
    if selection.order is not None:
        by.add(selection.order)
    if selection.method == "keys":
        by |= set(key)
    return tuple(sorted(by))


def is_narrowed(selection: Selection) -> bool:
    """Whether the request says which rows, and not only how many."""
    return selection.where is not None or selection.method in ("window", "keys")


def check_selection(selection: Selection, key: Sequence[str], masks: Mapping[str, str], policy: SourcePolicy) -> None:
    """Raise `SampleRefused` for a selection that would tell values of masked columns, or of few rows.

    Parameters
    ----------
    key:
        The columns of the table's key.
    masks:
        The mask of each of its columns.
    """
    hidden = [column for column in chosen_by(selection, key) if masks.get(column, "drop") != "keep"]
    if hidden and not policy.choose_by_masked:
        raise SampleRefused(
            f"Rows cannot be chosen by {', '.join(hidden)}: what is masked would be told by which rows come.",
            hint="Choose by columns that are kept, or have an administrator decide on the mask.",
            details={"columns": hidden},
        )
    asked = len(selection.keys) if selection.method == "keys" else selection.rows
    if is_narrowed(selection) and min(asked, selection.rows) < policy.min_rows:
        raise too_few(policy)


def too_few(policy: SourcePolicy) -> SampleRefused:
    """The answer where too few rows would come; it is the same for none and for one less than are needed."""
    return SampleRefused(
        f"Fewer than {policy.min_rows} rows would come, and so few tell of single persons.",
        hint=f"Ask for at least {policy.min_rows} rows, by a filter, a window or keys that more rows meet.",
        details={"min_rows": policy.min_rows},
    )


def enough(
    batches: Iterable[pyarrow.RecordBatch], selection: Selection, policy: SourcePolicy
) -> Iterator[pyarrow.RecordBatch]:
    """`batches`, held back until there are rows enough; raises `SampleRefused` where they end before.

    Whatever looks at this stream, a progress bar included, sees none of too few rows.
    """
    if not is_narrowed(selection):
        yield from batches
        return
    held: list[pyarrow.RecordBatch] = []
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        held.append(batch)
        if rows >= policy.min_rows:
            yield from held
            held = []
    if rows < policy.min_rows:
        raise too_few(policy)
    yield from held


def shown_count(rows: int | None, policy: SourcePolicy) -> int | None:
    """A count of chosen rows as it may be shown: None where it is unknown or too small."""
    return None if rows is None or rows < policy.min_rows else rows


def merge_small(counts: Mapping[T, int], policy: SourcePolicy) -> tuple[dict[T, int], tuple[T, ...], int | None]:
    """Counts by stratum as they may be shown: those that are large enough; the others, and the sum of the others.

    The sum is None where it is too small too; then the smallest of those that were large enough is among the others, so
    that it cannot be told by subtraction from the whole.
    """
    large = {name: rows for name, rows in counts.items() if rows >= policy.min_rows}
    small = [name for name in counts if name not in large]
    rest = sum(counts[name] for name in small)
    if small and rest < policy.min_rows and large:
        least = min(large, key=lambda name: large[name])
        rest += large.pop(least)
        small.append(least)
    return large, tuple(small), rest if rest >= policy.min_rows and small else None
