"""A home with versions, and notebooks to pin: everything real but the tables, which pins never touch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, NotebookPins, PinOperation
from headwater.services.pins import PinService


@dataclass
class Desk:
    """A home at `headwater` and a folder of notebooks at `folder`."""

    headwater: Headwater
    folder: Path

    @property
    def pins(self) -> PinService:
        return self.headwater.pins

    def version(self, dataset: str, *, kind: Any = "real") -> str:
        """Record one more version of `dataset`."""
        versions = Versions(self.headwater.database)
        with self.headwater.database.transaction() as tx:
            number = tx.one(
                "SELECT count(*) AS n FROM version v JOIN dataset d ON d.id = v.dataset_id WHERE name = ?",
                (dataset,),
            )
            assert number is not None
            new = NewVersion(
                dataset=dataset, digest=f"{number['n']:064x}", files_root="f" * 64, rows=3, bytes=24, kind=kind,
                rests_on=(kind,), message="", author="ada", schema=(Column("id", "int64"),),
            )  # fmt: skip
            return versions.add(tx, new, []).version

    def notebook(self, name: str = "a.ipynb", section: dict[str, Any] | None = None) -> Path:
        """Write a notebook file as Jupyter does."""
        metadata: dict[str, Any] = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        if section is not None:
            metadata["headwater"] = section
        content = {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return self.write(self.folder / name, content)

    def write(self, path: Path, content: dict[str, Any]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    def section(self, path: Path) -> dict[str, Any]:
        """What the file holds."""
        metadata: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        return dict(metadata.get("headwater", {}))

    def file_pins(self, path: Path) -> dict[str, str]:
        """The versions that the file holds, by dataset."""
        return {name: entry["version"] for name, entry in self.section(path).get("pins", {}).items()}

    def save(self, path: Path, content: dict[str, Any] | None = None, *, to: Path | None = None) -> None:
        """Save as a front end does: what it holds, its section replaced by the service's."""
        target = to or path
        body = content if content is not None else json.loads(path.read_text(encoding="utf-8"))
        section = self.pins.file_section(target, body["metadata"])
        self.write(target, {**body, "metadata": {**body["metadata"], "headwater": section}})

    def set(
        self,
        path: Path,
        dataset: str,
        version: str | None = None,
        *,
        base: int | None = None,
        actor: str = "ada",
        reason: str = "",
    ) -> NotebookPins:
        return self.pins.apply(path, base, [PinOperation("set", dataset, version, reason)], actor)

    def remove(self, path: Path, dataset: str, *, base: int | None = None) -> NotebookPins:
        return self.pins.apply(path, base, [PinOperation("remove", dataset)], "ada")

    def versions(self, path: Path) -> dict[str, str]:
        """The versions that the service says, by dataset."""
        return {status.dataset: status.pin.version for status in self.pins.get(path).pins if status.pin}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "work"
    folder.mkdir()
    headwater = open_headwater(tmp_path / "home")
    made = Desk(headwater, folder)
    for dataset, count in (("sales.orders", 3), ("sales.customers", 2)):
        for _ in range(count):
            made.version(dataset)
    yield made
    headwater.close()
    shutil.rmtree(folder)
