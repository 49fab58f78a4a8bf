"""The catalog with 100,000 datasets against the catalog with 100: listing, searching, committing.

Prints ratios of CPU time, each side measured in this run, in turns::

    python bench/catalog.py [--datasets 100000]

The large ledger is seeded directly. A commit is a whole one: rows into Iceberg, digests, ledger, search and event.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from seeding import seed_datasets

from headwater.assembly import Headwater, open_headwater

SMALL = 100
QUERIES = (
    "orders", "daily", "load", "id", "the load of", "customer", "daily load", "id daily", "o", "e", "team", "cust am",
    "orders_daily_77", "ers_d", "zzzz", "team001 orders", "CustomerId", "updated at country",
)  # fmt: skip
LISTS: tuple[dict[str, object], ...] = (
    {},
    {"sort": "updated", "descending": True},
    {"sort": "rows"},
    # As many rows on both sides: of 100 datasets fewer than 50 are of one kind.
    {"kind": "real", "sort": "bytes", "limit": 25},
)


def cpu(work: Callable[[], object]) -> float:
    """The CPU milliseconds of this process that `work` takes."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def in_turns(small: Callable[[], object], large: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median CPU milliseconds of both, measured alternately after one round to warm up."""
    small(), large()
    pairs = [(cpu(small), cpu(large)) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def report(what: str, small: float, large: float, bound: float) -> bool:
    """Print one ratio against its bound; returns whether it holds."""
    ratio = large / small
    holds = ratio <= bound
    print(
        f"{what:45} {small:8.2f} ms {large:8.2f} ms   ratio {ratio:5.2f} (at most {bound})"
        f" {'ok' if holds else 'MISSED'}"
    )
    return holds


def commit_once(parts: Headwater, name: str, seed: int) -> None:
    """One whole commit of 10,000 rows to `name`."""
    import pyarrow as pa

    batch = pa.table({"id": range(seed, seed + 10_000), "city": [f"city {i % 97}" for i in range(10_000)]})
    parts.commits.commit(name, batch.to_reader(), kind="real", message="bench", author="bench")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--datasets", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=41)
    options = arguments.parse_args()
    held = True
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as place:
        homes = {count: open_headwater(Path(place) / str(count)) for count in (SMALL, options.datasets)}
        for count, parts in homes.items():
            seed_datasets(parts.database, count)
        small, large = homes[SMALL], homes[options.datasets]
        print(f"{'':45} {SMALL:>11,} {options.datasets:>11,}")

        for filters in LISTS:
            few, many = in_turns(
                lambda f=filters: small.catalog.search(**f),
                lambda f=filters: large.catalog.search(**f),
                options.rounds,
            )
            held &= report(f"list {filters or 'by name'}", few, many, 1.5)

        times: list[float] = []
        for query in QUERIES:
            mine = sorted(cpu(lambda q=query: large.catalog.search(q)) for _ in range(9))
            times.extend(mine)
            print(f"search {query!r:38} {'':11} {mine[4]:8.2f} ms")
        middle, late = median(times), quantiles(times, n=20)[18]
        held &= middle <= 20 and late <= 50
        print(f"{'search, all queries':45} median {middle:.1f} ms (at most 20), p95 {late:.1f} ms (at most 50)")

        for number in range(100):
            commit_once(large, f"real.table_{number}", number)
        few, many = in_turns(
            lambda: commit_once(small, "real.table_0", 1), lambda: commit_once(large, "real.table_0", 1), 15
        )
        held &= report("a whole commit of 10,000 rows", few, many, 1.2)
        for parts in homes.values():
            parts.close()
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
