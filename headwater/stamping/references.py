"""What the JSON Schema of the stamp cannot say: that everything a stamp refers to is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


def broken_references(stamp: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each reference of `stamp` that leads nowhere, and each cell name that is used twice.

    The stamp may be of any shape: what is not of the schema's shape refers to nothing and is passed over here.
    """
    cells = Counter(str(cell.get("id")) for cell in _objects(stamp.get("cells")))
    described = stamp.get("datasets")
    datasets = set(described) if isinstance(described, Mapping) else set()
    for name, times in cells.items():
        if times > 1:
            yield f"two of its cells are named {name}"
    for what in ("reads", "writes"):
        for access in _objects(stamp.get(what)):
            if str(access.get("dataset")) not in datasets:
                yield f"one of its {what} is of {access.get('dataset')}, which it does not describe"
            if access.get("cell") is not None and str(access["cell"]) not in cells:
                yield f"one of its {what} is by the cell {access['cell']}, which it does not list"
            for parent in _list(access.get("derivedFrom")):
                if str(parent) not in datasets:
                    yield f"one of its {what} is derived from {parent}, which it does not describe"
    run = stamp.get("run")
    for name in _list(run.get("order")) if isinstance(run, Mapping) else ():
        if str(name) not in cells:
            yield f"its run order names the cell {name}, which it does not list"


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
