"""A dataset and the answers of a search, as the kernel API returns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from headwater.models import DatasetSummary
from headwater.results.tables import (
    amount,
    badge,
    html_facts,
    html_table,
    moment,
    size,
    text_facts,
    text_table,
)
from headwater.results.versions import Version

_HEADER = ("dataset", "newest", "updated", "rows", "kind", "description")
_RIGHT = frozenset({3})


@dataclass(frozen=True, slots=True, repr=False)
class Dataset:
    """A named table: what it is, and its newest version."""

    name: str
    description: str
    owner: str
    created: str
    newest: Version
    version_count: int

    def __repr__(self) -> str:
        return f"{text_facts(self.name, self._facts())}\n{text_table(('column', 'type'), self._columns())}"

    def _repr_html_(self) -> str:
        return html_facts(self.name, self._facts()) + html_table(("column", "type"), self._columns())

    def _facts(self) -> list[tuple[str, str]]:
        newest = self.newest
        facts = [
            ("description", self.description),
            ("owner", self.owner),
            ("newest", f"{newest.version} of {self.version_count:,}, {moment(newest.created)}"),
            ("rows", f"{amount(newest.rows)}, {size(newest.bytes)}"),
            ("kind", badge(newest.kind, newest.rests_on)),
            ("message", newest.message),
        ]
        return [(name, value) for name, value in facts if value]

    def _columns(self) -> list[tuple[str, str]]:
        return [(column.name, column.type) for column in self.newest.schema]


class DatasetList(list[DatasetSummary]):
    """Datasets that a search found, best first; a list that shows itself as a table."""

    def __init__(self, query: str, datasets: Iterable[DatasetSummary], total: int, capped: bool = False) -> None:
        super().__init__(datasets)
        self.query = query
        self.total = total
        self.total_is_capped = capped

    def __repr__(self) -> str:
        if not self:
            return f"No dataset matches {self.query!r}."
        return f"{self._count()}\n{text_table(_HEADER, self._rows(), _RIGHT)}"

    def _repr_html_(self) -> str:
        from html import escape

        if not self:
            return f"<p>No dataset matches <em>{escape(self.query)}</em>.</p>"
        return f"<p>{self._count()}</p>{html_table(_HEADER, self._rows(), _RIGHT)}"

    def _count(self) -> str:
        at_least = "more than " if self.total_is_capped else ""
        return f"{at_least}{self.total:,} datasets" if self.total != 1 else "1 dataset"

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                found.name, found.version, moment(found.updated), amount(found.rows),
                badge(found.kind, found.rests_on), found.description,
            )
            for found in self
        ]  # fmt: skip


def summary_from_wire(document: Mapping[str, Any]) -> DatasetSummary:
    """A `DatasetSummary` from its JSON form."""
    known = {field.name: document[field.name] for field in fields(DatasetSummary) if field.name in document}
    for name in ("rests_on", "tags"):
        known[name] = tuple(known.get(name) or ())
    return DatasetSummary(**known)
