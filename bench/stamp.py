"""What the stamp costs a save: Jupyter's own file contents manager with the hook against without.

Prints the ratio of CPU time of a whole save of a large notebook, each side measured in this run, in turns;
how long the hook blocks; and the CPU time of one verification::

    python bench/stamp.py [--pairs 30] [--megabytes 7]

Three kinds of save: nothing changed since the last; one output changed; one cell ran (a record in the spool).
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from jupyter_server.services.contents.filemanager import FileContentsManager

from headwater.assembly import Headwater, open_headwater
from headwater.capture.spool import Spool
from headwater.clock import now
from headwater.stamping.canonical import source_digest

CELLS = 200
MAX_RATIO = 1.2
MAX_BLOCKED_MS = 30.0
MAX_VERIFY_S = 1.0


@dataclass
class Saver:
    """Who saves."""

    user: str = "bench"
    source: str = "os-account"


def notebook(megabytes: float) -> dict[str, Any]:
    """A notebook of code cells with text outputs, `megabytes` in all."""
    chance = random.Random(7)
    words = int(megabytes * 1_000_000 / CELLS / 8)
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {
                "id": f"cell-{n}",
                "cell_type": "code",
                "metadata": {},
                "source": f"step({n})\n" * 10,
                "execution_count": n + 1,
                "outputs": [
                    {
                        "output_type": "stream",
                        "name": "stdout",
                        "text": "\n".join(f"{chance.random():.5f}" for _ in range(words)),
                    }
                ],
            }
            for n in range(CELLS)
        ],
    }


def record(kernel: str, identity: str, content: dict[str, Any], n: int) -> dict[str, Any]:
    """The record of one more run of cell `n`."""
    at = now()
    return {
        "v": 1, "id": str(uuid.uuid4()), "kernel": kernel, "notebook": identity, "path": None, "seq": n,
        "at": at, "type": "cell",
        "data": {
            "cell": f"cell-{n % CELLS}",
            "source_sha256": source_digest(content["cells"][n % CELLS]["source"]),
            "execution_count": n + 1, "status": "ok", "started": at, "ended": at,
            "environment": {"python": "3.11.7"}, "git": None,
        },
    }  # fmt: skip


class Bench:
    """One notebook, saved by two contents managers: a plain one, and one with the hook."""

    def __init__(self, place: Path, megabytes: float) -> None:
        self.headwater: Headwater = open_headwater(place / "home")
        self.content = notebook(megabytes)
        self.folder = place / "work"
        self.folder.mkdir()
        self.plain = FileContentsManager(root_dir=str(self.folder))
        self.stamped = FileContentsManager(root_dir=str(self.folder))
        self.blocked: list[float] = []
        self.stamped.register_pre_save_hook(self._hook)
        self.save(self.plain, "stamped.ipynb")
        self.kernel = str(uuid.uuid4())
        self.identity = self.headwater.pins.bind_kernel(self.kernel, self.folder / "stamped.ipynb", "bench")
        self.spool = Spool(self.headwater.home.spool, self.kernel)
        self.runs = 0
        for _ in range(CELLS):
            self.run_cell()
        self.save(self.stamped, "stamped.ipynb")

    def _hook(self, model: dict[str, Any], path: str, **_: Any) -> None:
        start = time.perf_counter()
        self.headwater.stamps.embed(model["content"], self.folder / path, actor=Saver(), bound_kernels=[self.kernel])
        self.blocked.append((time.perf_counter() - start) * 1000)

    def run_cell(self) -> None:
        """The kernel reports one more run."""
        self.spool.append(record(self.kernel, self.identity, self.content, self.runs))
        self.runs += 1

    def edit_output(self) -> None:
        """One output shows something else."""
        self.runs += 1
        self.content["cells"][self.runs % CELLS]["outputs"][0]["text"] += str(self.runs)

    def save(self, manager: FileContentsManager, name: str) -> float:
        """Save; returns CPU milliseconds. The content is new, as a request's is."""
        model = {"type": "notebook", "format": "json", "content": copy.deepcopy(self.content)}
        start = time.process_time()
        manager.save(model, name)
        return (time.process_time() - start) * 1000

    def compare(self, what: str, change: Callable[[], None], pairs: int) -> bool:
        """Print the ratio of one kind of save, and how long the hook blocks; whether bounds hold."""
        measured = []
        self.blocked.clear()
        for _ in range(pairs):
            change()
            measured.append((self.save(self.plain, "plain.ipynb"), self.save(self.stamped, "stamped.ipynb")))
        plain, stamped = (median(pair[side] for pair in measured) for side in (0, 1))
        ratio, blocked = stamped / plain, median(self.blocked)
        holds = ratio <= MAX_RATIO and blocked <= MAX_BLOCKED_MS
        end = "ok" if holds else "MISSED"
        print(
            f"{what:20} plain {plain:7.1f} ms  stamped {stamped:7.1f} ms  ratio {ratio:5.2f} "
            f"(at most {MAX_RATIO})  hook {blocked:5.1f} ms (at most {MAX_BLOCKED_MS:.0f})  {end}"
        )
        return holds

    def verify(self) -> bool:
        """Print the CPU time of one verification."""
        start = time.process_time()
        verdict = self.headwater.stamps.verify(self.folder / "stamped.ipynb").verdict
        seconds = time.process_time() - start
        holds = seconds <= MAX_VERIFY_S and verdict == "valid"
        end = "ok" if holds else "MISSED"
        print(f"{'verify':20} {seconds:.2f} s (at most {MAX_VERIFY_S:.0f})  {verdict}  {end}")
        return holds


def main() -> int:
    """Run the benchmark; the exit code says whether all bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--megabytes", type=float, default=7.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place), options.megabytes)
        held = [
            bench.compare("nothing changed", lambda: None, options.pairs),
            bench.compare("one output changed", bench.edit_output, options.pairs),
            bench.compare("one cell ran", bench.run_cell, options.pairs),
            bench.verify(),
        ]
        bench.headwater.close()
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
