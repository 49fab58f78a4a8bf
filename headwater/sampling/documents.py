"""JSON, masked: its structure stays, its texts and long numbers do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from headwater.sampling.bins import binned_number, width_of
from headwater.sampling.paths import DEEPEST, ROOT, below, elements, number_mask, stays, text_mask

if TYPE_CHECKING:
    from headwater.sampling.masks import TextMasks

_LEFT_OUT = object()


class Documents:
    """Masks many documents at once: first all their texts are found, then masked together, then put back.

    Parameters
    ----------
    decided:
        Path to mask, as a steward has decided it; it holds for all that is below the path.
    """

    def __init__(self, masks: TextMasks, decided: Mapping[str, str]) -> None:
        self._masks = masks
        self._decided = decided

    def masked(self, values: list[str]) -> list[str]:
        """Each document, masked; what cannot be read as JSON becomes other words."""
        import pyarrow as pa

        found: dict[str, dict[str, str]] = {}
        documents: list[Any] = []
        for value in values:
            leaves: list[tuple[str, str]] = []
            try:
                document = json.loads(value)
                self._gather(document, leaves)
            except (ValueError, RecursionError):
                document = _Unreadable(value)
                leaves = [("text", value)]
            documents.append(document)
            for mask, leaf in leaves:
                found.setdefault(mask, {})[leaf] = ""
        for mask, leaves_of in found.items():
            made = self._masks.column(mask, pa.array(list(leaves_of), pa.string())).to_pylist()
            found[mask] = dict(zip(leaves_of, made, strict=True))
        return [self._written(document, found) for document in documents]

    def _written(self, document: Any, found: dict[str, dict[str, str]]) -> str:
        if isinstance(document, _Unreadable):
            return found["text"][document.text]
        made = self._put_back(document, found)
        return json.dumps(None if made is _LEFT_OUT else made, ensure_ascii=False)

    def _gather(
        self,
        value: Any,
        leaves: list[tuple[str, str]],
        path: str = ROOT,
        field: str = "",
        decided: str | None = None,
        depth: int = 0,
    ) -> None:
        """The texts of a document, names of fields that are masked among them, each with its mask."""
        if depth > DEEPEST:
            raise RecursionError
        decided = self._decided.get(path, decided)
        if isinstance(value, dict):
            for name, item in value.items():
                if not stays(name):
                    leaves.append(("pseudonym", name))
                self._gather(item, leaves, below(path, name), name, decided, depth + 1)
        elif isinstance(value, list):
            for item in value:
                self._gather(item, leaves, elements(path), field, decided, depth + 1)
        elif leaf := _leaf(value, field, decided):
            leaves.append(leaf)

    def _put_back(
        self,
        value: Any,
        found: dict[str, dict[str, str]],
        path: str = ROOT,
        field: str = "",
        decided: str | None = None,
    ) -> Any:
        decided = self._decided.get(path, decided)
        if decided == "drop":
            return _LEFT_OUT
        if decided == "null":
            return None
        if isinstance(value, dict):
            made = {
                name if stays(name) else found["pseudonym"][name]: self._put_back(
                    item, found, below(path, name), name, decided
                )
                for name, item in value.items()
            }
            return {name: item for name, item in made.items() if item is not _LEFT_OUT}
        if isinstance(value, list):
            items = [self._put_back(item, found, elements(path), field, decided) for item in value]
            return [item for item in items if item is not _LEFT_OUT]
        if leaf := _leaf(value, field, decided):
            mask, text = leaf
            return found[mask][text] if isinstance(value, str) else _number(value, found[mask][text])
        if isinstance(value, int | float) and not isinstance(value, bool):
            mask = decided or number_mask(value, field) or "keep"
            if mask.partition(":")[0] == "bin":
                return binned_number(value, width_of(mask))
        # JSON has larger numbers than a float holds, and no way to write down what they become.
        return None if isinstance(value, float) and not isfinite(value) else value


class _Unreadable:
    def __init__(self, text: str) -> None:
        self.text = text


def _leaf(value: Any, field: str, decided: str | None) -> tuple[str, str] | None:
    """The mask of a leaf and the text that it is given; None for one that stays, becomes null or is put into a bin."""
    if decided in ("keep", "null", "drop"):
        return None
    if isinstance(value, str):
        if not value:
            return None
        return (decided if decided is not None else text_mask(value, field)), value
    mask = number_mask(value, field)
    if decided is not None and mask is None and isinstance(value, int | float) and not isinstance(value, bool):
        mask = "digits" if not isinstance(value, float) or isfinite(value) else None
    if mask is None or (decided or mask).partition(":")[0] == "bin":
        return None
    return "digits", str(abs(value))


def _number(value: float, made: str) -> float | None:
    """The number that other digits are; null where they are none, or the same."""
    try:
        number = float(made) if isinstance(value, float) else int(made)
    except ValueError:
        return None
    if isinstance(number, float) and not isfinite(number):
        return None
    return number if number != abs(value) else None
