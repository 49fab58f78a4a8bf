"""A real home with a ledger, versions, pins and a spool; and a kernel that writes to it as kernels do."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.capture.spool import Spool
from headwater.clock import now
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, PinOperation, Version
from headwater.stamping.jcs import sha256_text


@dataclass
class Saver:
    user: str = "ada"
    source: str = "request"


@dataclass
class Kernel:
    """Writes records into the spool of a home."""

    home: Path
    notebook: str | None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    count: int = 0
    seq: int = 0

    def run(self, cell: dict[str, Any], *reads: Version, floating: bool = False) -> None:
        """One execution of `cell`, reading all rows of `reads`."""
        self.count += 1
        for version in reads:
            self._write(
                "read",
                cell,
                dataset=version.dataset,
                version=version.version,
                digest=version.digest,
                files=version.files,
                kind=version.kind,
                rests_on=list(version.rests_on),
                rows=version.rows,
                columns=None,
                floating=floating,
            )
        self._write("cell", cell, status="ok", environment={"python": "3.11.7", "packages": 3}, git=None)

    def _write(self, type_: str, cell: dict[str, Any], /, **data: Any) -> None:
        self.seq += 1
        at = now()
        Spool(self.home / "spool", self.id).append(
            {
                "v": 1,
                "id": str(uuid.uuid4()),
                "kernel": self.id,
                "notebook": self.notebook,
                "path": None,
                "seq": self.seq,
                "at": at,
                "type": type_,
                "data": {
                    "cell": cell["id"],
                    "source_sha256": sha256_text(cell["source"]),
                    "execution_count": self.count,
                    "started": at,
                    "ended": at,
                    **data,
                },
            }
        )


@dataclass
class Desk:
    """A home, a folder of notebooks, and saving as a Jupyter server does."""

    headwater: Headwater
    folder: Path
    Saver = Saver

    def version(self, dataset: str = "demo.flights", rows: int = 100) -> Version:
        """A new version in the ledger, without files."""
        new = NewVersion(
            dataset=dataset,
            digest=uuid.uuid4().hex * 2,
            files_root=uuid.uuid4().hex * 2,
            rows=rows,
            bytes=1,
            kind="real",
            rests_on=("real",),
            message="",
            author="ada",
            schema=(Column("id", "int64"),),
            created="2026-11-22T08:00:00.000Z",
        )
        with self.headwater.database.transaction() as tx:
            return Versions(self.headwater.database).add(tx, new, [])

    def flights(self, rows: int) -> Version:
        """A new version of demo.flights with a data file, that kernels can load."""
        table = pa.table({"id": list(range(rows)), "delay": [1.5] * rows})
        return self.headwater.commits.commit("demo.flights", table.to_reader(), kind="real", message="", author="ada")

    def notebook(self, *sources: str) -> dict[str, Any]:
        """A notebook of code cells `c1`, `c2`, … that show their number."""
        return {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {
                    "id": f"c{n}",
                    "cell_type": "code",
                    "metadata": {},
                    "source": source,
                    "execution_count": n,
                    "outputs": [{"output_type": "stream", "name": "stdout", "text": f"{n}\n"}],
                }
                for n, source in enumerate(sources, start=1)
            ],
        }

    def path(self, name: str = "a.ipynb") -> Path:
        return self.folder / name

    def write(self, content: dict[str, Any], name: str = "a.ipynb") -> bytes:
        """Put a notebook on disk as another tool would; returns the bytes."""
        raw = (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()
        self.path(name).write_bytes(raw)
        return raw

    def save(self, content: dict[str, Any], name: str = "a.ipynb", *kernels: str, user: str = "ada") -> dict[str, Any]:
        """Save as a Jupyter server does: hook, write, hook. The front end's `content` stays as it is."""
        posted = copy.deepcopy(content)
        self.headwater.stamps.embed(posted, self.path(name), actor=Saver(user), bound_kernels=list(kernels))
        self.write(posted, name)
        self.headwater.stamps.written(self.path(name))
        return posted

    def read(self, name: str = "a.ipynb") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path(name).read_bytes())
        return found

    def stamp(self, name: str = "a.ipynb") -> dict[str, Any]:
        found: dict[str, Any] = self.read(name)["metadata"]["headwater"]["stamp"]
        return found

    def kernel(self, name: str = "a.ipynb") -> Kernel:
        """A kernel that the server has bound to a notebook."""
        kernel = Kernel(self.headwater.home.path, None)
        kernel.notebook = self.headwater.pins.bind_kernel(kernel.id, self.path(name), "ada")
        return kernel

    def loose_kernel(self) -> Kernel:
        """A kernel that the server has not bound to anything yet."""
        return Kernel(self.headwater.home.path, None)

    def pin(self, version: Version, name: str = "a.ipynb") -> None:
        operation = PinOperation("set", version.dataset, version.version)
        self.headwater.pins.apply(self.path(name), None, (operation,), "ada")

    def verdict(self, name: str = "a.ipynb") -> str:
        return self.headwater.stamps.verify(self.path(name)).verdict


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "work"
    folder.mkdir()
    headwater = open_headwater(tmp_path / "home")
    yield Desk(headwater, folder)
    headwater.close()


@pytest.fixture(autouse=True)
def _no_other_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEADWATER_HOME", "HEADWATER_NOTEBOOK"):
        monkeypatch.delenv(name, raising=False)
