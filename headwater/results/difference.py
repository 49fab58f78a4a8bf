"""What changed between two versions, as the kernel API returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from headwater.models import ColumnChanges, RowChanges, SchemaChange
from headwater.models import Difference as DifferenceModel
from headwater.results.tables import html_facts, html_table, text_facts, text_table


@dataclass(frozen=True, slots=True, repr=False)
class Difference(DifferenceModel):
    """From `before` to `after`. ``bool`` of it says whether anything changed."""

    def __bool__(self) -> bool:
        return bool(self.schema or self.rows.added or self.rows.removed or self.rows.changed)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values: ``{"schema": […], "rows": {"added", "removed", "changed"}, "columns": {…}, …}``."""
        return asdict(self)

    def __repr__(self) -> str:
        parts = [text_facts(self._title(), self._facts())]
        if self.schema:
            parts.append(text_table(("column", "change", "before", "after"), self._schema_rows()))
        if self.columns:
            parts.append(text_table(("column", "changed"), self._column_rows(), frozenset({1})))
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        html = html_facts(self._title(), self._facts())
        if self.schema:
            html += html_table(("column", "change", "before", "after"), self._schema_rows())
        if self.columns:
            html += html_table(("column", "changed"), self._column_rows(), frozenset({1}))
        return html

    def _title(self) -> str:
        return f"{self.before} → {self.after}{'' if self else ': no difference'}"

    def _facts(self) -> list[tuple[str, str]]:
        rows = self.rows
        counts = f"{rows.added:,} added, {rows.removed:,} removed"
        if not self.key:
            return [
                ("rows", counts),
                ("compared", "whole rows; give key= to tell changed rows from new ones"),
            ]
        return [("rows", f"{counts}, {rows.changed:,} changed"), ("key", ", ".join(self.key))]

    def _schema_rows(self) -> list[tuple[str, ...]]:
        return [(change.column, change.change, change.before or "", change.after or "") for change in self.schema]

    def _column_rows(self) -> list[tuple[str, ...]]:
        return [(name, f"{changes.changed:,}") for name, changes in self.columns.items()]


def difference_from_wire(document: Mapping[str, Any]) -> Difference:
    """A `Difference` from its JSON form."""
    return Difference(
        before=document["before"],
        after=document["after"],
        key=tuple(document["key"]),
        schema=tuple(SchemaChange(**change) for change in document["schema"]),
        rows=RowChanges(**document["rows"]),
        columns={name: ColumnChanges(**changes) for name, changes in document["columns"].items()},
    )
