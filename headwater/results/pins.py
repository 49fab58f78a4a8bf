"""The pins of a notebook, as the kernel API returns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from headwater.results.tables import html_table, text_table

_HEADER = ("dataset", "version", "state", "kind", "reason")


class PinList(list[dict[str, Any]]):
    """One document a pinned dataset, with ``dataset``, ``version``, ``digest``, ``kind``, ``state``,
    ``behind``, ``reason``.
    """

    def __init__(self, path: str | None, pins: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(dict(pin) for pin in pins)
        self.path = path

    def __repr__(self) -> str:
        if not self:
            return "This notebook has no pins."
        return text_table(_HEADER, self._rows())

    def _repr_html_(self) -> str:
        return html_table(_HEADER, self._rows()) if self else "<p>This notebook has no pins.</p>"

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                pin["dataset"],
                pin["version"] or "",
                _state(pin),
                (pin["kind"] or "").upper(),
                pin["reason"] or "",
            )
            for pin in self
        ]


def _state(pin: Mapping[str, Any]) -> str:
    return f"{pin['behind']} behind" if pin["state"] == "behind" else str(pin["state"])
