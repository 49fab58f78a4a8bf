"""Loading a version against reading its Parquet files by hand, in the same run; ratios of CPU and wall time.

python bench/load.py [--rows 10000000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from headwater.assembly import open_headwater

COLUMNS = 10
HEAVY = ("pyarrow", "pandas", "numpy", "polars", "duckdb", "pyiceberg", "pydantic", "tornado")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        os.environ["HEADWATER_HOME"] = str(home)
        headwater = open_headwater(home)
        schema = sales(0, 1).schema
        reader = pa.RecordBatchReader.from_batches(schema, batches(options.rows))
        headwater.commits.commit("bench.wide", reader, kind="real", author="bench")
        small = pa.table({f"c{n}": np.arange(10_000) * n for n in range(4)})
        headwater.commits.commit("bench.small", small.to_reader(), kind="real", author="bench")
        wide = [file.path for file in headwater.catalog.files(headwater.catalog.resolve("bench.wide"))]
        file = headwater.catalog.files(headwater.catalog.resolve("bench.small"))[0].path
        headwater.close()
        print(f"{options.rows:,} rows, {COLUMNS} columns, {len(wide)} files")
        paths = Path(folder) / "paths"
        paths.write_text("\n".join(wide))
        held = [
            *compare(str(paths), options.rounds),
            fresh("arrow", "10,000 rows, fresh process, Arrow", file, "", options.rounds * 3),
            fresh("pandas", "10,000 rows, fresh process, pandas", file, ".to_pandas()", options.rounds * 3),
            imported(options.rounds * 3),
        ]
    return 0 if all(held) else 1


def sales(start: int, count: int) -> pa.RecordBatch:
    """Ten columns as tables of sales have them: keys, times, amounts, words of few and of many kinds."""
    made = np.random.default_rng(start)
    ids = np.arange(start, start + count)

    def words(kinds: list[str]) -> pa.Array:
        return pa.array(kinds).take(pa.array(made.integers(0, len(kinds), count)))

    return pa.record_batch(
        {
            "id": ids,
            "part": (ids // 500_000).astype("int32"),
            "at": pa.array(1_700_000_000_000_000 + ids * 1000 + made.integers(0, 900, count), pa.timestamp("us")),
            "customer": made.integers(0, 1_000_000, count).astype("int32"),
            "amount": made.gamma(2, 40, count).round(2),
            "score": made.random(count, dtype="float32"),
            "quantity": made.integers(1, 50, count).astype("int32"),
            "region": words(["EU", "US", "AP", "LA", "AF", "ME", "NA", "OC"]),
            "product": words([f"S{n:05}" for n in range(50_000)]),
            "state": words(["ok", "late", "bad"]),
        }
    )


def batches(rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, 500_000):
        yield sales(start, min(500_000, rows - start))


_LOADS = """
import statistics, sys, time
import headwater as hw
import polars
import pyarrow.parquet as pq

paths = open(sys.argv[1]).read().split()
way = {
    "pyarrow": lambda: pq.ParquetDataset(paths).read(),
    "arrow": lambda: hw.load("bench.wide@v1", as_="arrow"),
    "polars": lambda: hw.load("bench.wide@v1", as_="polars"),
}[sys.argv[2]]
hw.load("bench.small@v1", as_="polars" if sys.argv[2] == "polars" else "arrow")
taken = []
for _ in range(5):
    began, cpu = time.perf_counter(), time.process_time()
    way()
    taken.append((time.perf_counter() - began, time.process_time() - cpu))
again = [statistics.median(each) for each in zip(*taken[1:])]
print(*taken[0], *again)
"""


def compare(paths: str, rounds: int) -> list[bool]:
    """Loading against reading by hand. Each way has a process of its own, as two allocators in one take pages from
    each other, which made the ratio swing by half with the order; the first load of a process and the later ones apart,
    since the first pays for the pages."""
    took: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        for way in ("pyarrow", "arrow", "polars"):
            command = [sys.executable, "-W", "ignore", "-c", _LOADS, paths, way]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            took.setdefault(way, []).append([float(each) for each in out.split()])
    held = []
    for way, bound in (("arrow", 1.15), ("polars", 0.6)):
        for name, wall in (("first load", 0), ("loads after it", 2)):
            of = [
                statistics.median(ours[n] / peer[n] for ours, peer in zip(took[way], took["pyarrow"], strict=True))
                for n in (wall, wall + 1)
            ]
            held.append(report(f"{way} / pyarrow, {name}", of[0], bound, f"CPU {of[1]:.2f}"))
    return held


def fresh(as_: str, name: str, file: str, then: str, rounds: int) -> bool:
    ours = f'import headwater as hw; hw.load("bench.small@v1", as_={as_!r})'
    peer = f"import pyarrow.parquet as pq; pq.ParquetFile({file!r}).read(){then}"
    ratios = [cpu_of(ours) / cpu_of(peer) for _ in range(rounds)]
    return report(name, statistics.median(ratios), 1.3)


def imported(rounds: int) -> bool:
    extra = statistics.median(cpu_of("import headwater") - cpu_of("pass") for _ in range(rounds))
    print(f"import headwater: {1000 * extra:.0f} ms of CPU (at most 50) {'ok' if extra <= 0.05 else 'MISSED'}")
    code = f"import headwater, sys; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    print(f"heavy modules loaded by it: {loaded or 'none'}")
    return extra <= 0.05 and not loaded


def cpu_of(code: str) -> float:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(name: str, ratio: float, bound: float, more: str = "") -> bool:
    print(f"{name:40} ratio {ratio:5.2f} (at most {bound}) {'ok' if ratio <= bound else 'MISSED'} {more}", flush=True)
    return ratio <= bound


if __name__ == "__main__":
    sys.exit(main())
