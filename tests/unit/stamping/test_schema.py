"""The stamp's schema, its examples, and the code that relies on its shape."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from headwater.stamping.references import broken_references
from headwater.stamping.shape import shape_faults
from headwater.stamping.statement import PREDICATE_TYPE

API = Path(__file__).parents[3] / "api" / "stamp"
SCHEMA = json.loads((API / "v1.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((API / "examples").glob("*.json"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def example(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((API / "examples" / name).read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_what_their_names_say(validator: Draft202012Validator, path: Path) -> None:
    stamp = json.loads(path.read_text(encoding="utf-8"))
    faults = [error.message for error in validator.iter_errors(stamp)]
    if path.name.startswith("bad-reference"):
        assert not faults
        assert list(broken_references(stamp))
    elif path.name.startswith("bad-"):
        assert faults
    else:
        assert not faults
        assert not list(shape_faults(stamp))
        assert not list(broken_references(stamp))


def test_there_are_examples_of_each_sort() -> None:
    names = [path.name for path in EXAMPLES]
    assert sum(name.startswith("bad-") for name in names) >= 4
    assert sum(not name.startswith("bad-") for name in names) >= 3


def test_the_schema_names_its_version_as_the_statement_does() -> None:
    assert SCHEMA["$id"] == f"{PREDICATE_TYPE}.json"


def test_every_field_is_described() -> None:
    def properties(schema: Any, place: str = "") -> Iterator[tuple[str, Any]]:
        if isinstance(schema, dict):
            for name, inner in schema.get("properties", {}).items() if "properties" in schema else ():
                yield f"{place}/{name}", inner
            for name, inner in schema.items():
                yield from properties(inner, f"{place}/{name}")
        elif isinstance(schema, list):
            for inner in schema:
                yield from properties(inner, place)

    def is_described(schema: dict[str, Any]) -> bool:
        if "description" in schema:
            return True
        if "$ref" in schema:
            return "description" in SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")] or schema["$ref"].endswith(
                ("/kind", "/version", "/sha256")
            )
        return any(is_described(inner) for inner in schema.get("oneOf", ()) if inner != {"type": "null"})

    undescribed = [
        place
        for place, schema in properties(SCHEMA)
        if not is_described(schema) and "/if/" not in place and "/then/" not in place
    ]
    assert undescribed == []


def test_what_is_built_is_valid(desk: Any, validator: Draft202012Validator) -> None:
    stamp = desk.stamped()["metadata"]["headwater"]["stamp"]
    assert [error.message for error in validator.iter_errors(stamp)] == []
    assert list(shape_faults(stamp)) == []
    assert list(broken_references(stamp)) == []


def test_unknown_fields_are_kept(validator: Draft202012Validator) -> None:
    stamp = example("straight-run.json")
    stamp["later"] = {"a": 1}
    stamp["cells"][0]["later"] = True
    stamp["notebook"]["later"] = None
    assert not list(validator.iter_errors(stamp))
    assert not list(shape_faults(stamp))


def test_code_asks_for_nothing_that_the_schema_does_not(validator: Draft202012Validator, desk: Any) -> None:
    """Damage every place of a stamp: what the schema accepts, the code must accept too."""

    def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in items:
            yield (*path, key)
            yield from places(item, (*path, key))

    whole = example("straight-run.json")
    for path in places(whole):
        for damage in (None, -1, 5, 1.5, "x", "v7", True, [], {}, [5], ...):
            stamp = copy.deepcopy(whole)
            place = stamp
            for key in path[:-1]:
                place = place[key]
            if damage is ...:
                if isinstance(place, list):
                    continue
                del place[path[-1]]
            else:
                place[path[-1]] = damage
            faults = list(shape_faults(stamp))
            assert not faults or not validator.is_valid(stamp), (path, damage, faults)
