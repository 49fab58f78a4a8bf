"""Small tables as text and as HTML. Everything that comes from data or from people is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

SHOWN = 30
"""Rows of a table that are shown; the rest is counted."""

_CLIP = 60
_LEFT, _RIGHT = 'style="text-align: left"', 'style="text-align: right"'


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """A table in plain text; the columns in `right` are aligned to the right."""
    shown = [[_clip(cell) for cell in row] for row in rows[:SHOWN]]
    widths = [max(len(row[column]) for row in (header, *shown)) for column in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(aligned).rstrip()

    more = [f"… and {len(rows) - SHOWN:,} more"] if len(rows) > SHOWN else []
    return "\n".join([line(header), *(line(row) for row in shown), *more])


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """The same table as HTML."""

    def line(tag: str, cells: Sequence[str]) -> str:
        aligned = (
            f"<{tag} {_RIGHT if column in right else _LEFT}>{escape(_clip(cell))}</{tag}>"
            for column, cell in enumerate(cells)
        )
        return f"<tr>{''.join(aligned)}</tr>"

    body = "".join(line("td", row) for row in rows[:SHOWN])
    more = f"<p>… and {len(rows) - SHOWN:,} more</p>" if len(rows) > SHOWN else ""
    return f"<table><thead>{line('th', header)}</thead><tbody>{body}</tbody></table>{more}"


def html_facts(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """A title over names and values, as HTML."""
    rows = "".join(f"<tr><th {_LEFT}>{escape(name)}</th><td {_LEFT}>{escape(value)}</td></tr>" for name, value in facts)
    return f"<strong>{escape(title)}</strong><table><tbody>{rows}</tbody></table>"


def text_facts(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """A title over names and values, as text."""
    width = max((len(name) for name, _ in facts), default=0)
    return "\n".join([title, *(f"  {name.ljust(width)}  {value}" for name, value in facts)])


def amount(rows: int) -> str:
    """A count with thousands separators."""
    return f"{rows:,}"


def size(bytes_: int) -> str:
    """Bytes in the unit that leaves one to three digits before the point: ``45.2 MB``."""
    value = float(bytes_)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def moment(text: str) -> str:
    """``2026-01-31T09:30:00.123Z`` as ``2026-01-31 09:30 UTC``."""
    return f"{text[:10]} {text[11:16]} UTC" if len(text) > 16 else text


def badge(kind: str, rests_on: Sequence[str]) -> str:
    """What the rows are, as it is shown everywhere: ``DERIVED from SAMPLE``."""
    name = {"simulated": "SIM"}.get(kind, kind.upper())
    others = [{"simulated": "SIM"}.get(other, other.upper()) for other in rests_on if other != kind]
    return f"{name} from {', '.join(others)}" if kind == "derived" and others else name


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CLIP else line[: _CLIP - 1] + "…"
