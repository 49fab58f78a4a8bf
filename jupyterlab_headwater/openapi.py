"""Make ``api/openapi.json`` from the route table and the models.

Run ``python -m jupyterlab_headwater.openapi`` to write it; a test compares and names this command.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from headwater.models import ErrorDocument
from headwater.policy import ACTIONS
from jupyterlab_headwater.routes import PREFIX, ROUTES, Parameter, Route
from jupyterlab_headwater.wire import adapter

CONTRACT = Path(__file__).parent.parent / "api" / "openapi.json"

_TYPES: dict[type, str] = {str: "string", int: "integer", bool: "boolean"}
_REASONS = {
    400: "The request is malformed.",
    401: "Nobody is signed in.",
    403: "The caller may not do this.",
    404: "It does not exist, or may not be seen.",
    422: "The file or its data is wrong.",
    409: "Somebody else changed it first.",
    503: "A part that is needed is not there.",
    507: "The disk is full; nothing was kept.",
}


def document() -> dict[str, Any]:
    """The whole contract as an OpenAPI 3.1 document."""
    responses = _schemas([ErrorDocument, *(r.response for r in ROUTES if r.response is not None)])
    for schema in responses.values():
        # A response always carries every field; only a request may leave one out.
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
    requests = _schemas([route.request for route in ROUTES if route.request is not None])
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headwater",
            "version": PREFIX.rsplit("/", 1)[-1],
            "description": "Made from jupyterlab_headwater/routes.py and headwater/models.py. Do not edit.",
        },
        "paths": paths,
        "components": {"schemas": dict(sorted({**requests, **responses}.items()))},
    }


def _schemas(models: list[type[Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for model in models:
        schema = adapter(model).json_schema(ref_template="#/components/schemas/{model}")
        found.update(schema.pop("$defs", {}))
        found[model.__name__] = schema
    for schema in found.values():
        if "description" in schema:
            schema["description"] = " ".join(schema["description"].split())
    return found


def _reference(model: type[Any]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.replace(".", "_"),
        "summary": route.summary,
        "x-headwater-action": route.action,
        "x-headwater-action-meaning": ACTIONS[route.action],
        "parameters": [_path_parameter(name) for name in _segments(route.path)]
        + [_query_parameter(parameter) for parameter in route.query],
        "responses": {str(route.status): _success(route)},
    }
    if route.request is not None:
        operation["requestBody"] = {"required": True, "content": _reference(route.request)}
    for status in route.errors:
        operation["responses"][str(status)] = {
            "description": _REASONS[status],
            "content": _reference(ErrorDocument),
        }
    return operation


def _success(route: Route) -> dict[str, Any]:
    meaning = {200: "Done.", 202: "The job has started.", 204: "Done."}[route.status]
    if route.stream:
        return {"description": "A WebSocket; each message is one document.", "content": _reference_of(route)}
    if route.response is None:
        return {"description": meaning}
    return {"description": meaning, "content": _reference(route.response)}


def _reference_of(route: Route) -> dict[str, Any]:
    assert route.response is not None
    return _reference(route.response)


def _segments(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES[parameter.type]}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = parameter.default
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "schema": schema,
    }
    if parameter.description:
        described["description"] = parameter.description
    return described


def text() -> str:
    """The contract as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    CONTRACT.parent.mkdir(exist_ok=True)
    CONTRACT.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {CONTRACT.name}\n")


if __name__ == "__main__":
    main()
