"""The shape that a stamp must have before anything else here looks into it.

A stamp comes from a file, and a file can be anybody's. This is the part of ``api/stamp/v1.json`` that code
relies on: never stricter than the schema, and cheap enough for every save. Unknown fields are passed over, as
everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from headwater.stamping.canonical import CANON

_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z")
_DATASET_VERSION = re.compile(r"[^@\s]+@v[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class _Maybe:
    """Null, or of the shape within."""

    shape: _Shape


@dataclass(frozen=True, slots=True)
class _Each:
    """An object with any keys, whose values all have the shape within."""

    shape: _Shape


@dataclass(frozen=True, slots=True)
class _List:
    """A list whose items all have the shape within."""

    shape: _Shape


_Shape: TypeAlias = "Callable[[Any], bool] | dict[str, _Shape] | _Maybe | _Each | _List"


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _count(value: Any) -> bool:
    return _whole(value) and value >= 0


def _time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _dataset_version(value: Any) -> bool:
    return isinstance(value, str) and _DATASET_VERSION.fullmatch(value) is not None


_ACCESS: dict[str, _Shape] = {
    "cell": _Maybe(_text),
    "dataset": _dataset_version,
    "rows": _count,
    "session?": _text,
    "attestedBy": _text,
}
_RUN: dict[str, _Shape] = {
    "count": _Maybe(_count),
    "session": _text,
    "ranSource": _text,
    "startedAt": _Maybe(_time),
    "endedAt": _Maybe(_time),
}
_CODE: dict[str, _Shape] = {
    "outputs": _text,
    "outputItems": _List({"kind": _text, "sha256": _text}),
    "status": _text,
    "seq": _Maybe(_count),
}
_STAMP: dict[str, _Shape] = {
    "stampVersion": lambda value: isinstance(value, str) and value.startswith("1."),
    "stampId": _text,
    "createdAt": _time,
    "actor": {"user": _text, "source": _text},
    "notebook": {
        "id": _text,
        "copiedFrom": _Maybe(_text),
        "name": _text,
        "canon": lambda value: value == CANON,
        "digests": {"code": _text, "outputs": _text, "meta": _text, "root": _text},
        "metadata": _Each(_text),
        "kernel": _Maybe(_text),
        "language": _Maybe(_text),
    },
    "run": {"order": _List(_text), "linear": _flag},
    "environment": _Maybe({}),
    "git": _Maybe({}),
    "pins": _Each({}),
    "datasets": _Each(
        {
            "name": _text,
            "version": _text,
            "rows": _Maybe(_count),
            "kind": _Maybe(_text),
            "restsOn": _List(_text),
            "created": _Maybe(_time),
            "sample": _Maybe({"of?": _Maybe(_count), "seed?": _Maybe(_whole), "masked?": _count}),
            "attestedBy": _text,
        }
    ),
    "reads": _List({**_ACCESS, "columns": _Maybe(_List(_text)), "floating": _flag, "tag?": _text}),
    "writes": _List({**_ACCESS, "derivedFrom": _List(_text)}),
    "cells": _List({"id": _text, "type": _text, "source": _text}),
    "log": {"previous": _Maybe(_text)},
    "signatures?": _List({}),
}


def shape_faults(stamp: Any) -> Iterator[str]:
    """The places of `stamp` that are not as the schema says, e.g. ``reads/0/rows``; none when it is sound."""
    found = list(_faults(stamp, _STAMP, ""))
    yield from found
    if found:
        return
    for position, cell in enumerate(stamp["cells"]):
        if cell["type"] == "code":
            yield from _faults(cell, _CODE, f"cells/{position}")
            if cell.get("status") in ("ok", "error", "running"):
                yield from _faults(cell, _RUN, f"cells/{position}")


def _faults(value: Any, shape: _Shape, place: str) -> Iterator[str]:
    if isinstance(shape, _Maybe):
        if value is not None:
            yield from _faults(value, shape.shape, place)
    elif isinstance(shape, dict):
        if not isinstance(value, Mapping):
            yield place or "the whole"
            return
        for name, inner in shape.items():
            key = name.removesuffix("?")
            if key in value:
                yield from _faults(value[key], inner, f"{place}/{key}".lstrip("/"))
            elif key == name:
                yield f"{place}/{key}".lstrip("/")
    elif isinstance(shape, _Each):
        if not isinstance(value, Mapping):
            yield place
            return
        for key, item in value.items():
            yield from _faults(item, shape.shape, f"{place}/{key}")
    elif isinstance(shape, _List):
        if not isinstance(value, list):
            yield place
            return
        for position, item in enumerate(value):
            yield from _faults(item, shape.shape, f"{place}/{position}")
    elif not shape(value):
        yield place
