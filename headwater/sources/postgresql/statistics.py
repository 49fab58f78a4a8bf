"""What PostgreSQL's planner knows of columns, from `pg_stats`: it shows only what the configured user may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from headwater.sampling.distance import ColumnStatistics

if TYPE_CHECKING:
    from headwater.sources.postgresql.catalog import KnownTable
    from headwater.sources.postgresql.snapshot import PostgresqlSnapshot

# Rows of tables that inherit from it are part of a table; its statistics with them are the newer ones where both exist.
_KNOWN = """
SELECT DISTINCT ON (attname) attname::text AS name, null_frac::float8 AS nulls,
       most_common_vals::text::text[] AS common, most_common_freqs::float8[] AS shares,
       histogram_bounds::text::text[] AS bounds
  FROM pg_stats WHERE schemaname = $1 AND tablename = $2 ORDER BY attname, inherited DESC"""


def known_statistics(
    snapshot: PostgresqlSnapshot, table: KnownTable, columns: Sequence[str]
) -> Mapping[str, ColumnStatistics]:
    """By column; empty where the table was never analyzed."""
    import pyarrow as pa

    wanted = frozenset(columns)
    values = pa.record_batch({"schema": [table.schema], "name": [table.name]})
    return {
        row["name"]: ColumnStatistics(
            row["nulls"],
            dict(zip(row["common"] or (), row["shares"] or (), strict=False)),
            tuple(row["bounds"] or ()),
        )
        for batch in snapshot.batches(_KNOWN, values)
        for row in batch.to_pylist()
        if row["name"] in wanted
    }
