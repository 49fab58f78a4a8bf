"""Mask domains: which columns share a key, so that equal values in them stay equal, over tables and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from headwater.sampling.key import DEFAULT, Keyring, MaskKey

if TYPE_CHECKING:
    from headwater.config import MaskDomain

UNKEYED = frozenset({"keep", "null", "drop", "bin", "redact"})
"""Masks that need no key."""


class MaskKeys:
    """The keys for the columns of one table.

    Parameters
    ----------
    ring:
        The home's keys, or one key for everything.
    domains:
        As configured. The first that names a column has it, else the first that names its mask; the default
        domain has all others.
    source, table:
        The table as ``schema.table``.
    alike:
        Columns that have the key of another, ``schema.table.column``, whose values they hold.
    """

    def __init__(
        self,
        ring: Keyring | MaskKey,
        domains: Sequence[MaskDomain] = (),
        source: str = "",
        table: str = "",
        alike: Mapping[str, str] | None = None,
    ) -> None:
        self._ring = ring
        self._domains = [domain for domain in domains if source in domain.sources]
        self._source, self._table = source, table
        self._alike = dict(alike or {})
        self._known: dict[str, MaskKey] = {}

    def of(self, column: str, mask: str) -> MaskKey:
        """The key for values of `column` that get `mask`. Raises `KeyUnavailable`."""
        domain = self._domain(column, mask)
        if domain not in self._known:
            self._known[domain] = self._ring if isinstance(self._ring, MaskKey) else self._ring.current(domain)
        return self._known[domain]

    def names(self, masks: Mapping[str, str]) -> dict[str, str]:
        """The name of each column's key, such as ``person/2``, for columns whose masks have one."""
        return {
            column: self.of(column, mask).name
            for column, mask in sorted(masks.items())
            if mask.partition(":")[0] not in UNKEYED
        }

    def _domain(self, column: str, mask: str) -> str:
        name = f"{self._source}.{self._alike.get(column, f'{self._table}.{column}')}"
        for domain in self._domains:
            if any(fnmatchcase(name, pattern) for pattern in domain.columns):
                return domain.name
        return next((domain.name for domain in self._domains if mask.partition(":")[0] in domain.masks), DEFAULT)


def one_key(secret: bytes) -> MaskKeys:
    """One key for every column, as a home without domains has it."""
    return MaskKeys(MaskKey(DEFAULT, 1, secret))
