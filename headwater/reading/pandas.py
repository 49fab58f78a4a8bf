"""Reading into pandas, by way of pyarrow; pandas 2 and 3 alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import UnsupportedFormat
from headwater.reading import arrow

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from headwater.reading.request import Request


def read(request: Request) -> pandas.DataFrame:
    """The rows as a DataFrame with a fresh index.

    Raises
    ------
    UnsupportedFormat
        A day lies outside the years 1 to 9999, which pandas' objects for days cannot say.
    """
    rows = arrow.read(request)
    try:
        return rows.to_pandas()
    except (OverflowError, ValueError) as error:
        column = _beyond(rows)
        if column is None:
            raise
        raise UnsupportedFormat(
            f"pandas cannot hold a day in the column {column}: its year is not in 1 to 9999.",
            hint='Read it with as_="polars" or "arrow", or leave such days out with where=.',
            details={"column": column},
        ) from error


def _beyond(rows: pyarrow.Table) -> str | None:
    """The first column that pandas cannot hold."""
    for name in map(str, rows.column_names):
        try:
            rows[name].to_pandas()
        except (OverflowError, ValueError):
            return name
    return None
