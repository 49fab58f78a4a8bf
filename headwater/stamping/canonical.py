"""The canonical form of a notebook, ``nbcanon-1``: what counts as its content, and its digests.

Execution counts, timing, view state, widget ids and the stamp itself do not count. Everything else that a
reader can see does. ``api/stamp/README.md`` is the specification; ``api/stamp/vectors`` holds what every
implementation must answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.errors import InvalidNotebook
from headwater.stamping.jcs import sha256_json, sha256_text
from headwater.stamping.outputs import WIDGET_STATE, attachments_digest, joined, output_items

CANON = "nbcanon-1"
METADATA_KEY = "headwater"

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTEBOOK_FIELDS = ("authors", "date", "title")
_CELL_TYPES = ("code", "markdown", "raw")


@dataclass(frozen=True, slots=True)
class CanonicalCell:
    """One cell. `document` is what the stamp says of its content: the digests of what a reader sees."""

    id: str
    type: str
    source: str
    outputs: str | None
    document: dict[str, Any]

    @property
    def content(self) -> dict[str, Any]:
        """The document without outputs: what an edit changes and a run does not."""
        return {key: value for key, value in self.document.items() if key not in ("outputs", "outputItems")}


@dataclass(frozen=True, slots=True)
class CanonicalNotebook:
    """A notebook's cells, its metadata that counts (field -> digest), and the four digests of all of it."""

    cells: tuple[CanonicalCell, ...]
    metadata: dict[str, str]
    digests: dict[str, str]
    kernel: str | None
    language: str | None
    duplicates: tuple[str, ...]


def canonical(content: Mapping[str, Any]) -> CanonicalNotebook:
    """The canonical form of nbformat 4 JSON.

    Raises
    ------
    InvalidNotebook
        `content` is not shaped as a notebook.
    """
    raw = content.get("cells")
    if content.get("nbformat") != 4 or not isinstance(raw, list):
        raise InvalidNotebook(
            "The file is JSON but not a notebook of nbformat 4.",
            hint="Convert an old notebook with: jupyter nbconvert --to notebook",
        )
    metadata = _mapping(content.get("metadata", {}), "metadata")
    widgets = _widgets(metadata)
    ids, duplicates = cell_ids(raw)
    try:
        cells = tuple(_cell(cell, anchor, widgets) for cell, anchor in zip(raw, ids, strict=True))
        fields = _fields(metadata)
    except RecursionError as error:
        raise InvalidNotebook("The notebook's JSON is nested too deeply to be read safely.") from error
    digests = {
        "code": sha256_json([cell.content for cell in cells]),
        "outputs": sha256_json([[cell.id, cell.outputs] for cell in cells if cell.outputs is not None]),
        "meta": sha256_json(fields),
    }
    digests["root"] = sha256_json(digests)
    kernelspec, info = (_optional(metadata.get(key)) for key in ("kernelspec", "language_info"))
    return CanonicalNotebook(
        cells,
        fields,
        digests,
        _text(kernelspec.get("name")),
        _text(info.get("name")) or _text(kernelspec.get("language")),
        duplicates,
    )


def cell_ids(cells: list[Any]) -> tuple[list[str], tuple[str, ...]]:
    """One unambiguous name a cell, and the ids that more than one cell claims.

    A cell without a valid id of its own (old notebooks, or the second of two with the same id) is named
    ``@n`` by its position, counted from 1; no real cell id looks so.
    """
    names: list[str] = []
    seen: set[str] = set()
    duplicates: list[str] = []
    for position, cell in enumerate(cells, start=1):
        own = cell.get("id") if isinstance(cell, Mapping) else None
        if isinstance(own, str) and _CELL_ID.fullmatch(own):
            if own not in seen:
                seen.add(own)
                names.append(own)
                continue
            duplicates.append(own)
        names.append(f"@{position}")
    return names, tuple(dict.fromkeys(duplicates))


def source_text(cell: Mapping[str, Any]) -> str:
    """A cell's source as one text with LF.

    Raises
    ------
    InvalidNotebook
        The source is neither a string nor a list of strings.
    """
    text = joined(cell.get("source", ""))
    if text is None:
        raise InvalidNotebook("A cell of the notebook has a source that is not text.")
    return text


def source_digest(text: str) -> str:
    """The digest by which a kernel's record and a cell's source find each other."""
    return sha256_text(text.replace("\r\n", "\n"))


def _cell(cell: Any, anchor: str, widgets: Mapping[str, Any]) -> CanonicalCell:
    cell = _mapping(cell, "a cell")
    kind = cell.get("cell_type")
    if kind not in _CELL_TYPES:
        raise InvalidNotebook(f"A cell of the notebook is of no known type: {str(kind)[:40]!r}.")
    document: dict[str, Any] = {"id": anchor, "type": kind, "source": sha256_text(source_text(cell))}
    metadata = _mapping(cell.get("metadata", {}), "a cell's metadata")
    if metadata.get("tags"):
        tags = metadata["tags"]
        document["tags"] = sorted({str(tag) for tag in tags}) if isinstance(tags, list) else [str(tags)]
    if kind == "raw":
        shown_as = metadata.get("format") or metadata.get("raw_mimetype")
        if shown_as:
            document["format"] = str(shown_as)
    attachments = cell.get("attachments")
    if attachments:
        document["attachments"] = attachments_digest(_mapping(attachments, "a cell's attachments"))
    outputs = None
    if kind == "code":
        found = cell.get("outputs", [])
        if not isinstance(found, list):
            raise InvalidNotebook("A cell of the notebook has outputs that are not a list.")
        document["outputItems"] = output_items([_mapping(output, "an output") for output in found], widgets)
        document["outputs"] = outputs = sha256_json(document["outputItems"])
    return CanonicalCell(anchor, str(kind), document["source"], outputs, document)


def _fields(metadata: Mapping[str, Any]) -> dict[str, str]:
    fields = {name: sha256_json(metadata[name]) for name in _NOTEBOOK_FIELDS if metadata.get(name)}
    own = metadata.get(METADATA_KEY)
    if own is not None and not isinstance(own, Mapping):
        fields[METADATA_KEY] = sha256_json(own)
    for name, value in _optional(own).items():
        # An empty value and an absent one say the same; tools drop and add them.
        if name != "stamp" and value not in ({}, None):
            fields[f"{METADATA_KEY}.{name}"] = sha256_json(value)
    return fields


def _widgets(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    saved = _optional(_optional(metadata.get("widgets")).get(WIDGET_STATE))
    return _optional(saved.get("state"))


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidNotebook(f"The file is JSON but not a notebook of nbformat 4: {what} is not an object.")
    return value


def _optional(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
