"""What a command prints: one JSON document, or text for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from headwater.clock import as_datetime

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_STEPS = ((60, "s"), (60, "min"), (24, "h"), (30.44, "d"), (12, "months"), (None, "years"))


def emit(document: Mapping[str, Any], text: str | Callable[[], str]) -> None:
    """Print `document` with ``--json``, else `text`, which may be a function so that it is not made in vain."""
    from headwater.cli.command import session

    if session().json:
        print_document(document)
        return
    shown = text() if callable(text) else text
    if shown:
        click.echo("\n".join(_one_line(line) for line in shown.split("\n")))


def note(text: str) -> None:
    """Tell a person something beside the result, on standard error; silent with ``--json``."""
    from headwater.cli.command import session

    if not session().json:
        click.echo(text, err=True)


def print_document(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
    """Aligned columns; those whose headings are in `right` are aligned to the right. Empty for no rows."""
    if not rows:
        return ""
    cells = [list(headings), *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(headings))]
    flush = [heading in right for heading in headings]
    lines = (
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, flush, strict=True)
        ).rstrip()
        for line in cells
    )
    return "\n".join(lines)


def fields(pairs: Sequence[tuple[str, str]]) -> str:
    """Lines of a name and a value; pairs without a value are left out."""
    shown = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in shown), default=0)
    return "\n".join(f"{name.ljust(width)}  {_one_line(value)}" for name, value in shown)


def thousands(number: int) -> str:
    """``1,204,331``."""
    return f"{number:,}"


def change(number: int | None) -> str:
    """``+1,200`` or ``-3``; empty when there is nothing to compare with or nothing changed."""
    return f"{number:+,}" if number else ""


def size(count: int) -> str:
    """``12.3 MB``, in powers of 1000."""
    amount, unit = float(count), 0
    while amount >= 999.95 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{count} B" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"


def ago(moment: str, now: datetime | None = None) -> str:
    """``2 h ago`` for a time as Headwater writes it."""
    amount = ((now or datetime.now(UTC)) - as_datetime(moment)).total_seconds()
    if amount < 10:
        return "just now"
    for step, unit in _STEPS:
        if step is None or amount < step:
            return f"{int(amount)} {unit[:-1] if int(amount) == 1 and len(unit) > 3 else unit} ago"
        amount /= step
    raise AssertionError("the last step has no end")


def kinds(kind: str, rests_on: Sequence[str]) -> str:
    """``SAMPLE``, ``SIM`` or ``DERIVED from SAMPLE``; empty for what is real throughout."""
    words = {"real": "REAL", "sample": "SAMPLE", "simulated": "SIM", "derived": "DERIVED"}
    beneath = [words[k] for k in rests_on if k not in (kind, "real")]
    if kind == "real" and not beneath:
        return ""
    return f"{words[kind]} from {', '.join(beneath)}" if beneath else words[kind]


def _one_line(text: str) -> str:
    """Datasets and notebooks are written by anybody: a control character must not reach the terminal."""
    return "".join(mark if mark.isprintable() else " " for mark in text)
