"""A version, and the versions of a dataset, as the kernel API returns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from headwater.models import Column, Erasure
from headwater.models import Version as VersionModel
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

_HEADER = ("version", "created", "rows", "size", "kind", "author", "message", "tags")
_RIGHT = frozenset({2, 3})
_SHOWN_COLUMNS = 12


@dataclass(frozen=True, slots=True, repr=False)
class Version(VersionModel):
    """An immutable state of a dataset. ``str`` of it is its reference, ``sales.orders@v12``."""

    def __str__(self) -> str:
        return f"{self.dataset}@{self.version}"

    def __repr__(self) -> str:
        return text_facts(self._title(), self._facts())

    def _repr_html_(self) -> str:
        return html_facts(self._title(), self._facts())

    def _title(self) -> str:
        return f"{self.dataset} {self.version}  {badge(self.kind, self.rests_on)}"

    def _facts(self) -> list[tuple[str, str]]:
        shown = ", ".join(f"{column.name} {column.type}" for column in self.schema[:_SHOWN_COLUMNS])
        more = f", … and {len(self.schema) - _SHOWN_COLUMNS} more" if len(self.schema) > _SHOWN_COLUMNS else ""
        facts = [
            ("rows", f"{amount(self.rows)}, {size(self.bytes)}"),
            ("created", f"{moment(self.created)} by {self.author}"),
            ("expires", moment(self.expires) if self.expires else ""),
            ("erased", f"{moment(self.erased.at)} by {self.erased.by}: {self.erased.reason}" if self.erased else ""),
            ("message", self.message),
            ("tags", ", ".join(self.tags)),
            ("from", ", ".join(self.inputs)),
            ("columns", shown + more),
        ]
        return [(name, value) for name, value in facts if value]


def version_from_wire(document: Mapping[str, Any]) -> Version:
    """A `Version` from its JSON form; unknown fields are left out, so that a newer host may send more."""
    known = {field.name: document[field.name] for field in fields(VersionModel) if field.name in document}
    known["schema"] = tuple(
        Column(column["name"], column["type"], column.get("nullable", True)) for column in known["schema"]
    )
    for name in ("rests_on", "tags", "inputs"):
        known[name] = tuple(known.get(name) or ())
    if known.get("erased") is not None:
        known["erased"] = Erasure(**{name: known["erased"][name] for name in ("reason", "by", "at")})
    return Version(**known)


class VersionList(list[Version]):
    """Versions of one dataset, newest first; a list that shows itself as a table."""

    def __init__(self, dataset: str, versions: Iterable[Version]) -> None:
        super().__init__(versions)
        self.dataset = dataset

    def __repr__(self) -> str:
        return f"{self.dataset}: {len(self):,} versions\n{text_table(_HEADER, self._rows(), _RIGHT)}"

    def _repr_html_(self) -> str:
        return html_table(_HEADER, self._rows(), _RIGHT)

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                version.version, moment(version.created), amount(version.rows), size(version.bytes),
                badge(version.kind, version.rests_on), version.author,
                f"erased: {version.erased.reason}" if version.erased else version.message,
                ", ".join(version.tags),
            )
            for version in self
        ]  # fmt: skip
