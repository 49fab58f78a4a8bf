"""The ledger's format, one numbered module a step. A ledger's format is the number of steps applied to it.

A step has ``STATEMENTS``, portable DDL, and may have ``DIALECT_STATEMENTS``, a mapping of a dialect's name to
DDL that only this dialect understands. A step that was released is never changed; a new one follows it.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from headwater.clock import now
from headwater.errors import LedgerIncompatible

if TYPE_CHECKING:
    from headwater.ledger.base import Database, Transaction

MIGRATIONS = (
    "m0001_catalog",
    "m0002_notebooks",
    "m0003_audit",
    "m0004_stamps",
    "m0005_jobs",
    "m0006_recipes",
    "m0007_saved_recipes",
    "m0008_erasures",
    "m0009_audit_heads",
    "m0010_sample_sets",
    "m0011_sealed_recipes",
    "m0012_masks",
    "m0013_awaited_versions",
)

_TABLE = """CREATE TABLE IF NOT EXISTS migration (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL)"""


def migrate(database: Database) -> None:
    """Bring `database` to this Headwater's format; raises `LedgerIncompatible` when a newer one wrote it."""
    if _is_current(database):
        return
    with database.transaction() as tx:
        tx.execute(_TABLE)
        applied = _applied(tx)
        for number, name in enumerate(MIGRATIONS, start=1):
            if number in applied:
                continue
            step = _step(name)
            for statement in (
                *step.STATEMENTS,
                *getattr(step, "DIALECT_STATEMENTS", {}).get(database.dialect, ()),
            ):
                tx.execute(database.ddl(statement))
            tx.execute("INSERT INTO migration (number, name, applied) VALUES (?, ?, ?)", (number, name, now()))


def _is_current(database: Database) -> bool:
    if not database.has_table("migration"):
        return False
    return len(_applied(database)) == len(MIGRATIONS)


def _applied(reader: Database | Transaction) -> set[int]:
    applied = {int(row["number"]) for row in reader.query("SELECT number FROM migration")}
    if applied and max(applied) > len(MIGRATIONS):
        raise LedgerIncompatible(
            f"A newer Headwater wrote this ledger: it has format {max(applied)}, and this Headwater knows formats "
            f"up to {len(MIGRATIONS)}.",
            hint="Upgrade with: pip install --upgrade jupyterlab-headwater, then restart the Jupyter server.",
            details={"format": max(applied), "known": len(MIGRATIONS)},
        )
    return applied


def _step(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")
