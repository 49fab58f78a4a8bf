"""Print personal values of a table of the demo's production, one a line, for a test to look for where none may be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from headwater.demo.home import DemoHome
from headwater.demo.planted import PLANTED
from headwater.demo.production import Production


def main(table: str) -> None:
    with Production(DemoHome(Path(os.environ["HEADWATER_HOME"])).production) as production:
        with production.connect() as connection:
            for planted in PLANTED:
                if planted.table == table and planted.anywhere:
                    query = f"SELECT DISTINCT {planted.value} FROM {table} LIMIT 1000"
                    for (value,) in connection.execute(query.encode()):
                        if value:
                            print(value)


if __name__ == "__main__":
    main(sys.argv[1])
