"""Drawing 100,000 of a million rows, masked and committed, against the server alone and against pandas.

python bench/sampling.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from headwater.assembly import open_headwater
from headwater.demo.production import Production
from headwater.sample_models import SampleRequest
from headwater.services.jobs import JobContext

_ROWS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    place = Path(tempfile.gettempdir()) / f"headwater-bench-production-{os.geteuid()}"
    with tempfile.TemporaryDirectory() as folder, Production(place) as production:
        os.environ["BENCH_DSN"] = production.dsn
        home = Path(folder) / "home"
        home.mkdir()
        (home / "headwater.toml").write_text('[sources.prod]\nkind = "postgresql"\ndsn_env = "BENCH_DSN"\n')
        headwater = open_headwater(home)
        context = JobContext(lambda done, total, message: None)
        times: dict[str, list[float]] = {"sample": [], "stream": [], "server": [], "pandas": []}
        for _ in range(rounds):
            times["sample"].append(
                timed(lambda: headwater.samples.draw(SampleRequest("prod", "bookings"), "b", context))
            )
            times["stream"].append(timed(lambda: stream(headwater)))
            times["server"].append(timed(lambda: copy(production)))
            times["pandas"].append(timed(lambda: frame(production)))
        headwater.close()
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f"{_ROWS:,} of 1,000,000 rows, medians of {rounds}")
    for name in ("server", "stream", "sample", "pandas"):
        print(f"{name:8} {median[name]:6.2f} s   ratio to the server's COPY {median[name] / median['server']:5.2f}")


def stream(headwater: object) -> None:
    from headwater.sampling.selection import Selection
    from headwater.sources.registry import open_source

    with open_source(headwater.config.sources["prod"]).snapshot() as snapshot:  # type: ignore[attr-defined]
        assert sum(batch.num_rows for batch in snapshot.table("bookings").rows(Selection(_ROWS))) == _ROWS


def copy(production: Production) -> None:
    with production.connect() as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY ({_query()}) TO STDOUT (FORMAT binary)".encode()) as rows:
            for _ in rows:
                pass


def frame(production: Production) -> None:
    import pandas
    import sqlalchemy

    engine = sqlalchemy.create_engine(production.dsn.replace("postgresql://", "postgresql+psycopg://"))
    assert len(pandas.read_sql(_query(), engine)) == _ROWS


def _query() -> str:
    return f"SELECT * FROM bookings ORDER BY md5(booking_id::text) LIMIT {_ROWS}"


def timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
