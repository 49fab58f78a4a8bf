"""Interval file lists and paging, against models that are too simple to be wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.datafile import DataFile
from headwater.ledger.base import Database
from headwater.ledger.datasets import Datasets
from headwater.ledger.migrations import migrate
from headwater.ledger.sqlite import SqliteDatabase
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, Kind
from headwater.services.catalog import CatalogService

KINDS: tuple[Kind, ...] = ("real", "sample", "simulated", "derived")
PATHS = st.frozensets(st.sampled_from("abcdefgh"), max_size=6)
DATASETS = st.dictionaries(
    st.from_regex(r"[abA_]{1,2}\.[a-cZ_][a-cZ_-]{0,2}", fullmatch=True),
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3)),
    max_size=12,
)


@contextmanager
def ledger() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as place:
        database = SqliteDatabase(Path(place) / "ledger.sqlite")
        migrate(database)
        yield database
        database.close()


def new_version(name: str, kind: Kind = "real", rows: int = 1) -> NewVersion:
    return NewVersion(
        dataset=name,
        digest="0" * 64,
        files_root="0" * 64,
        rows=rows,
        bytes=rows,
        kind=kind,
        rests_on=(kind,),
        message="",
        author="ada",
        schema=(Column("id", "int64"),),
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(PATHS, min_size=1, max_size=12))
def test_each_version_has_exactly_the_files_it_was_made_of(history: list[frozenset[str]]) -> None:
    with ledger() as database:
        versions = Versions(database)
        before: frozenset[str] = frozenset()
        for files in history:
            added = [DataFile(path, 1, 1, "0" * 64, ordinal) for ordinal, path in enumerate(sorted(files - before))]
            with database.transaction() as tx:
                versions.add(tx, new_version("sales.orders"), added, sorted(before - files))
            before = files
        record = Datasets(database).get("sales.orders")
        assert record is not None
        for number, files in enumerate(history, start=1):
            listed = [file.path for file in versions.files(record.id, number)]
            assert sorted(listed) == sorted(files)
        # Parent and delta: a version costs its change, not its size.
        changes = sum(len(b - a) for a, b in zip([frozenset(), *history], history, strict=False))
        stored = database.one("SELECT count(*) AS n FROM data_file")
        assert stored is not None
        assert stored["n"] == changes


@settings(max_examples=40, deadline=None)
@given(
    DATASETS,
    st.sampled_from(["relevance", "name", "updated", "rows", "bytes"]),
    st.booleans(),
    st.integers(1, 4),
    st.one_of(st.none(), st.sampled_from(KINDS)),
    st.booleans(),
)
def test_every_dataset_is_on_exactly_one_page(
    datasets: dict[str, tuple[Kind, int]],
    sort: str,
    descending: bool,
    limit: int,
    kind: Kind | None,
    in_namespace: bool,
) -> None:
    with ledger() as database:
        for name, (of_kind, rows) in datasets.items():
            with database.transaction() as tx:
                Versions(database).add(tx, new_version(name, of_kind, rows), ())
        catalog = CatalogService(database)
        namespace = "a" if in_namespace else None
        expected = [
            name
            for name, (of_kind, _) in datasets.items()
            if kind in (None, of_kind) and (namespace is None or name.startswith("a."))
        ]
        listed: list[str] = []
        cursor = None
        while True:
            page = catalog.search("", namespace, kind, sort, descending, cursor, limit)  # type: ignore[arg-type]
            assert page.total == len(expected)
            listed.extend(summary.name for summary in page.datasets)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(listed) == sorted(expected)
        if sort in ("relevance", "name"):
            assert listed == sorted(expected, reverse=descending)
        assert {n.name: n.datasets for n in catalog.namespaces().namespaces} == {
            space: sum(name.startswith(space + ".") for name in datasets)
            for space in {name.partition(".")[0] for name in datasets}
        }
