"""What a draw from production made, as the kernel API returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.results.tables import amount, html_table, text_table
from headwater.results.versions import Version, version_from_wire
from headwater.sample_models import SampleResult

_VERSIONS = ("dataset", "version", "rows")
_MASKS = ("column", "mask")


@dataclass(frozen=True, slots=True, repr=False)
class Sample(SampleResult):
    """The versions of one draw, the root first. Load them by name: ``hw.load(str(sample.versions[0]))``."""

    def __repr__(self) -> str:
        masks = f"\n{text_table(_MASKS, list(self.masks.items()))}" if self.masks else ""
        return f"sample, recipe {self.recipe[:12]}\n{text_table(_VERSIONS, self._rows(), frozenset({2}))}{masks}"

    def _repr_html_(self) -> str:
        masks = html_table(_MASKS, list(self.masks.items())) if self.masks else ""
        return html_table(_VERSIONS, self._rows(), frozenset({2})) + masks

    def _rows(self) -> list[tuple[str, ...]]:
        return [(version.dataset, version.version, amount(version.rows)) for version in self.versions]


def sample_from_wire(document: Mapping[str, Any]) -> Sample:
    """A `Sample` from its JSON form."""
    versions: tuple[Version, ...] = tuple(version_from_wire(version) for version in document["versions"])
    return Sample(document["recipe"], versions, dict(document["masks"]), document["orphans"], document["rows"])
