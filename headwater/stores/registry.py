"""The stores by name. A store's libraries are imported when it is opened, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import UsageError

if TYPE_CHECKING:
    from headwater.stores.base import Store

KINDS = ("iceberg", "memory")


def open_store(kind: str, *, catalog: str, warehouse: str) -> Store:
    """The store of this kind.

    Parameters
    ----------
    catalog:
        The SQLAlchemy address of the catalog's database, or the path of a SQLite file.
    warehouse:
        The directory or address below which tables are made.
    """
    if kind == "iceberg":
        from headwater.stores.iceberg import IcebergStore

        return IcebergStore(catalog, warehouse)
    if kind == "memory":
        from headwater.stores.memory import MemoryStore

        return MemoryStore()
    raise UsageError(f"There is no store of kind {kind!r}.", hint=f"Known kinds: {', '.join(KINDS)}.")
