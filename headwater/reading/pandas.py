"""Reading into pandas, by way of pyarrow; pandas 2 and 3 alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.reading import arrow

if TYPE_CHECKING:
    import pandas

    from headwater.reading.request import Request


def read(request: Request) -> pandas.DataFrame:
    """The rows as a DataFrame with a fresh index."""
    return arrow.read(request).to_pandas()
