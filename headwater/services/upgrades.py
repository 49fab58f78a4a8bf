"""What lies between two versions of a dataset, as one reviews it before a pin is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.models import Column, Version
from headwater.naming import version_name

if TYPE_CHECKING:
    from headwater.services.catalog import CatalogService

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A step from one version to another.

    `between` has the versions that come with it, newest first, `after` included and `before` not; `more`
    counts those beyond the first twenty. Of a step back they are the versions that are left.
    """

    before: Version
    after: Version
    added: tuple[Column, ...]
    removed: tuple[Column, ...]
    retyped: tuple[tuple[Column, Column], ...]
    between: tuple[Version, ...]
    more: int


def compare_versions(catalog: CatalogService, before: Version, after: Version) -> Upgrade:
    """The step from `before` to `after`, two versions of one dataset, by what the ledger knows; no row is
    read.
    """
    old = {column.name: column for column in before.schema}
    new = {column.name: column for column in after.schema}
    low, high = sorted((int(before.version[1:]), int(after.version[1:])))
    shown = range(high, max(low, high - _SHOWN), -1)
    between = tuple(catalog.resolve(f"{after.dataset}@{version_name(number)}") for number in shown)
    return Upgrade(
        before=before,
        after=after,
        added=tuple(column for name, column in new.items() if name not in old),
        removed=tuple(column for name, column in old.items() if name not in new),
        retyped=tuple((old[name], new[name]) for name in new if name in old and old[name].type != new[name].type),
        between=between,
        more=high - low - len(between),
    )
