"""Write api/public-api.md: what a notebook may import, with signatures and the first line of each docstring."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import headwater

TARGET = Path(__file__).parents[1] / "api" / "public-api.md"


def text() -> str:
    """The document as it is committed."""
    lines = [
        "# The kernel API",
        "",
        "`import headwater as hw`. Made from the code by `make contract`; a change here changes every notebook.",
        "",
    ]
    for name in sorted(headwater.__all__):
        found = getattr(headwater, name)
        summary = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
        if inspect.isfunction(found):
            lines += [f"## `{name}{_signature(found)}`", "", summary, ""]
        elif inspect.isclass(found) and issubclass(found, Exception):
            lines += [
                f"## `{name}`",
                "",
                f"An error ({', '.join(base.__name__ for base in found.__bases__)}). {summary}",
            ]
            lines += [""]
        elif inspect.isclass(found):
            lines += [f"## `{name}`", "", summary, ""]
    return "\n".join(lines).rstrip() + "\n"


def _signature(function: Callable[..., Any]) -> str:
    """The signature with annotations as they are written, not as the strings that they are kept as."""
    signature = inspect.signature(function)
    parameters = [
        f"{one.name}: {one.annotation}" + ("" if one.default is one.empty else f" = {one.default!r}")
        for one in signature.parameters.values()
    ]
    return f"({', '.join(parameters)}) -> {signature.return_annotation}"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET.name}\n")
