"""DuckDB as Headwater opens it: for reading, without the network, extensions or files but the one that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from headwater.config import SourceConfig

MEMORY = ":memory:"


def connect(config: SourceConfig, database: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """A connection to the file `database`, or to none.

    Nothing is spilled to disk, where rows would lie unmasked: what does not fit into the memory that is given fails.
    """
    import duckdb

    return duckdb.connect(
        database,
        read_only=database != MEMORY,
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            "temp_directory": "",
            "memory_limit": f"{config.memory_mb}MB",
            "threads": str(config.threads),
            "lock_configuration": "true",
        },
    )
