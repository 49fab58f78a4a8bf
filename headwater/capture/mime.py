"""Records in the outputs of a cell, for runs without a server: hidden, since no front end shows the type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headwater.capture.kernel import shell

RECORD_MIME = "application/vnd.headwater.record.v1+json"


def publish(record: Mapping[str, Any]) -> None:
    """Add `record` to the outputs of the cell that runs; nothing in a plain script."""
    running = shell()
    if running is not None:
        running.display_pub.publish(data={RECORD_MIME: dict(record)})
