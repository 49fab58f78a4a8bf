"""The canonical form of cell outputs: what a reader can see, and nothing that only a run changes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from headwater.stamping.jcs import sha256_json, sha256_text

RECORD_MIME_PREFIX = "application/vnd.headwater.record"
"""MIME types under which a kernel leaves records in outputs; they show nothing and are no content."""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

_BINARY = re.compile(r"(image/(?!svg\+xml).+|audio/.+|video/.+|application/(pdf|octet-stream))")
_JSON = re.compile(r"application/(json|.+\+json)")
_WHITESPACE = str.maketrans("", "", " \t\r\n")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CELL_COUNT = re.compile(r"\b(In|Input In) ?\[\d+\]")
_CELL_FILE = re.compile(r"<ipython-input-\d+-[0-9a-f]+>")
_FRAME_FILES = (
    re.compile(r'(?m)(?P<before>^\s*File ")(?P<path>[^"\n]+)(?P<after>")'),
    re.compile(r"(?m)(?P<before>^File )(?P<path>\S[^\n]*?)(?P<after>:\d+)"),
    re.compile(r"(?m)(?P<before>^)(?P<path>(?:~|[A-Za-z]:)?[/\\][^\n]*?)(?P<after> in [^\n]+$)"),
)


def joined(value: Any) -> str | None:
    """Text of nbformat, a string or a list of strings, as one text with LF; None for anything else."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(line, str) for line in value):
        text = "".join(value)
    else:
        return None
    return text.replace("\r\n", "\n") if "\r\n" in text else text


def mime_digest(mime: str, value: Any) -> dict[str, str]:
    """``form`` and ``sha256`` of the data of one MIME type.

    ``base64`` is the digest of the decoded bytes, and only of canonical base64 (padding and unused bits as
    the encoder writes them; white space does not count), so that two texts never share a digest unseen;
    ``json`` of the canonical JSON; ``text`` of the UTF-8 text.
    """
    if _JSON.fullmatch(mime):
        return {"form": "json", "sha256": sha256_json(value)}
    text = joined(value)
    if text is None:
        return {"form": "json", "sha256": sha256_json(value)}
    if _BINARY.fullmatch(mime):
        decoded = _decoded(text)
        if decoded is not None:
            return {"form": "base64", "sha256": hashlib.sha256(decoded).hexdigest()}
    return {"form": "text", "sha256": sha256_text(text)}


def attachments_digest(attachments: Mapping[str, Any]) -> str:
    """SHA-256 of a cell's attachments: for each name, each MIME type's `mime_digest`."""
    return sha256_json(
        {
            name: {mime: mime_digest(mime, data) for mime, data in bundle.items()}
            if isinstance(bundle, Mapping)
            else bundle
            for name, bundle in attachments.items()
        }
    )


def output_items(outputs: Iterable[Mapping[str, Any]], widgets: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The digests of everything visible in a cell's outputs, in order.

    Parameters
    ----------
    outputs:
        The cell's ``outputs`` of nbformat 4.
    widgets:
        The notebook's saved widget models by id, which a widget view refers to.

    Returns
    -------
    One document an item: ``output`` (its output's position among those that count), ``kind``, ``sha256``, and
    for data ``mime`` and ``form``. Metadata that is not empty gives an item of its own, with the MIME type it
    is for.
    """
    items: list[dict[str, Any]] = []
    for position, (output, stream) in enumerate(_merged(outputs)):
        items.extend({"output": position, **item} for item in _items(output, stream, widgets))
    return items


def _items(output: Mapping[str, Any], stream: str | None, widgets: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind = output.get("output_type")
    if stream is not None:
        yield {"kind": f"stream/{output.get('name')}", "sha256": sha256_text(stream)}
    elif kind == "error":
        yield {"kind": "error", "sha256": sha256_json(_error(output))}
    elif kind in ("display_data", "execute_result") and isinstance(output.get("data"), Mapping):
        yield from _data_items(str(kind), output, widgets)
    else:
        yield {"kind": "unknown", "sha256": sha256_json(output)}


def _data_items(kind: str, output: Mapping[str, Any], widgets: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    data: Mapping[str, Any] = output["data"]
    for mime in sorted(data):
        if mime.startswith(RECORD_MIME_PREFIX):
            continue
        if mime == WIDGET_VIEW:
            state = _widget_models(data[mime], widgets)
            if state:
                yield {"kind": kind, "mime": mime, "form": "json", "sha256": sha256_json(state)}
            continue
        yield {"kind": kind, "mime": mime, **mime_digest(mime, data[mime])}
    metadata = output.get("metadata")
    if isinstance(metadata, Mapping):
        for key in sorted(metadata):
            if key == WIDGET_VIEW or key.startswith(RECORD_MIME_PREFIX) or metadata[key] in ({}, None):
                continue
            yield {"kind": "metadata", "mime": key, "form": "json", "sha256": sha256_json(metadata[key])}


def _merged(outputs: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """Outputs that count, each with its text if it is a stream, whose adjacent pieces are joined."""
    held: Mapping[str, Any] | None = None
    pieces: list[str] = []
    for output in outputs:
        if _only_records(output):
            continue
        text = joined(output.get("text")) if output.get("output_type") == "stream" else None
        if held is not None and (text is None or held.get("name") != output.get("name")):
            yield held, "".join(pieces)
            held, pieces = None, []
        if text is None:
            yield output, None
        else:
            held = held or output
            pieces.append(text)
    if held is not None:
        yield held, "".join(pieces)


def _only_records(output: Mapping[str, Any]) -> bool:
    data = output.get("data")
    return isinstance(data, Mapping) and bool(data) and all(str(mime).startswith(RECORD_MIME_PREFIX) for mime in data)


def _error(output: Mapping[str, Any]) -> dict[str, Any]:
    traceback = output.get("traceback")
    lines = "\n".join(str(line) for line in traceback) if isinstance(traceback, list) else ""
    return {
        "ename": output.get("ename"),
        "evalue": output.get("evalue"),
        "traceback": normal_traceback(lines),
    }


def normal_traceback(text: str) -> str:
    """A traceback without colours, execution counts, and the folders of the files that its frames name."""
    text = _COLOUR.sub("", text.replace("\r\n", "\n"))
    text = _CELL_FILE.sub("<ipython-input>", _CELL_COUNT.sub(r"\1[]", text))
    for pattern in _FRAME_FILES:
        text = pattern.sub(lambda found: found["before"] + re.split(r"[/\\]", found["path"])[-1] + found["after"], text)
    return text


def _widget_models(view: Any, widgets: Mapping[str, Any]) -> list[Any]:
    """The saved models that a widget view shows, nearest first, their random ids replaced by positions."""
    shown = view.get("model_id") if isinstance(view, Mapping) else None
    if not isinstance(shown, str) or shown not in widgets:
        return []
    order = [shown]
    models: list[Any] = []
    while len(models) < len(order):
        models.append(_without_ids(widgets[order[len(models)]], widgets, order))
    return models


def _without_ids(value: Any, widgets: Mapping[str, Any], order: list[str]) -> Any:
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        model = value.removeprefix("IPY_MODEL_")
        if model not in widgets:
            return value
        if model not in order:
            order.append(model)
        return f"IPY_MODEL_#{order.index(model)}"
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _without_ids(value[key], widgets, order) for key in keys}
    if isinstance(value, list):
        return [_without_ids(item, widgets, order) for item in value]
    return value


def _decoded(text: str) -> bytes | None:
    compact = text.translate(_WHITESPACE)
    try:
        decoded = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == compact else None
