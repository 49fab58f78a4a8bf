"""Paths of JSON: what each leaf of a document is, and what the documents of a column hold by path."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

from headwater.sampling.fields import promised, promised_of_numbers, promises_codes
from headwater.sampling.finding import MASK_OF, PathFinding, plural, says
from headwater.sampling.names import ORDINARY, looks_like_name, names_someone
from headwater.sampling.patterns import EMAIL_ALONE, IP_ALONE, category
from headwater.sampling.places import FIELDS

if TYPE_CHECKING:
    import pyarrow

ROOT = "$"
DEEPEST = 200
"""A deeper document is masked as text."""

_DOCUMENTS = 200
_PATHS = 100
_LONG_RUN = re.compile(r"\d{6}")
_FIELD = re.compile(r"[a-z][A-Za-z0-9_-]*|(?:[A-Z][a-z0-9]+){2,5}|[A-Z]+(?:_[A-Z]+)+")
_LONGEST_FIELD = 40
_BY_NAME = frozenset({"name", "email", "phone", "card", "iban", "national_id", "address", "ip"})


def stays(name: str) -> bool:
    """Whether the name of a field is one. Documents that are keyed by people have theirs there."""
    if name in ORDINARY:
        return True
    is_plain = len(name) <= _LONGEST_FIELD and _FIELD.fullmatch(name)
    known = is_plain or (" " not in name and (promised(name) is not None or promises_codes(name)))
    personal = _LONG_RUN.search(name) or category(name) or looks_like_name(name) or names_someone(name)
    return bool(known and not personal)


def below(path: str, name: str) -> str:
    """The path of a field: ``$.a``, and ``$.*`` where its name is none."""
    return f"{path}.{name if stays(name) else '*'}"


def elements(path: str) -> str:
    """The path of the elements of a list."""
    return f"{path}[*]"


def text_mask(value: str, field: str) -> str:
    """The mask of a text by what it looks like, else by what its field's name promises."""
    found = category(value)
    if found is None:
        by_name = promised(field)
        if by_name in _BY_NAME:
            return by_name
        return "text" if " " in value.strip() else "pseudonym"
    return "text" if found in ("email", "address") and " " in value.strip() else found


def text_masks(values: pyarrow.Array, field: str) -> pyarrow.Array:
    """The masks of texts (string, no nulls), as `text_mask` has them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    by_name = promised(field)
    # A word of small letters looks like nothing personal.
    word = by_name if by_name in _BY_NAME else "pseudonym"
    masks = pa.nulls(len(values), pa.string())
    for pattern, mask in ((IP_ALONE, "ip"), (EMAIL_ALONE, "email"), ("^[a-z]+$", word)):
        masks = pc.coalesce(masks, pc.if_else(pc.match_substring_regex(values, pattern), mask, None))
    if not masks.null_count:
        return masks
    others = [text_mask(value, field) for value in values.filter(masks.is_null()).to_pylist()]
    return pc.replace_with_mask(masks, masks.is_null(), pa.array(others, pa.string()))


def number_mask(value: Any, field: str) -> str | None:
    """The mask of a number that is long, a place, or by its field's name somebody's; None for others and no numbers."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, float) and field.lower() in FIELDS and abs(value) <= 180:
        return MASK_OF["geo"]
    return "digits" if promised_of_numbers(field) is not None or _LONG_RUN.search(str(abs(value))) else None


def paths_of(cells: list[str]) -> tuple[PathFinding, ...]:
    """What the paths of some documents hold, in the order of the paths; nothing of a value is in it."""
    seen: dict[str, Counter[str]] = {}
    fields: dict[str, str] = {}
    for cell in cells[:_DOCUMENTS]:
        try:
            for path, field, mask in _leaves(json.loads(cell), ROOT, "", 0):
                if path in seen or len(seen) < _PATHS:
                    seen.setdefault(path, Counter())[mask] += 1
                    fields[path] = field
        except (ValueError, RecursionError):
            continue
    return tuple(_path(path, fields[path], masks) for path, masks in sorted(seen.items()))


def _path(path: str, field: str, masks: Counter[str]) -> PathFinding:
    mask, count = masks.most_common(1)[0]
    share = count / masks.total()
    found = next((one for one, its in MASK_OF.items() if its == mask != "pseudonym"), "")
    if mask == "keep":
        return PathFinding(path, "plain", mask, "a number, yes or no", round(0.8 * share, 2))
    if found and promised(field) == found:
        return PathFinding(path, found, mask, says(found), round(0.7 + 0.3 * share, 2))
    if found:
        reason = f"{round(100 * share)}% of the values look like {plural(found)}"
        return PathFinding(path, found, mask, reason, round(0.9 * share, 2))
    return PathFinding(path, "unknown", mask, "text that cannot be classified", 0.0)


def _leaves(value: Any, path: str, field: str, depth: int) -> Iterator[tuple[str, str, str]]:
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, below(path, name), name, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, elements(path), field, depth + 1)
    elif isinstance(value, str):
        if value:
            yield path, field, text_mask(value, field)
    elif value is not None:
        yield path, field, number_mask(value, field) or "keep"
