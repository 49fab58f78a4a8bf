"""Between JSON and the frozen models: validate what comes in, encode what goes out."""

from __future__ import annotations

import dataclasses
from typing import Any

from pydantic import TypeAdapter, ValidationError

from headwater.errors import UsageError

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def adapter(model: type[Any]) -> TypeAdapter[Any]:
    """The validator and encoder of one model; built once, since building takes milliseconds."""
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


def decode(model: type[Any], body: bytes) -> Any:
    """Decode a JSON request body into `model`.

    Raises
    ------
    UsageError
        The body is not JSON, lacks a field, has a field of a wrong type, or one that the model does not know.
    """
    try:
        value = adapter(model).validate_json(body or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise UsageError(
            f"The request body does not fit {model.__name__}: {where}: {first['msg']}.",
            hint="See api/openapi.json for the fields.",
            details={"field": where},
        ) from None
    _refuse_unknown_fields(model, body)
    return value


def _refuse_unknown_fields(model: type[Any], body: bytes) -> None:
    # Standard-library dataclasses carry no pydantic configuration, so a misspelt optional field would be
    # dropped in silence; one level is enough, as nested request models have required fields.
    import json

    known = {field.name for field in dataclasses.fields(model)}
    unknown = sorted(set(json.loads(body or b"{}")) - known)
    if unknown:
        raise UsageError(
            f"The request body has fields that {model.__name__} does not know: {', '.join(unknown)}.",
            hint=f"It takes: {', '.join(sorted(known))}.",
            details={"fields": unknown},
        )


def encode(model: type[Any], value: Any) -> bytes:
    """Encode `value`, a `model` or a document of its shape from the host, as JSON."""
    shape = adapter(model)
    if isinstance(value, dict):
        value = shape.validate_python(value)
    return shape.dump_json(value)
