"""Reading with DuckDB alone: a relation on the default connection, which users can join with theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from headwater.errors import UnsupportedFormat
from headwater.predicate.compile_duckdb import quoted

if TYPE_CHECKING:
    import duckdb

    from headwater.reading.request import Request


def read(request: Request) -> duckdb.DuckDBPyRelation:
    """The rows as a relation; they are read each time that it is asked for a result."""
    import duckdb

    _refuse_twins(request)
    columns = ", ".join(quoted(name) for name in request.names)
    # Column names are the version's own and quoted, paths are the ledger's; what a user wrote is bound.
    query = f"SELECT {columns} FROM {_files(request)}"  # noqa: S608
    values: list[object] = []
    if request.predicate is not None:
        condition, values = request.predicate.to_duckdb()
        query += f" WHERE {condition}"
    if request.limit is not None:
        query += f" LIMIT {request.limit}"
    relation = duckdb.sql(query, params=values) if values else duckdb.sql(query)
    return cast("duckdb.DuckDBPyRelation", relation)


def scan(request: Request) -> duckdb.DuckDBPyRelation:
    """The version as a relation."""
    return read(request)


def _files(request: Request) -> str:
    if not request.paths:
        from headwater.reading.types import duckdb_types

        empty = (
            f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in duckdb_types(request.version.types).items()
        )
        return f"(SELECT {', '.join(empty)} LIMIT 0)"
    listed = ", ".join(f"'{_exact(path)}'" for path in request.paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def _exact(path: str) -> str:
    """`path` inside a string literal, with the characters that DuckDB takes for patterns made plain."""
    return re.sub(r"([\[*?])", r"[\1]", path).replace("'", "''")


def _refuse_twins(request: Request) -> None:
    folded: dict[str, str] = {}
    for name in request.version.types:
        twin = folded.setdefault(name.lower(), name)
        if twin != name:
            raise UnsupportedFormat(
                f"DuckDB cannot tell the columns {twin!r} and {name!r} apart.",
                hint='Read it with as_="polars" or "arrow".',
            )
