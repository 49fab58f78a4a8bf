"""The arguments of an operation, checked as they are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, cast

from headwater.errors import UsageError

T = TypeVar("T")


class Arguments:
    """JSON values by name. A missing one, or one of a wrong type, raises `UsageError` naming it."""

    def __init__(self, operation: str, values: Mapping[str, Any]) -> None:
        self._operation = operation
        self._values = values

    def text(self, name: str, default: str | None = None) -> str:
        """A text; `default` when it is not given."""
        return self._value(name, str, default)

    def maybe_text(self, name: str) -> str | None:
        """A text or null."""
        return self._value(name, str, None) if self._values.get(name) is not None else None

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        return self._value(name, int, default)

    def maybe_number(self, name: str) -> int | None:
        """A whole number or null."""
        return self._value(name, int, None) if self._values.get(name) is not None else None

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false."""
        return self._value(name, bool, default)

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty when it is not given."""
        found = self._value(name, list, [])
        if not all(isinstance(text, str) for text in found):
            raise self._wrong(name)
        return found

    def maybe_texts(self, name: str) -> list[str] | None:
        """A list of texts or null."""
        return self.texts(name) if self._values.get(name) is not None else None

    def text_map(self, name: str) -> dict[str, str]:
        """Texts by name; empty when it is not given."""
        found = self._value(name, dict, {})
        if not all(isinstance(text, str) for pair in found.items() for text in pair):
            raise self._wrong(name)
        return found

    def mapping(self, name: str) -> dict[str, Any]:
        """An object, as it came."""
        return self._value(name, dict, None)

    def model(self, name: str, model: type[T]) -> T:
        """An object as a model of `headwater.models` that holds plain values."""
        return self._as_model(name, self._value(name, dict, None), model)

    def models(self, name: str, model: type[T]) -> list[T]:
        """A list of objects as models."""
        return [self._as_model(name, found, model) for found in self._value(name, list, None)]

    def _as_model(self, name: str, found: Any, model: type[T]) -> T:
        known = {field.name: field for field in fields(cast(Any, model))}
        required = {
            field.name for field in known.values() if field.default is MISSING and field.default_factory is MISSING
        }
        if not isinstance(found, dict) or not required <= set(found) <= set(known):
            raise self._wrong(name)
        return model(**found)

    def _value(self, name: str, kind: type[T], default: T | None) -> T:
        found = self._values.get(name, default)
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self._wrong(name)
        return found

    def _wrong(self, name: str) -> UsageError:
        return UsageError(
            f"The host was asked for {self._operation} with {name} missing or of a wrong type.",
            hint="Client and host may be of different versions of Headwater; upgrade the older one.",
            details={"operation": self._operation, "argument": name},
        )
