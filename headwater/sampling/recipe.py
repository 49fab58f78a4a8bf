"""The recipe of a sample: what was drawn and what was done to it, as one document with a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from headwater.sampling.keyed import RULE

DETECTOR = "v3"
"""The rules by which columns are classified; part of the recipe, since other rules may choose other masks."""


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


def recipe_digest(recipe: Mapping[str, Any]) -> str:
    """SHA-256 of the recipe's canonical JSON (RFC 8785)."""
    import rfc8785

    return hashlib.sha256(rfc8785.dumps(dict(recipe))).hexdigest()
