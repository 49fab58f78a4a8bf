"""The recipe of a sample: what was drawn and what was done to it, as one document with a digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from headwater.predicate.tokens import tokenize
from headwater.sampling.keyed import RULE

DETECTOR = "v3"
"""The rules by which columns are classified; part of the recipe, since other rules may choose other masks."""

_LITERAL = ("where", "start", "end", "keys")
"""Fields of a recipe that hold values which somebody looks for."""

_LIST = re.compile(r"\?(?:\s*,\s*[+-]?\s*\?)+")


def recipe_of(
    *,
    source: str,
    table: str,
    rows: int,
    method: str,
    seed: int,
    key: tuple[str, ...],
    masks: Mapping[str, str],
    mask_keys: Mapping[str, str],
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """The recipe, with nothing of the rows in it.

    `asked` is what a method needs more, without what is as it is by default. `mask_keys` names the key of each masked
    column, such as ``person/2``: after a rotation the recipe is another one.
    """
    return {
        "recipe": "v1",
        "source": source,
        "table": table,
        "rows": rows,
        "method": method,
        "seed": seed,
        **asked,
        "key": list(key),
        "masks": dict(sorted(masks.items())),
        "mask_keys": dict(sorted(mask_keys.items())),
        "detector": DETECTOR,
        "place": RULE,
    }


def without_literals(recipe: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The recipe as it may be shown, with ``?`` for each value that somebody asked for, and those values by field."""
    literals = {name: recipe[name] for name in _LITERAL if recipe.get(name) is not None}
    shown = {**recipe, **dict.fromkeys(literals, "?")}
    if "where" in literals:
        shown["where"] = hidden(literals["where"])
    if "keys" in literals:
        shown["keys"] = f"{len(literals['keys'])} keys"
    return shown, literals


def hidden(where: str) -> str:
    """A filter with ``?`` for each of its literals, and one for a list of them."""
    tokens = tokenize(where)
    parts = []
    for token, following in pairwise(tokens):
        word = where[token.position : following.position]
        if token.kind in ("number", "string") or token.is_word("TRUE", "FALSE"):
            word = "?" + word[len(word.rstrip()) :]
        parts.append(word)
    return _LIST.sub("?", "".join(parts)).strip()
