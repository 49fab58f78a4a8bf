"""JSON, masked: its structure stays, its texts and long numbers do not."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import TYPE_CHECKING, Any

from headwater.sampling.fields import promised, promised_of_numbers, promises_codes
from headwater.sampling.names import ORDINARY, looks_like_name, names_someone
from headwater.sampling.patterns import category

if TYPE_CHECKING:
    from headwater.sampling.masks import TextMasks

_LONG_RUN = re.compile(r"\d{6}")
_FIELD = re.compile(r"[a-z][A-Za-z0-9_-]*|(?:[A-Z][a-z0-9]+){2,5}|[A-Z]+(?:_[A-Z]+)+")
_LONGEST_FIELD = 40
_DEEPEST = 200
"""A deeper document is masked as text."""


class Documents:
    """Masks many documents at once: first all their texts are found, then masked together, then put back."""

    def __init__(self, masks: TextMasks) -> None:
        self._masks = masks

    def masked(self, values: list[str]) -> list[str]:
        """Each document, masked; what cannot be read as JSON becomes other words."""
        import pyarrow as pa

        found: dict[str, dict[str, str]] = {}
        documents: list[Any] = []
        for value in values:
            leaves: list[tuple[str, str]] = []
            try:
                document = json.loads(value)
                _gather(document, leaves)
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
        return json.dumps(_put_back(document, "", found), ensure_ascii=False)


class _Unreadable:
    def __init__(self, text: str) -> None:
        self.text = text


def _gather(value: Any, leaves: list[tuple[str, str]], field: str = "", depth: int = 0) -> None:
    """The texts of a document, names of fields that are masked among them, each with its mask."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        for name, item in value.items():
            if not _stays(name):
                leaves.append(("pseudonym", name))
            _gather(item, leaves, name, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _gather(item, leaves, field, depth + 1)
    elif isinstance(value, str) and value:
        leaves.append((_mask(value), value))
    elif _is_personal(value, field):
        leaves.append(("digits", str(abs(value))))


def _put_back(value: Any, field: str, found: dict[str, dict[str, str]]) -> Any:
    if isinstance(value, dict):
        return {
            name if _stays(name) else found["pseudonym"][name]: _put_back(item, name, found)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_put_back(item, field, found) for item in value]
    if isinstance(value, str) and value:
        return found[_mask(value)][value]
    if _is_personal(value, field):
        return _number(value, found["digits"][str(abs(value))])
    # JSON has larger numbers than a float holds, and no way to write down what they become.
    return None if isinstance(value, float) and not isfinite(value) else value


def _mask(value: str) -> str:
    """The mask of a text by what it looks like."""
    found = category(value)
    if found is None:
        return "text" if " " in value.strip() else "pseudonym"
    return "text" if found in ("email", "address") and " " in value.strip() else found


def _is_personal(value: Any, field: str) -> bool:
    """Whether it is a number that is long, or whose field's name says that it is somebody's."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    if isinstance(value, float) and not isfinite(value):
        return False
    return promised_of_numbers(field) is not None or _LONG_RUN.search(str(abs(value))) is not None


def _number(value: float, made: str) -> float | None:
    """The number that other digits are; null where they are none, or the same."""
    try:
        number = float(made) if isinstance(value, float) else int(made)
    except ValueError:
        return None
    if isinstance(number, float) and not isfinite(number):
        return None
    return number if number != abs(value) else None


def _stays(name: str) -> bool:
    """Whether the name of a field is one. Documents that are keyed by people have theirs there."""
    if name in ORDINARY:
        return True
    plain = len(name) <= _LONGEST_FIELD and _FIELD.fullmatch(name)
    known = plain or (" " not in name and (promised(name) is not None or promises_codes(name)))
    personal = _LONG_RUN.search(name) or category(name) or looks_like_name(name) or names_someone(name)
    return bool(known and not personal)
