"""The memory that importing a large CSV takes, against what pandas takes for a part of it.

python bench/import_memory.py [--gigabytes 5]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_IMPORT = """
import resource, sys
from headwater.assembly import open_headwater
headwater = open_headwater(sys.argv[1])
version = headwater.imports.import_file(sys.argv[2], "bench.csv", author="bench")
print(version.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
_PANDAS = """
import resource, sys
import pandas
print(len(pandas.read_csv(sys.argv[2])), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gigabytes", type=float, default=5)
    size = parser.parse_args().gigabytes
    with tempfile.TemporaryDirectory() as folder:
        large, part = Path(folder) / "large.csv", Path(folder) / "part.csv"
        write(large, int(size * 1e9))
        write(part, int(size * 1e8))
        rows, peak, seconds = run(_IMPORT, folder, large)
        _, beside, _ = run(_PANDAS, folder, part)
        print(f"{large.stat().st_size / 1e9:.2f} GB, {rows:,} rows in {seconds:.0f} s")
        print(f"peak of headwater import: {peak / 1e6:.2f} GB (under 1) {'ok' if peak < 1e6 else 'MISSED'}")
        print(f"pandas.read_csv of a tenth of it: {beside / 1e6:.2f} GB, ratio {peak / beside:.2f}")
    return 0 if peak < 1e6 else 1


def write(path: Path, size: int) -> None:
    block = "".join(
        f"{n},{n * 7919 % 1_000_003},city {n % 100},{n / 8:.3f},2026-01-{1 + n % 28:02d}\n" for n in range(200_000)
    )
    with path.open("w") as file:
        file.write("id,number,city,amount,day\n")
        for _ in range(max(1, size // len(block))):
            file.write(block)


def run(code: str, folder: str, path: Path) -> tuple[int, int, float]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, f"{folder}/home", str(path)], capture_output=True, text=True, check=True
    )
    rows, peak = done.stdout.split()
    return int(rows), int(peak), time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
