"""Where an exception came from, for logs: kinds of errors and places in code, never the errors' texts.

The text of an exception can quote whatever was at hand: a cell of a row (Arrow's casts do), a statement, an address.
"""

from __future__ import annotations

import logging
import threading
import traceback
from typing import Any

log = logging.getLogger(__name__)


def trace(error: BaseException) -> str:
    """The kinds of `error` and of what caused it, each with its frames, innermost last."""
    lines: list[str] = []
    seen: set[int] = set()
    told: BaseException | None = error
    while told is not None and id(told) not in seen:
        seen.add(id(told))
        lines.append(f"{type(told).__module__}.{type(told).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(told.__traceback__)
        ]
        told = told.__cause__ or told.__context__
    return "\n".join(lines)


def log_threads_without_text() -> None:
    """Have an exception that ends a thread of this process logged by its `trace`, not with its text."""

    def tell(ended: Any) -> None:
        if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
            log.error("headwater: a thread ended unforeseen\n%s", trace(ended.exc_value))

    threading.excepthook = tell
