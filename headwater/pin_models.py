"""The models that a kernel needs for every load; apart, since making all models takes as long as a small
read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["real", "sample", "simulated", "derived"]


@dataclass(frozen=True, slots=True)
class Pin:
    """A notebook's entry ``dataset -> version``."""

    dataset: str
    version: str
    digest: str
    kind: Kind
    pinned_by: str
    pinned_at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PinOperation:
    """One change of a pin.

    `version` null on ``set`` means the newest. `pin` puts back the pin that was there before, as undo does, also
    one of a version that this home does not have; `version` and `reason` are its own then.
    """

    op: Literal["set", "remove"]
    dataset: str
    version: str | None = None
    reason: str = ""
    pin: Pin | None = None
