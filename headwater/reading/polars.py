"""Reading with polars alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

    from headwater.reading.request import Request


def read(request: Request) -> polars.DataFrame:
    """The rows as a DataFrame."""
    frame = scan(request)
    if request.predicate is not None:
        frame = frame.filter(request.predicate.to_polars())
    frame = frame.select(request.names)
    if request.limit is not None:
        frame = frame.head(request.limit)
    # Measured at 10 million rows: half the time of the engine that polars would choose, and the same order of rows.
    return frame.collect(engine="streaming")


def scan(request: Request) -> polars.LazyFrame:
    """The version as a LazyFrame over its files, all columns in the version's order."""
    import polars as pl

    if not request.paths:
        from headwater.reading.types import polars_schema

        return pl.LazyFrame(schema=polars_schema(request.version.types))
    # Directory names such as ``day=3`` and characters such as ``*`` mean nothing here: the list is exact.
    return pl.scan_parquet(request.paths, glob=False, hive_partitioning=False).select(list(request.version.types))
