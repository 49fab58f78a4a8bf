"""The whole main job without a browser: import, pin, sample, run, stamp, verify, and the same rows later."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.demo.flights import read_table
from headwater.demo.home import FIRST, OLDER
from headwater.demo.leaks import TABLES, Comparison

if TYPE_CHECKING:
    import pyarrow

    from headwater.assembly import Headwater
    from headwater.demo.home import DemoHome
    from headwater.demo.production import Production

CPU_LIMIT_S = 120.0
"""Seconds of CPU that the whole check may take, production and kernels included."""

_DRAWN = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: whether it went as it should, and what was seen."""

    name: str
    passed: bool
    seen: str


class DemoCheck:
    """Runs the story in a home that holds nothing else: it commits a version that no reader of a demo wants."""

    def __init__(self, demo: DemoHome, headwater: Headwater, production: Production) -> None:
        self._demo = demo
        self._headwater = headwater
        self._production = production
        self._folder = demo.home.path / "demo" / "story"

    def run(self, tell: Callable[[Step], None]) -> list[Step]:
        """Every step in order; a step that fails does not keep the next from being tried."""
        from headwater.host.client import HostClient

        self._folder.mkdir(parents=True)
        # Kernels draw and save by it; it ends with the check, so that its CPU is counted.
        host = HostClient(self._headwater.home, environ=dict(os.environ), attached=True)
        try:
            host.start()
            return self._steps(tell)
        finally:
            host.close()

    def _steps(self, tell: Callable[[Step], None]) -> list[Step]:
        done: list[Step] = []
        for name, step in (
            ("Datasets are found", self._find),
            ("The first notebook runs, pinned and stamped", self._run_late),
            ("Its stamp is valid", self._verify),
            ("The second notebook samples production", self._run_bookings),
            ("Production's other tables are sampled", self._sample),
            ("No personal value came over", self._masked),
            ("The third notebook reads its older pin", self._run_weather),
            ("A newer version does not move a pinned notebook", self._papermill),
            ("A changed digit is noticed, and its cell named", self._tamper),
            ("The audit log is whole", self._audit),
        ):
            try:
                passed, seen = step()
            except Exception as error:
                passed, seen = False, str(error).strip().splitlines()[-1] if str(error) else type(error).__name__
            done.append(Step(name, passed, seen))
            tell(done[-1])
        return done

    def _find(self) -> tuple[bool, str]:
        found = self._headwater.catalog.search("flights").datasets
        names = [dataset.name for dataset in found]
        return "nyc.flights" in names, f"{len(names)} for 'flights', first {names[0] if names else 'none'}"

    def _run_late(self) -> tuple[bool, str]:
        return self._run(self._late, {"nyc.airlines@v1", "nyc.flights@v3"})

    def _run_bookings(self) -> tuple[bool, str]:
        return self._run(self._notebook("2 Bookings from production.ipynb"), {"prod.bookings@v1", "nyc.flights@v3"})

    def _run_weather(self) -> tuple[bool, str]:
        newest = self._headwater.catalog.resolve("nyc.weather").version
        read = {"nyc.flights@v1", f"nyc.weather@{newest}"}
        return self._run(self._notebook(OLDER), read, {"marts.delay_by_wind@v1"})

    def _run(self, notebook: Path, read: set[str], written: Set[str] = frozenset()) -> tuple[bool, str]:
        """Run a notebook; it must read and write these versions and no other, and its stamp must hold."""
        done = self._headwater.runs.run(notebook, notebook, self._headwater.user)
        if done.failed is not None:
            return False, f"cell {done.failed.position}: {done.failed.error}: {done.failed.message}"
        reads = {each["dataset"] for each in done.stamp["reads"]}
        writes = {each["dataset"] for each in done.stamp["writes"]}
        verdict = self._headwater.stamps.verify(str(notebook)).verdict
        wrote = f", wrote {', '.join(sorted(writes))}" if writes else ""
        good = verdict == "valid" and read <= reads and writes >= written
        return good, f"read {', '.join(sorted(reads))}{wrote}; its stamp is {verdict}"

    def _verify(self) -> tuple[bool, str]:
        verdict = self._headwater.stamps.verify(str(self._late)).verdict
        return verdict == "valid", self._headwater.stamps.passport(self._late).sentence or verdict

    def _sample(self) -> tuple[bool, str]:
        from headwater.sample_models import SampleRequest
        from headwater.services.jobs import JobContext

        told = JobContext(lambda done, total, message: None)
        results = [
            self._headwater.samples.draw(SampleRequest("prod", table, _DRAWN), self._headwater.user, told)
            for table in ("public.customers", "public.payments")
        ]
        messages = "; ".join(result.versions[0].message for result in results)
        return all(result.versions[0].kind == "sample" for result in results), messages

    def _masked(self) -> tuple[bool, str]:
        compared = Comparison()
        with self._production.connect() as connection:
            for table in TABLES:
                compared.add(table, self._load(f"prod.{table}"), connection)
        seen = f"{compared.columns} planted columns, {compared.values:,} values held against their rows"
        return not compared.leaked, f"leaked: {', '.join(compared.leaked)}" if compared.leaked else seen

    def _papermill(self) -> tuple[bool, str]:
        import pyarrow.compute as pc

        before = _printed(self._late)
        flights = read_table("flights")
        flown = flights.filter(pc.is_valid(flights["dep_time"]))
        newer = self._headwater.commits.commit(
            "nyc.flights",
            flown.to_reader(),
            kind="real",
            author=self._headwater.user,
            message="without cancelled flights",
        )
        out = self._folder / "papermill.ipynb"
        self._command("-m", "papermill", str(self._late), str(out), "--no-progress-bar")
        after = _printed(out)
        return before == after and before != "", f"{after} (with {newer.version} of {newer.rows:,} rows committed)"

    def _tamper(self) -> tuple[bool, str]:
        forged = self._folder / "forged.ipynb"
        notebook = json.loads(self._late.read_text(encoding="utf-8"))
        cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code" and _text_of(cell))
        output = next(output for output in cell["outputs"] if output.get("name") == "stdout")
        output["text"] = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), "".join(output["text"]), count=1)
        forged.write_text(json.dumps(notebook), encoding="utf-8")
        verdict = self._headwater.stamps.verify(str(forged))
        cells = {change.cell for change in verdict.changes}
        return verdict.verdict == "changed" and cell["id"] in cells, f"{verdict.verdict}: {', '.join(map(str, cells))}"

    def _audit(self) -> tuple[bool, str]:
        verdict = self._headwater.audit.verify()
        return verdict.broken is None and verdict.entries >= 3, f"{verdict.entries} lines"

    def _notebook(self, name: str) -> Path:
        return self._demo.notebooks / name

    @property
    def _late(self) -> Path:
        return self._notebook(FIRST)

    def _load(self, name: str) -> pyarrow.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = self._headwater.catalog.files(self._headwater.catalog.resolve(name))
        return pa.concat_tables([pq.read_table(file.path) for file in files])

    def _command(self, *arguments: str) -> None:
        environ: Mapping[str, str] = {**os.environ, "HEADWATER_HOME": str(self._demo.home.path)}
        done = subprocess.run(
            [sys.executable, *arguments], env=dict(environ), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed")


def cpu_step() -> Step:
    """What this process and all that it started and has seen end took of the CPU."""
    used = sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    return Step(
        "CPU, production and kernels included", used <= CPU_LIMIT_S, f"{used:.0f} s of at most {CPU_LIMIT_S:.0f} s"
    )


def _printed(notebook: Path) -> str:
    document: dict[str, Any] = json.loads(notebook.read_text(encoding="utf-8"))
    return "".join(_text_of(cell) for cell in document["cells"] if cell["cell_type"] == "code").strip()


def _text_of(cell: Mapping[str, Any]) -> str:
    return "".join("".join(output["text"]) for output in cell["outputs"] if output.get("name") == "stdout")
