"""What the JSON Schema of the stamp cannot say: that everything a stamp refers to is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


def broken_references(stamp: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each reference of a stamp that leads nowhere, and each cell name that it has twice."""
    cells = Counter(cell["id"] for cell in stamp["cells"])
    datasets = stamp["datasets"]
    for name, times in cells.items():
        if times > 1:
            yield f"two of its cells are named {name}"
    for what in ("reads", "writes"):
        for access in stamp[what]:
            if access["dataset"] not in datasets:
                yield f"one of its {what} is of {access['dataset']}, which it does not describe"
            if access["cell"] is not None and access["cell"] not in cells:
                yield f"one of its {what} is by the cell {access['cell']}, which it does not list"
            for parent in access.get("derivedFrom", ()):
                if parent not in datasets:
                    yield f"one of its {what} is derived from {parent}, which it does not describe"
    for name in stamp["run"]["order"]:
        if name not in cells:
            yield f"its run order names the cell {name}, which it does not list"
