"""A notebook as people have them, and the records that a kernel would have left for it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from headwater.models import Version
from headwater.stamping.build import Earlier, Facts, VersionFacts, build_stamp
from headwater.stamping.jcs import sha256_text
from headwater.stamping.records import Record, parse_record
from headwater.stamping.sign import PublicKey, Signer, open_signer, own_keys
from headwater.stamping.statement import payload
from headwater.stamping.verify import check

PNG = base64.b64encode(bytes(range(256)) * 3).decode() + "\n"
DIGEST = "c0" * 32
FILES = "f1" * 32


@dataclass
class Saver:
    """Who saves, as a server shell tells it."""

    user: str = "ada"
    source: str = "request"


def code(cell: str, source: str, *outputs: dict[str, Any], count: int | None = None) -> dict[str, Any]:
    return {
        "id": cell,
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def stream(text: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def example_notebook() -> dict[str, Any]:
    """Six cells of every kind that matters; `load` and `sample` read, `save` writes."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "title": "Delays",
            "headwater": {
                "id": "nb-1",
                "pins": {
                    "demo.flights": {
                        "version": "v2",
                        "digest": DIGEST,
                        "kind": "real",
                        "pinnedBy": "ada",
                        "pinnedAt": "2026-11-22T09:00:00.000Z",
                        "reason": "year end",
                    }
                },
            },
        },
        "cells": [
            {
                "id": "intro",
                "cell_type": "markdown",
                "metadata": {},
                "source": "# Delays\n![map](attachment:map.png)",
                "attachments": {"map.png": {"image/png": PNG}},
            },
            code("setup", "import headwater as hw", count=1),
            code(
                "load",
                'flights = hw.load("demo.flights")\nflights.head()',
                display({"text/html": "<b>1</b>"}),
                count=2,
            ),
            code("sample", 'bookings = hw.load("prod.bookings")', stream("read\n"), stream("done\n"), count=3),
            code(
                "plot",
                "plot(flights)",
                display({"image/png": PNG, "text/plain": "<Figure>"}, {"image/png": {"width": 400}}),
                count=4,
            ),
            code("save", 'hw.save(flights, "marts.delays")', count=5),
            {"id": "end", "cell_type": "raw", "metadata": {"format": "text/html"}, "source": "<hr>"},
        ],
    }


VERSIONS = {
    "demo.flights@v2": Version(
        "demo.flights", "v2", DIGEST, FILES, 336_776, 9_000_000, "real", ("real",), "november", "ada",
        "2026-11-22T08:00:00.000Z", "v1", (),
    ),
    "prod.bookings@v1": Version(
        "prod.bookings", "v1", DIGEST, FILES, 100_000, 4_000_000, "sample", ("sample",), "", "ada",
        "2026-11-22T08:30:00.000Z", None, (), recipe="ab" * 32,
    ),
    "marts.delays@v3": Version(
        "marts.delays", "v3", DIGEST, FILES, 12, 1_000, "derived", ("real", "sample"), "", "ada",
        "2026-11-23T10:00:05.000Z", "v2", (), inputs=("demo.flights@v2", "prod.bookings@v1"),
    ),
}  # fmt: skip

SAMPLE = {
    "source": "prod",
    "table": "public.bookings",
    "of": 1_000_000,
    "method": "uniform",
    "seed": 7,
    "masked": 5,
}


def known(dataset: str, version: str) -> VersionFacts | None:
    found = VERSIONS.get(f"{dataset}@{version}")
    return VersionFacts(found, SAMPLE if found.kind == "sample" else None) if found else None


@dataclass
class Kernel:
    """Writes records as a kernel does, one second apart."""

    notebook: str | None = "nb-1"
    kernel: str = "kernel-a"
    process: int = 1
    records: list[Record] = field(default_factory=list)
    with_cell_ids: bool = True
    count: int = 0

    def run(
        self, cell: dict[str, Any], *uses: tuple[str, str, dict[str, Any]], status: str = "ok", **more: Any
    ) -> None:
        """One execution of a cell; `uses` are ``(type, name@v, more data)``."""
        self.count += 1
        for kind, ref, facts in uses:
            dataset, _, version = ref.partition("@")
            self._add(kind, cell, dataset=dataset, version=version, digest=DIGEST, files=FILES, **facts)
        facts = {"environment": ENVIRONMENT, "git": {"commit": "ab" * 20, "dirty": False}, **more}
        self._add("cell", cell, status=status, **facts)

    def _add(self, type_: str, cell: dict[str, Any], /, **data: Any) -> None:
        document = self.document(type_, cell, **data)
        record = parse_record(document, session=f"{self.kernel}.{self.process}")
        assert record is not None
        self.records.append(record)

    def document(self, type_: str, cell: dict[str, Any], /, **data: Any) -> dict[str, Any]:
        seq = len(self.records)
        at = f"2026-11-23T10:{self.process:02d}:{seq:02d}.000Z"
        return {
            "v": 1,
            "id": f"{self.kernel}-{self.process}-{seq}",
            "kernel": self.kernel,
            "notebook": self.notebook,
            "path": None,
            "seq": seq,
            "at": at,
            "type": type_,
            "data": {
                "cell": cell["id"] if self.with_cell_ids else None,
                "source_sha256": sha256_text(cell["source"]),
                "execution_count": self.count,
                "started": at,
                "ended": at,
                **data,
            },
        }


ENVIRONMENT = {
    "python": "3.11.7",
    "implementation": "CPython",
    "platform": "linux-x86_64",
    "kernel": "ipykernel 7.4.0",
    "packages_sha256": "ee" * 32,
    "packages": 120,
}

READS = {
    "load": [
        (
            "read",
            "demo.flights@v2",
            {"kind": "real", "rests_on": ["real"], "rows": 336_776, "columns": ["delay"]},
        )
    ],
    "sample": [("read", "prod.bookings@v1", {"kind": "sample", "rests_on": ["sample"], "rows": 100_000})],
    "save": [
        (
            "write",
            "marts.delays@v3",
            {
                "kind": "derived",
                "rests_on": ["real", "sample"],
                "rows": 12,
                "inputs": ["demo.flights@v2", "prod.bookings@v1"],
            },
        )
    ],
}


def run_cell(kernel: Kernel, cell: dict[str, Any]) -> None:
    kernel.run(cell, *READS.get(cell["id"], ()))


def hidden(record: Record) -> dict[str, Any]:
    """A record as an output that shows nothing."""
    document = {
        "v": 1,
        "id": record.id,
        "kernel": record.kernel,
        "notebook": record.notebook,
        "seq": record.seq,
        "at": record.at,
        "type": record.type,
        "data": dict(record.data),
    }
    return display({"application/vnd.headwater.record.v1+json": document})


def run_all(notebook: dict[str, Any], kernel: Kernel) -> Kernel:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            run_cell(kernel, cell)
    return kernel


@dataclass
class Desk:
    """A home's key, and notebooks to save with it. Tests get everything of this file through it."""

    signer: Signer
    trusted: dict[str, PublicKey]

    code = staticmethod(code)
    display = staticmethod(display)
    stream = staticmethod(stream)
    notebook = staticmethod(example_notebook)
    run_all = staticmethod(run_all)
    run_cell = staticmethod(run_cell)
    hidden = staticmethod(hidden)
    known = staticmethod(known)
    Kernel = Kernel
    png = PNG

    def cell(self, notebook: dict[str, Any], cell: str) -> dict[str, Any]:
        """A cell of `notebook` by its id."""
        return next(found for found in notebook["cells"] if found["id"] == cell)

    def stamp(
        self,
        notebook: dict[str, Any],
        records: Sequence[Record] = (),
        *,
        previous: dict[str, Any] | None = None,
        own: bool = True,
        now: str = "2026-11-23T11:00:00.000Z",
        **changes: Any,
    ) -> dict[str, Any]:
        """Stamp `notebook` in place; returns the stamp."""
        facts = Facts(
            name="delays.ipynb",
            records=records,
            known=known,
            actor=Saver(),
            now=now,
            earlier=[Earlier(previous, own)] if previous else [],
        )
        stamp = build_stamp(notebook, replace(facts, **changes))
        if "signatures" not in stamp:
            stamp["signatures"] = [self.signer.sign(payload(stamp))]
        notebook["metadata"]["headwater"]["stamp"] = stamp
        return stamp

    def stamped(self) -> dict[str, Any]:
        """The example, run from top to bottom and stamped."""
        notebook = example_notebook()
        self.stamp(notebook, run_all(notebook, Kernel()).records)
        return notebook

    def verdict(self, notebook: dict[str, Any]) -> str:
        """The verdict on `notebook`."""
        return check(notebook, self.trusted)[0]

    def changes(self, notebook: dict[str, Any]) -> list[tuple[str, str | None]]:
        """What verification names: ``(what, cell)``."""
        return [(change.what, change.cell) for change in check(notebook, self.trusted)[1]]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    keys: Path = tmp_path_factory.mktemp("keys")
    return Desk(open_signer(keys), own_keys(keys))
