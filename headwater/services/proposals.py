"""The masks of a table's columns, as a plan proposes them: shapes of values before and after, never a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headwater.sample_models import MaskProposal

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.choice import Choice
    from headwater.sampling.domains import MaskKeys
    from headwater.sampling.finding import Finding
    from headwater.services.looks import Look


def proposals(
    seen: Look, findings: Sequence[Finding], choices: Sequence[Choice], keys: MaskKeys
) -> tuple[MaskProposal, ...]:
    """What will be done to each column, and why."""
    import pyarrow as pa

    from headwater.sampling.masker import Masker
    from headwater.sampling.shapes import common_shape

    masks = {choice.column: choice.mask for choice in choices}
    trusted = frozenset(choice.column for choice in choices if choice.decided)
    known = {finding.column: finding for finding in findings}
    masked = Masker(keys, masks, known, trusted, seen.table.key).apply(seen.peeked)
    types = {column.name: column.type for column in seen.table.columns}

    def shaped(batch: pyarrow.RecordBatch, column: str) -> str:
        if column not in batch.schema.names:
            return ""
        cells = batch.column(column)
        # Python's dates end with the year 9999.
        told = cells.cast(pa.string()) if pa.types.is_temporal(cells.type) else cells
        return common_shape(None if cell is None else str(cell) for cell in told.to_pylist())

    return tuple(
        MaskProposal(
            column=choice.column,
            type=types.get(choice.column, "a path of JSON"),
            mask=choice.mask,
            reason=choice.reason,
            before_shape=shaped(seen.peeked, choice.column),
            after_shape=shaped(masked, choice.column),
            locked=choice.decided,
            offered=choice.offered,
        )
        for choice in choices
    )
