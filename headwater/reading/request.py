"""What to read of a version, checked once for all engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from headwater.errors import UnsupportedFormat, UsageError
from headwater.reading.files import VersionFiles, check

if TYPE_CHECKING:
    from headwater.predicate import Predicate


class Request(NamedTuple):
    """A checked request. `paths` are the files to open, in row order; `columns` None means all."""

    version: VersionFiles
    paths: list[str]
    columns: list[str] | None
    predicate: Predicate | None
    limit: int | None

    @property
    def names(self) -> list[str]:
        """The columns of the result, in its order."""
        return list(self.version.types) if self.columns is None else self.columns


def request(version: VersionFiles, columns: Sequence[str] | None, where: str | None, limit: int | None) -> Request:
    """Check columns, filter and limit against the version, and its files against the disk."""
    chosen = None if columns is None else _columns(version, columns)
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise UsageError(f"limit={limit!r} is no number of rows.", hint="Give a whole number, 0 or more.")
    return Request(version, check(version), chosen, _predicate(version, where), limit)


def _columns(version: VersionFiles, columns: Sequence[str]) -> list[str]:
    if isinstance(columns, str):
        raise UsageError(f"columns={columns!r} is text, not a list.", hint=f"Write columns=[{columns!r}].")
    chosen = list(columns)
    if not chosen:
        raise UsageError("columns=[] asks for no column.", hint="Leave columns= out to take every column.")
    for name in chosen:
        if name not in version.types:
            from headwater.predicate.binding import column_not_found

            raise column_not_found(name, list(version.types))
        if chosen.count(name) > 1:
            raise UsageError(f"columns= names {name!r} twice.", hint="Name each column once.")
    return chosen


def _predicate(version: VersionFiles, where: str | None) -> Predicate | None:
    if where is None:
        return None
    if not isinstance(where, str):
        raise UnsupportedFormat(
            f"where= takes text, not {type(where).__name__}.", hint='Write for example where="amount > 100".'
        )
    from headwater.predicate import Predicate

    return Predicate(where, version.types)
