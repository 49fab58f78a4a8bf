"""The stores by name. A store's libraries are imported when it is opened, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import UsageError

if TYPE_CHECKING:
    from headwater.stores.base import Store

KINDS = ("iceberg", "memory")
_LATER = ("delta",)


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
    if kind in _LATER:
        raise UsageError(
            f"This version of Headwater has no store of kind {kind!r} yet, whatever is installed.",
            hint=f"Use one of: {', '.join(KINDS)}; or look for a newer Headwater: "
            "pip install --upgrade jupyterlab-headwater",
        )
    raise UsageError(f"There is no store of kind {kind!r}.", hint=f"Known kinds: {', '.join(KINDS)}.")
