"""JSON, masked: its structure stays, its texts and long numbers do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from headwater.sampling.bins import binned_number, width_of
from headwater.sampling.paths import DEEPEST, ROOT, below, elements, number_mask, stays, text_mask, text_masks
from headwater.sampling.templates import Leaf, template_of

if TYPE_CHECKING:
    import pyarrow

    from headwater.sampling.masks import TextMasks

_LEFT_OUT = object()
_FEW = 64
"""So many documents are masked one by one."""

_GOLDEN = 0.618
_TEMPLATES = 8
"""At most so many ways that documents of one column look; more are odd ones."""


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

    def masked(self, values: pyarrow.Array) -> pyarrow.Array:
        """Each document (string, no nulls), masked; what cannot be read as JSON becomes other words.

        Documents that differ in their values alone are masked together, as columns of these; others one by one. What
        comes of a document is the same.
        """
        import numpy as np
        import pyarrow as pa

        left = np.arange(len(values))
        places, made = [], []
        for attempt in range(_TEMPLATES):
            if len(left) < _FEW:
                break
            rest = values.take(pa.array(left))
            # Not one after the other: odd ones can stand together.
            template = template_of(rest[int(_GOLDEN * attempt % 1 * len(rest))].as_py(), self._decided)
            columns = template.columns(rest) if template is not None else None
            fit = columns[0].is_valid().to_numpy(zero_copy_only=False) if columns else np.zeros(len(rest), bool)
            if template is None or columns is None or np.count_nonzero(fit) < len(rest) // _TEMPLATES:
                continue
            leaves = [
                self._column(column.drop_null(), leaf) for column, leaf in zip(columns, template.leaves, strict=True)
            ]
            made.append(template.written(leaves))
            places.append(left[fit])
            left = left[~fit]
        one_by_one = self._each(values.take(pa.array(left)).to_pylist())
        every = pa.concat_arrays([*made, pa.array(one_by_one, pa.string())])
        return every.take(pa.array(np.argsort(np.concatenate([*places, left]))))

    def _column(self, tokens: pyarrow.Array, leaf: Leaf) -> pyarrow.Array:
        """The values of one place in a template, as JSON, masked."""
        import pyarrow as pa
        import pyarrow.compute as pc

        encoded = tokens.dictionary_encode()
        distinct = encoded.dictionary
        is_text = pc.starts_with(distinct, '"')
        texts = pc.utf8_slice_codeunits(distinct.filter(is_text), 1, -1)
        others = self._values(distinct.filter(pc.invert(is_text)).to_pylist(), leaf)
        made = pa.concat_arrays([self._strings(texts, leaf), pa.array(others, pa.string())])
        order = pc.array_sort_indices(pc.array_sort_indices(pc.invert(is_text)))
        return made.take(order).take(encoded.indices)

    def _strings(self, texts: pyarrow.Array, leaf: Leaf) -> pyarrow.Array:
        """Distinct texts, masked and as JSON."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if leaf.decided != "keep":
            masks = pa.array([leaf.decided] * len(texts)) if leaf.decided else text_masks(texts, leaf.field)
            masks = pc.if_else(pc.equal(texts, ""), "keep", masks)
            for mask in pc.unique(masks).to_pylist():
                if mask != "keep":
                    chosen = pc.equal(masks, mask)
                    texts = pc.replace_with_mask(texts, chosen, self._masks.column(mask, texts.filter(chosen)))
        if pc.any(pc.match_substring_regex(texts, r'["\\\x00-\x1f]')).as_py():
            return pa.array([json.dumps(text, ensure_ascii=False) for text in texts.to_pylist()], pa.string())
        return pc.fill_null(pc.binary_join_element_wise('"', texts, '"', ""), "null")

    def _values(self, tokens: list[str], leaf: Leaf) -> list[str]:
        """Distinct numbers and others that are no text, masked and as JSON."""
        values = [json.loads(token) for token in tokens]
        found = self._made([one for value in values if (one := _leaf(value, leaf.field, leaf.decided))])
        return [json.dumps(_masked(value, found, leaf.field, leaf.decided)) for value in values]

    def _each(self, values: list[str]) -> list[str]:
        """Documents, one by one."""
        documents: list[Any] = []
        every: list[tuple[str, str]] = []
        for value in values:
            leaves: list[tuple[str, str]] = []
            try:
                document = json.loads(value)
                self._gather(document, leaves)
            except (ValueError, RecursionError):
                document = _Unreadable(value)
                leaves = [("text", value)]
            documents.append(document)
            every += leaves
        found = self._made(every)
        return [self._written(document, found) for document in documents]

    def _made(self, leaves: list[tuple[str, str]]) -> dict[str, dict[str, str]]:
        """By mask, each text and what becomes of it."""
        import pyarrow as pa

        found: dict[str, dict[str, str]] = {}
        for mask, leaf in leaves:
            found.setdefault(mask, {})[leaf] = ""
        for mask, leaves_of in found.items():
            made = self._masks.column(mask, pa.array(list(leaves_of), pa.string())).to_pylist()
            found[mask] = dict(zip(leaves_of, made, strict=True))
        return found

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
        return _masked(value, found, field, decided)


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


def _masked(value: Any, found: dict[str, dict[str, str]], field: str, decided: str | None) -> Any:
    """What becomes of a leaf."""
    if leaf := _leaf(value, field, decided):
        mask, text = leaf
        return found[mask][text] if isinstance(value, str) else _number(value, found[mask][text])
    if isinstance(value, int | float) and not isinstance(value, bool):
        mask = decided or number_mask(value, field) or "keep"
        if mask.partition(":")[0] == "bin":
            return binned_number(value, width_of(mask))
    # JSON has larger numbers than a float holds, and no way to write down what they become.
    return None if isinstance(value, float) and not isfinite(value) else value


def _number(value: float, made: str) -> float | None:
    """The number that other digits are; null where they are none, or the same."""
    try:
        number = float(made) if isinstance(value, float) else int(made)
    except ValueError:
        return None
    if isinstance(number, float) and not isfinite(number):
        return None
    return number if number != abs(value) else None
