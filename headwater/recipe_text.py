"""A sample's recipe as a text: TOML of what was asked for, in one order, without what is as it is by default."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from headwater.errors import UsageError
from headwater.sample_models import Link, SampleRequest, request_of

_HEAD = "# A sample of production. Draw it with: headwater sample --recipe FILE\n"
_ELSEWHERE = frozenset({"notebook"})
"""What belongs to one draw and not to its recipe."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def recipe_text(request: SampleRequest) -> str:
    """The recipe of a request; `recipe_request` reads it back."""
    lines = [_HEAD]
    tables: list[str] = []
    for field in fields(request):
        value = getattr(request, field.name)
        if field.name in _ELSEWHERE or value == _default(field):
            continue
        if field.name == "masks":
            masks = "".join(f"{_text(column)} = {_text(mask)}\n" for column, mask in sorted(value.items()))
            tables.append(f"\n[masks]\n{masks}")
        elif field.name == "links":
            tables.extend(f"\n[[links]]\n{''.join(_link(link))}" for link in value)
        else:
            lines.append(f"{field.name} = {_value(value)}\n")
    return "".join([*lines, *tables])


def recipe_request(text: str) -> SampleRequest:
    """The request that a recipe's text asks for. Raises `UsageError` as `checked_request`, and where it is no TOML."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"The recipe is not valid TOML: {error}.", hint="Correct the file.") from None
    for name in _ELSEWHERE & set(document):
        raise _unknown(name)
    return checked_request(document)


def checked_request(document: Mapping[str, Any]) -> SampleRequest:
    """The request of a document of its fields, from outside.

    Raises
    ------
    UsageError
        A field that there is not, or one of another type; the message names it, not its value.
    """
    _check(document, _KINDS)
    for link in document.get("links", ()):
        _check(link, _LINK)
        _need(link, ("child", "columns", "parent", "parent_columns"), "A link of the recipe")
    _need(document, ("source", "table"), "The recipe")
    return request_of(document)


def _check(document: Mapping[str, Any], kinds: Mapping[str, tuple[Callable[[Any], bool], str]]) -> None:
    for name, value in document.items():
        if name not in kinds:
            raise _unknown(name)
        fits, noun = kinds[name]
        if not fits(value):
            raise UsageError(f"{name} of the recipe must be {noun}.", hint="Correct it.", details={"field": name})


def _need(document: Mapping[str, Any], names: Sequence[str], what: str) -> None:
    missing = next((name for name in names if name not in document), None)
    if missing is not None:
        raise UsageError(f"{what} does not say its {missing}.", hint="Add it.", details={"field": missing})


def _unknown(name: str) -> UsageError:
    return UsageError(
        f"The recipe has a setting {name!r}, which there is not.",
        hint=f"It may have: {', '.join(name for name in _KINDS if name not in _ELSEWHERE)}.",
        details={"field": name},
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _is_maybe(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_text, value))


_TEXT = (_is_text, "a text")
_MAYBE = (_is_maybe, "a text")
_WHOLE = (_is_whole, "a whole number")
_SWITCH = (_is_switch, "true or false")
_LIST = (_is_list, "a list of texts")
_LINK = {
    "child": _TEXT,
    "columns": _LIST,
    "parent": _TEXT,
    "parent_columns": _LIST,
    "nullable": _SWITCH,
    "declared": _SWITCH,
}
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("source", "table"), _TEXT),
    "rows": _WHOLE,
    "method": _TEXT,
    "seed": _WHOLE,
    "masks": (lambda value: isinstance(value, dict) and all(map(_is_text, value.values())), "a section of texts"),
    **dict.fromkeys(("dataset", "notebook"), _MAYBE),
    "by": _LIST,
    "allocation": _TEXT,
    "order": _MAYBE,
    "per": _WHOLE,
    **dict.fromkeys(("start", "end"), _MAYBE),
    "keys": (lambda value: isinstance(value, list | tuple) and all(map(_is_list, value)), "a list of lists of texts"),
    "where": _MAYBE,
    "pace": _TEXT,
    "related": _SWITCH,
    **dict.fromkeys(("children", "cut"), _LIST),
    "links": (
        lambda value: isinstance(value, list | tuple) and all(isinstance(one, dict) for one in value),
        "sections",
    ),
}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _link(link: Link) -> Iterator[str]:
    for field in fields(link):
        value = getattr(link, field.name)
        if value != _default(field):
            yield f"{field.name} = {_value(value)}\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(map(_value, value))}]"


def _text(text: str) -> str:
    """`text` as a basic string. Half of a surrogate pair, which no text file can hold, becomes a question mark."""
    whole = text.encode("utf-8", "replace").decode()
    return '"' + "".join(_character(character) for character in whole) + '"'


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04X}" if ord(character) < 0x20 or ord(character) == 0x7F else character
