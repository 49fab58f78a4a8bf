"""Keys of tables that have none of their own, as headwater.toml gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from headwater.errors import UsageError

if TYPE_CHECKING:
    from headwater.config import SourceConfig


def configured_key(config: SourceConfig, schema: str, table: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that ``[sources.NAME.keys]`` names for a table, or none.

    Raises `UsageError` for a column that the table has not.
    """
    key = config.keys.get(f"{schema}.{table}", config.keys.get(table, ()))
    missing = [name for name in key if name not in columns]
    if missing:
        raise UsageError(
            f"[sources.{config.name}.keys] gives {schema}.{table} a key of the column {missing[0]}, which it has not.",
            hint=f"Its columns: {', '.join(columns[:20])}.",
        )
    return key
