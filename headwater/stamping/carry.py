"""What an earlier stamp can still tell of cells that did not run since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.stamping.canonical import CanonicalCell

_NOT_RUN: dict[str, Any] = {"status": "not-run", "seq": None}
_EXECUTION = ("status", "seq", "count", "session", "ranSource", "startedAt", "endedAt", "attestedBy")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stamp that this notebook, or the one that it was copied from, carried before.

    `own` is true when one of this home's keys signed it for this very notebook; its facts may then be said
    again. Otherwise they are inherited: told, but not vouched for.
    """

    stamp: Mapping[str, Any]
    own: bool


class Carried:
    """The facts of one earlier stamp, cell by cell; of none, when there is no earlier stamp."""

    def __init__(self, earlier: Earlier | None, notebook: str) -> None:
        self._stamp: Mapping[str, Any] = earlier.stamp if earlier else {}
        self.own = earlier is not None and earlier.own and earlier.stamp["notebook"]["id"] == notebook
        cells = [cell for cell in self._stamp.get("cells", ()) if cell["type"] == "code"]
        self._by_id: dict[str, Mapping[str, Any]] = {cell["id"]: cell for cell in cells}
        self._by_content: dict[tuple[str, str], Mapping[str, Any]] = {}
        for cell in cells:
            if cell["outputItems"]:
                self._by_content.setdefault((cell["source"], cell["outputs"]), cell)

    def execution(self, cell: CanonicalCell) -> dict[str, Any]:
        """The execution facts of a cell without a run of its own."""
        same = self._same(cell)
        if same is not None:
            return {key: same[key] for key in _EXECUTION if key in same}
        origin = self._origin(cell)
        if origin is not None and origin["status"] != "not-run":
            return {**_NOT_RUN, "status": "inherited"}
        return {**_NOT_RUN, "status": "inherited" if cell.document["outputItems"] else "not-run"}

    def accesses(self, what: str, cell: CanonicalCell) -> list[dict[str, Any]]:
        """What the earlier stamp says that this cell, or the one it is a copy of, read or wrote."""
        source = self._same(cell) or self._origin(cell)
        if source is None:
            return []
        return [
            {**access, "cell": cell.id}
            for access in self._stamp.get(what, ())
            if access["cell"] == source["id"] and not access.get("earlier")
        ]

    def earlier_accesses(self, what: str, sessions: set[Any], cells: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Accesses of runs that no cell shows any more, in kernel processes that some cell still shows."""
        return [
            {**access, "cell": access["cell"] if access["cell"] in cells else None}
            for access in self._stamp.get(what, ())
            if access.get("earlier") and access.get("session") in sessions
        ]

    def dataset(self, key: str) -> dict[str, Any] | None:
        found = self._stamp.get("datasets", {}).get(key)
        return dict(found) if found is not None else None

    def surroundings(self, name: str) -> dict[str, Any] | None:
        """Environment or git state of the runs that are carried on, unless these were another notebook's."""
        found = self._stamp.get(name) if self.own else None
        return dict(found) if found is not None else None

    def _same(self, cell: CanonicalCell) -> Mapping[str, Any] | None:
        """The same cell of the same notebook, if its outputs are those that were stamped, or were cleared."""
        known = self._by_id.get(cell.id) if self.own else None
        if known is None or (cell.document["outputItems"] and known["outputs"] != cell.outputs):
            return None
        return known

    def _origin(self, cell: CanonicalCell) -> Mapping[str, Any] | None:
        """A cell with equal source and outputs: the one that was copied."""
        known = self._by_id.get(cell.id)
        if known is not None and (known["source"], known["outputs"]) == (cell.source, cell.outputs):
            return known
        return self._by_content.get((cell.source, cell.outputs or ""))
