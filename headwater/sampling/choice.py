"""Which mask each column gets: what was found of it, then what the administrator decided, then what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from headwater.errors import ColumnNotFound, SampleRefused, UsageError
from headwater.sampling.finding import Finding
from headwater.sampling.fitting import fits, masks_for

if TYPE_CHECKING:
    import pyarrow


class Choice(NamedTuple):
    """One column's mask. `decided` are those that an administrator set: nobody changes them by asking."""

    column: str
    mask: str
    reason: str
    decided: bool
    offered: tuple[str, ...]


def choose(
    schema: pyarrow.Schema,
    findings: Sequence[Finding],
    *,
    decided: Mapping[str, str],
    asked: Mapping[str, str],
    where: str,
) -> list[Choice]:
    """One choice for each column of `schema`.

    Parameters
    ----------
    decided, asked:
        Column to mask, by the administrator and by the person who draws.
    where:
        The table as ``schema.table``, for messages.

    Raises
    ------
    ColumnNotFound, UsageError
        A mask is asked for a column that is not there, or is none that fits it.
    SampleRefused
        A column that looks personal, or that nobody can tell, would be kept because somebody asked for it.
    """
    for column in [*asked, *decided]:
        if column not in schema.names:
            raise ColumnNotFound(
                f"{where} has no column {column}, for which a mask was given.",
                hint=f"Columns: {', '.join(schema.names)}.",
                details={"column": column},
            )
    return [
        _one(schema.field(finding.column).type, finding, decided.get(finding.column), asked.get(finding.column), where)
        for finding in findings
    ]


def _one(kind: pyarrow.DataType, finding: Finding, decided: str | None, asked: str | None, where: str) -> Choice:
    column, fitting = finding.column, masks_for(kind)
    loose = finding.mask == "keep"
    offered = tuple(mask for mask in fitting if loose or mask != "keep")
    for mask in (decided, asked):
        if mask is not None and not fits(mask, kind):
            raise UsageError(
                f"The mask {mask!r} does not fit the column {column} of {where}.",
                hint=f"Choose one of: {', '.join(fitting)}.",
                details={"column": column, "mask": mask},
            )
    if decided is not None:
        if asked not in (None, decided):
            raise SampleRefused(
                f"The mask of {where}.{column} is set to {decided} by an administrator.",
                hint="It is in headwater.toml; leave it out of what you ask for.",
                details={"column": column},
            )
        return Choice(column, decided, "set by an administrator", True, (decided,))
    if asked is None:
        return Choice(column, finding.mask, finding.reason, False, offered)
    if asked == "keep" and not loose:
        raise SampleRefused(
            f"{where}.{column} cannot be kept as it is: {finding.reason}.",
            hint=f'An administrator can allow it in headwater.toml, under masks: "{where}.{column}" = "keep"',
            details={"column": column},
        )
    return Choice(column, asked, finding.reason if asked == finding.mask else "chosen by hand", False, offered)
