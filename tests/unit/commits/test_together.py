"""Versions that are committed together: all of them or none, whatever stops it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.errors import Cancelled
from headwater.ledger.sample_sets import SampleSets
from headwater.services.commits import CommitService, Part

NAMES = ("prod.b_root", "prod.a_first", "prod.c_empty")


@pytest.fixture
def headwater(tmp_path: Path) -> Iterator[Headwater]:
    opened = open_headwater(tmp_path / "home")
    yield opened
    opened.close()


def _parts(rows: int = 5) -> list[Part]:
    def reader(count: int) -> pa.RecordBatchReader:
        schema = pa.schema([("id", pa.int64()), ("said", pa.string())])
        batch = pa.record_batch([pa.array(range(count), pa.int64()), pa.array(["x"] * count)], schema=schema)
        return pa.RecordBatchReader.from_batches(schema, [batch] if count else [])

    return [Part(name, reader(0 if "empty" in name else rows), f"of {name}") for name in NAMES]


def _commit(headwater: Headwater, parts: Sequence[Part] | None = None, **more: Any) -> list[str]:
    made = headwater.commits.commit_together(parts or _parts(), kind="sample", author="ann", recipe="r", **more)
    return [f"{version.dataset}@{version.version} {version.rows}" for version in made]


def _seen(headwater: Headwater) -> dict[str, int]:
    page = headwater.catalog.search("", limit=100)
    return {one.name: len(headwater.catalog.versions(one.name, None, 10).versions) for one in page.datasets}


def _files(headwater: Headwater) -> int:
    return sum(1 for _ in headwater.home.warehouse.rglob("*.parquet"))


def test_all_become_versions_and_belong_together(headwater: Headwater) -> None:
    assert _commit(headwater) == ["prod.b_root@v1 5", "prod.a_first@v1 5", "prod.c_empty@v1 0"]
    assert _commit(headwater, _parts(6))[0] == "prod.b_root@v2 6"
    sets = SampleSets(headwater.database)
    assert sets.of("prod.a_first", "v1") == tuple((name, "v1") for name in NAMES)
    assert sets.of("prod.a_first", "v2") == tuple((name, "v2") for name in NAMES)
    assert sets.of("prod.a_first", "v3") == ()


class _Died(BaseException):
    """Stands for the end of the process: nothing is cleaned up after it."""


@pytest.mark.parametrize("at", ["first", "second", "last"])
def test_a_process_that_dies_before_the_seal_leaves_nothing(
    headwater: Headwater, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    parts = _parts()
    place = {"first": 0, "second": 1, "last": 2}[at]

    def dying(self: CommitService, part: Part, *rest: Any) -> None:
        if part is parts[place]:
            raise _Died
        prepare(self, part, *rest)

    prepare = CommitService._prepare
    with monkeypatch.context() as patch:
        patch.setattr(CommitService, "_prepare", dying)
        patch.setattr(CommitService, "_undo", lambda *_: None)
        with pytest.raises(_Died):
            _commit(headwater, parts)
    assert _seen(headwater) == {}
    headwater.commits.settle_all()
    assert (_seen(headwater), _files(headwater)) == ({}, 0)
    assert _commit(headwater)[0] == "prod.b_root@v1 5"


@pytest.mark.parametrize("given", [0, 1, 2, 3])
def test_a_process_that_dies_after_the_seal_is_finished_as_a_whole(
    headwater: Headwater, monkeypatch: pytest.MonkeyPatch, given: int
) -> None:
    _commit(headwater, _parts(2))
    left = given

    def dying(self: CommitService, *rest: Any) -> str:
        nonlocal left
        if not left:
            raise _Died
        left -= 1
        return give(self, *rest)

    def dead(*_: Any) -> None:
        raise _Died

    give = CommitService._give
    with monkeypatch.context() as patch:
        patch.setattr(CommitService, "_give", dying)
        patch.setattr(CommitService, "_add", dead)
        with pytest.raises(_Died):
            _commit(headwater)
    assert _seen(headwater) == dict.fromkeys(NAMES, 1)
    # Whoever comes next to one of them finishes all.
    with headwater.commits.alone("prod.c_empty"):
        pass
    assert _seen(headwater) == dict.fromkeys(NAMES, 2)
    assert SampleSets(headwater.database).of("prod.b_root", "v2") == tuple((name, "v2") for name in NAMES)
    assert headwater.commits.settle_all() == 0


def test_one_that_is_cancelled_leaves_nothing(headwater: Headwater) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 4

    with pytest.raises(Cancelled):
        _commit(headwater, cancelled=cancelled)
    assert (_seen(headwater), _files(headwater)) == ({}, 0)
    assert headwater.commits.settle_all() == 0
