"""Which mask each column gets: what was found of it, then what the administrator decided, then what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from headwater.errors import ColumnNotFound, SampleRefused, UsageError
from headwater.sampling.finding import Finding
from headwater.sampling.fitting import fits, hides, masks_for

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
    reasons: Mapping[str, str] | None = None,
) -> list[Choice]:
    """One choice for each column of `schema`.

    Parameters
    ----------
    decided, asked:
        Column to mask, by an administrator or a steward, and by the person who draws.
    where:
        The table as ``schema.table``, for messages.
    reasons:
        Why those of `decided` that a steward has decided are; the others are an administrator's.

    Raises
    ------
    ColumnNotFound, UsageError
        A mask is asked for a column that is not there, or is none that fits it.
    SampleRefused
        A column that looks personal, or that nobody can tell, would be kept because somebody asked for it.
    """
    paths = [name for name in dict.fromkeys([*decided, *asked]) if name not in schema.names and "$" in name]
    for name in [*asked, *decided]:
        column = name.partition("$")[0] if name in paths else name
        if column not in schema.names:
            raise ColumnNotFound(
                f"{where} has no column {column}, for which a mask was given.",
                hint=f"Columns: {', '.join(schema.names)}.",
                details={"column": column},
            )
    told = reasons or {}
    made = [
        _one(schema.field(finding.column).type, finding, decided.get(finding.column), asked.get(finding.column), where)
        for finding in findings
    ] + [_path(name, findings, decided.get(name), asked.get(name), where) for name in paths]
    return [choice._replace(reason=told[choice.column]) if choice.column in told else choice for choice in made]


def _path(name: str, findings: Sequence[Finding], decided: str | None, asked: str | None, where: str) -> Choice:
    """The choice for a path in a column of JSON: what is not decided for it is masked by what it looks like."""
    import pyarrow as pa

    column = name.partition("$")[0]
    found = next(finding for finding in findings if finding.column == column)
    if found.category != "json":
        raise UsageError(
            f"{where}.{column} holds no JSON, so it has no path {name[len(column) :]}.",
            hint="Give the mask of the whole column.",
            details={"column": column},
        )
    path = next((one for one in found.paths if one.path == name[len(column) :]), None)
    mask = path.mask if path is not None else "text"
    return _one(pa.string(), Finding(name, True, path.category if path else "unknown", mask, ""), decided, asked, where)


def _one(kind: pyarrow.DataType, finding: Finding, decided: str | None, asked: str | None, where: str) -> Choice:
    column, fitting = finding.column, masks_for(kind)
    loose = finding.mask == "keep"
    # A person's column is no one word that can be offered.
    offered = tuple(
        mask
        for mask in fitting
        if mask != "shift_days" and (loose or mask == finding.mask or hides(mask, finding.mask, finding.category))
    )
    if finding.mask not in offered:
        offered = (finding.mask, *offered)
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
                f"The mask of {where}.{column} is decided: {decided}.",
                hint=f"Leave it out of what you ask for. Who decided it says: headwater masks SOURCE {where}",
                details={"column": column},
            )
        return Choice(column, decided, "set by an administrator", True, (decided,))
    if asked is None:
        return Choice(column, finding.mask, finding.reason, False, offered)
    if not loose and asked != finding.mask and not hides(asked, finding.mask, finding.category):
        what = "be kept as it is" if asked == "keep" else f"get the mask {asked}, which lets something through"
        raise SampleRefused(
            f"{where}.{column} cannot {what}: {finding.reason}.",
            hint=f'A steward can decide it: headwater masks SOURCE {where} --set {column}={asked} --why "..."',
            details={"column": column},
        )
    return Choice(column, asked, finding.reason if asked == finding.mask else "chosen by hand", False, offered)
