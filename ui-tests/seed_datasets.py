"""Record many datasets in the ledger of the home that the browser works on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from headwater.assembly import open_headwater
from headwater.home import Home

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from seeding import seed_datasets


def main(count: int) -> None:
    headwater = open_headwater(Home.locate(os.environ["HEADWATER_HOME"]))
    seed_datasets(headwater.database, count)
    headwater.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
