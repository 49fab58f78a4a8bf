"""What stewards' decisions mean for a table as it is now: they hold for columns that are what they were then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from headwater.sampling.finding import Finding

if TYPE_CHECKING:
    import pyarrow

NEW = "new since the masks of its table were decided"
RETYPED = "its type is another one since its mask was decided"


@dataclass(frozen=True, slots=True)
class Decided:
    """The state of a table's decisions.

    `masks` are those that hold, by column or path, each with who decided it; `open` are columns that must be decided
    anew, with the reason, and are masked until then.
    """

    masks: Mapping[str, str] = field(default_factory=dict)
    who: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)

    def findings(self, schema: pyarrow.Schema, findings: Sequence[Finding]) -> list[Finding]:
        """The findings, with a mask for every column that must be decided anew."""
        return [
            finding
            if finding.column not in self.open
            else replace(
                finding,
                personal=True,
                category="undecided" if finding.mask == "keep" else finding.category,
                mask=_hidden(schema.field(finding.column).type) if finding.mask == "keep" else finding.mask,
                reason=self.open[finding.column],
                codes=frozenset(),
            )
            for finding in findings
        ]


def folded(
    revisions: Sequence[tuple[str, str, Mapping[str, str], Mapping[str, str | None]]], columns: Mapping[str, str]
) -> Decided:
    """The state after some revisions, oldest first.

    Parameters
    ----------
    revisions:
        Of each: who, why, the columns with their types then, and the masks.
    columns:
        The table's columns now, with their types.
    """
    if not revisions:
        return Decided()
    masks: dict[str, tuple[str, str, str]] = {}
    for who, why, then, decided in revisions:
        for name, mask in decided.items():
            if mask is None:
                masks.pop(name, None)
            else:
                masks[name] = (mask, f"decided by {who}: {why}", then.get(_column(name, then), ""))
    last = revisions[-1][2]
    open_ones = {column: NEW for column in columns if column not in last}
    held: dict[str, tuple[str, str]] = {}
    for name, (mask, who, kind) in masks.items():
        column = _column(name, columns)
        if column not in columns:
            continue
        if columns[column] == kind:
            held[name] = (mask, who)
            open_ones.pop(column, None)
        else:
            open_ones[column] = RETYPED
    for column in columns:
        if column in last and last[column] != columns[column] and column not in held:
            open_ones.setdefault(column, RETYPED)
    return Decided(
        {name: mask for name, (mask, _) in held.items()}, {name: who for name, (_, who) in held.items()}, open_ones
    )


def _column(name: str, columns: Mapping[str, str]) -> str:
    """The column of a name, which may have a path of JSON behind it."""
    return name if name in columns else name.partition("$")[0]


def _hidden(kind: pyarrow.DataType) -> str:
    """A mask that shows nothing, of those that fit a type."""
    from headwater.sampling.fitting import masks_for

    fitting = masks_for(kind)
    return next((mask for mask in ("text", "digits", "date_of_birth") if mask in fitting), "null")
