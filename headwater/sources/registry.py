"""The sources by kind. A driver that is not installed gives an error that names the install command."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from headwater.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from headwater.config import SourceConfig
    from headwater.sources.base import Source


class _Kind(NamedTuple):
    module: str
    attribute: str
    extra: str
    needs: tuple[str, ...]


KINDS = {
    "postgresql": _Kind(
        "headwater.sources.postgresql.source",
        "PostgresqlSource",
        "postgresql",
        ("psycopg", "adbc_driver_postgresql", "adbc_driver_manager"),
    ),
    "duckdb": _Kind("headwater.sources.duckdb.source", "DuckdbSource", "duckdb", ("duckdb",)),
    "files": _Kind("headwater.sources.files.source", "FilesSource", "duckdb", ("duckdb",)),
    "iceberg": _Kind("headwater.sources.lake.iceberg", "IcebergSource", "duckdb", ("duckdb", "pyiceberg")),
    "delta": _Kind("headwater.sources.lake.delta", "DeltaSource", "delta", ("deltalake", "duckdb")),
    "mariadb": _Kind("headwater.sources.mariadb.source", "MariadbSource", "mariadb", ("pymysql",)),
    "mysql": _Kind("headwater.sources.mariadb.source", "MariadbSource", "mariadb", ("pymysql",)),
}


def open_source(config: SourceConfig) -> Source:
    """The source that `config` describes; nothing is reached yet.

    Raises
    ------
    UsageError
        There is no such kind.
    MissingExtra
        Its driver is not installed.
    """
    kind = KINDS.get(config.kind)
    if kind is None:
        raise UsageError(
            f"The source {config.name} is of kind {config.kind!r}, which this Headwater does not know.",
            hint=f"Known kinds: {', '.join(KINDS)}.",
        )
    if any(find_spec(module) is None for module in kind.needs):
        raise MissingExtra(
            f"The source {config.name} needs the {config.kind} driver, which is not installed.",
            hint=f'Install it with: pip install "jupyterlab-headwater[{kind.extra}]"',
            details={"extra": kind.extra},
        )
    make: Callable[[SourceConfig], Source] = getattr(import_module(kind.module), kind.attribute)
    return make(config)
