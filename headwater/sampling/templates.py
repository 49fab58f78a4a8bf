"""Documents that differ in their values alone: what they have in common, and the values of each place as a column."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from headwater.sampling.paths import DEEPEST, ROOT, below, elements, stays

if TYPE_CHECKING:
    import pyarrow

_LEAVES = 100
_VALUE = r'"[^"\\\x00-\x1f]*"|-?(?:0|[1-9][0-9]{0,18})(?:[.][0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?|true|false|null'
"""A text without escapes, a number, or one of three words, as JSON writes them."""


class Leaf(NamedTuple):
    """A place with a value: the field that it is of, and the mask that a steward has decided."""

    field: str
    decided: str | None


class Template:
    """What documents have in common: the texts between their values."""

    def __init__(self, between: list[str], leaves: list[Leaf]) -> None:
        self._between = between
        self.leaves = leaves
        groups = (f"(?P<v{number}>{_VALUE})" for number in range(len(leaves)))
        escaped = [re.escape(text) for text in between]
        self._pattern = "^" + escaped[0] + "".join(map("".join, zip(groups, escaped[1:], strict=True))) + "$"

    def columns(self, documents: pyarrow.Array) -> list[pyarrow.Array] | None:
        """The values of each place, null for a document that is not like this one; None where there are no places."""
        import pyarrow.compute as pc

        if not self.leaves:
            return None
        found = pc.extract_regex(documents, self._pattern)
        # The parts of a struct do not know that it is null.
        return list(found.flatten())

    def written(self, columns: list[pyarrow.Array]) -> pyarrow.Array:
        """The documents with these values."""
        import pyarrow.compute as pc

        parts: list[Any] = [self._between[0]]
        for column, text in zip(columns, self._between[1:], strict=True):
            parts += [column, text]
        return pc.binary_join_element_wise(*parts, "")


def template_of(document: str, decided: Mapping[str, str]) -> Template | None:
    """The template of a document, or None for one whose masked form is not its own with other values.

    A document fits it where each of its values is one of JSON's without escapes: then it is JSON of the same structure,
    since the template with any such values is.
    """
    try:
        value = json.loads(document)
        if json.dumps(value, ensure_ascii=False) != document:
            # Written in another way, with a field twice, or with a number that is not kept as it is.
            return None
        between, leaves = [""], list[Leaf]()
        _walk(value, between, leaves, ROOT, "", None, decided, 0)
    except (ValueError, RecursionError):
        return None
    return Template(between, leaves) if len(leaves) <= _LEAVES else None


def _walk(
    value: Any,
    between: list[str],
    leaves: list[Leaf],
    path: str,
    field: str,
    above: str | None,
    decisions: Mapping[str, str],
    depth: int,
) -> None:
    if depth > DEEPEST:
        raise RecursionError
    decided = decisions.get(path, above)
    if decided in ("drop", "null"):
        raise ValueError("its structure changes")
    if isinstance(value, dict):
        between[-1] += "{"
        for number, (name, item) in enumerate(value.items()):
            if not stays(name):
                raise ValueError("the name of a field is masked")
            between[-1] += f"{', ' if number else ''}{json.dumps(name, ensure_ascii=False)}: "
            _walk(item, between, leaves, below(path, name), name, decided, decisions, depth + 1)
        between[-1] += "}"
    elif isinstance(value, list):
        between[-1] += "["
        for number, item in enumerate(value):
            between[-1] += ", " if number else ""
            _walk(item, between, leaves, elements(path), field, decided, decisions, depth + 1)
        between[-1] += "]"
    else:
        leaves.append(Leaf(field, decided))
        between.append("")
