"""How long rows are kept, and what is said of those that were erased. Light: kernels import it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from headwater.clock import as_datetime, as_text
from headwater.errors import VersionErased

if TYPE_CHECKING:
    from headwater.models import Version

SAMPLE_DAYS = 90
"""Days after which a sample expires, unless ``[retention] sample_days`` says otherwise."""


def expires_at(kind: str, created: str, sample_days: int) -> str | None:
    """When a version's rows are to be erased, or None: only samples expire, and none does with 0 days.

    It counts from the draw. A pin does not extend it: it was promised to those whom the rows are about.
    """
    if kind != "sample" or sample_days == 0:
        return None
    return as_text(as_datetime(created) + timedelta(days=sample_days))


def erased_error(dataset: str, version: str, kind: str, *, reason: str, by: str, at: str) -> VersionErased:
    """What a read of an erased version is answered with."""
    again = "draw it again, or " if kind == "sample" else ""
    return VersionErased(
        f"The rows of {dataset} {version} were erased on {at[:10]} by {by}: {_sentence(reason)}",
        hint=f'They cannot be had back; {again}take another version: hw.versions("{dataset}").',
        details={"dataset": dataset, "version": version, "reason": reason, "by": by, "at": at},
    )


def fate(version: Version) -> str:
    """What became of a version's rows, or what will, in a sentence; empty for those that are kept."""
    named = f"{version.dataset} {version.version}"
    if version.erased is not None:
        gone = version.erased
        return (
            f"{named} was erased on {gone.at[:10]} by {gone.by}, so it cannot be read again: {_sentence(gone.reason)}"
        )
    if version.expires is not None:
        return f"{named} is a sample, whose rows are erased on {version.expires[:10]}."
    return ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
