"""The one way that Headwater writes a time: ``2026-01-31T09:30:00.123Z``, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The current time as text of fixed width."""
    return as_text(datetime.now(UTC))


def as_text(moment: datetime) -> str:
    """`moment`, which must know its time zone, as text of fixed width."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_datetime(text: str) -> datetime:
    """The moment that `text` names."""
    return datetime.fromisoformat(text)
