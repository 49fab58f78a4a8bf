"""What every ledger does, whatever database it is in. Each dialect inherits the same suite."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headwater.datafile import DataFile
from headwater.errors import DatasetNotFound, LedgerIncompatible, UsageError, VersionNotFound
from headwater.ledger.base import Database
from headwater.ledger.events import Events
from headwater.ledger.migrations import MIGRATIONS, migrate
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, Kind, Version
from headwater.services.catalog import CatalogService


def add(
    database: Database,
    name: str,
    *,
    kind: Kind = "real",
    rows: int = 10,
    columns: tuple[str, ...] = ("id",),
    digest: str | None = None,
    added: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
) -> Version:
    """Record a version as a store would after its commit."""
    new = NewVersion(
        dataset=name,
        digest=digest or uuid.uuid4().hex * 2,
        files_root="f" * 64,
        rows=rows,
        bytes=rows * 8,
        kind=kind,
        rests_on=(kind,),
        message="nightly load",
        author="ada",
        schema=tuple(Column(column, "int64") for column in columns),
    )
    files = [DataFile(path=path, bytes=8, rows=1, blake3="0" * 64, ordinal=i) for i, path in enumerate(added)]
    with database.transaction() as tx:
        return Versions(database).add(tx, new, files, removed)


class LedgerBehaviour:
    """The suite. A subclass gives `database`, empty but for its tables, and `reopen`."""

    @pytest.fixture
    def catalog(self, database: Database) -> CatalogService:
        return CatalogService(database)

    def test_a_block_that_raises_leaves_nothing(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders")
        with pytest.raises(RuntimeError, match="in the middle"), database.transaction() as tx:
            tx.execute("UPDATE dataset SET description = ? WHERE name = ?", ("half", "sales.orders"))
            raise RuntimeError("in the middle")
        assert catalog.dataset("sales.orders").description == ""

    def test_values_with_placeholder_marks_are_stored_as_they_are(
        self, database: Database, catalog: CatalogService
    ) -> None:
        add(database, "sales.orders")
        text = "100 % of 'orders'? {identity} \\ \"x\" %s ?"
        assert catalog.describe("sales.orders", text, "ada").description == text

    def test_a_ledger_of_a_newer_headwater_is_refused(self, database: Database) -> None:
        with database.transaction() as tx:
            tx.execute(
                "INSERT INTO migration (number, name, applied) VALUES (?, ?, ?)",
                (len(MIGRATIONS) + 1, "m9999_future", "2030-01-01T00:00:00.000Z"),
            )
        with pytest.raises(LedgerIncompatible, match="knows formats up to"):
            migrate(database)

    def test_migrating_again_changes_nothing(self, database: Database) -> None:
        before = [row["applied"] for row in database.query("SELECT applied FROM migration ORDER BY number")]
        migrate(database)
        after = [row["applied"] for row in database.query("SELECT applied FROM migration ORDER BY number")]
        assert before == after
        assert len(before) == len(MIGRATIONS)

    def test_versions_are_numbered_and_know_their_parent(self, database: Database, catalog: CatalogService) -> None:
        first = add(database, "sales.orders", rows=10)
        second = add(database, "sales.orders", rows=13)
        assert (first.version, first.parent) == ("v1", None)
        assert (second.version, second.parent) == ("v2", "v1")
        changes = catalog.versions("sales.orders").versions
        assert [(c.version.version, c.rows_change, c.bytes_change) for c in changes] == [
            ("v2", 3, 24),
            ("v1", None, None),
        ]

    def test_writers_at_once_never_share_a_number(self, database: Database) -> None:
        numbers: list[str] = []
        start = threading.Barrier(4)

        def commit() -> None:
            start.wait()
            for _ in range(5):
                numbers.append(add(database, "sales.orders").version)

        threads = [threading.Thread(target=commit) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(numbers) == sorted(f"v{n}" for n in range(1, 21))

    def test_a_version_has_its_own_files(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", added=("a", "b"))
        add(database, "sales.orders", added=("c",), removed=("a",))
        add(database, "sales.orders", added=("a",), removed=("b", "c"))

        def paths(spec: str) -> set[str]:
            return {file.path for file in catalog.files(catalog.resolve(f"sales.orders@{spec}"))}

        assert [paths("v1"), paths("v2"), paths("v3")] == [{"a", "b"}, {"b", "c"}, {"a"}]

    def test_a_version_is_named_by_number_tag_and_digest(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", digest="abcdef01" + "0" * 56)
        add(database, "sales.orders", digest="abcdef02" + "0" * 56)
        catalog.tag("sales.orders@v1", "year-end", "ada")
        for spec in ("v1", "year-end", "abcdef01"):
            assert catalog.resolve(f"sales.orders@{spec}").version == "v1"
        assert catalog.resolve("sales.orders").version == "v2"
        with pytest.raises(VersionNotFound, match="ambiguous"):
            catalog.resolve("sales.orders@abcdef")
        assert catalog.tag("sales.orders@v2", "year-end", "ada").tags == ("year-end",)
        assert catalog.resolve("sales.orders@v1").tags == ()
        assert catalog.untag("sales.orders@year-end", "year-end", "ada").tags == ()
        with pytest.raises(VersionNotFound):
            catalog.resolve("sales.orders@year-end")

    def test_equal_digests_name_the_newest_version(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", digest="ab" * 32)
        add(database, "sales.orders", digest="ab" * 32)
        assert catalog.resolve("sales.orders@ababab").version == "v2"

    def test_search_ranks_name_description_columns_tags(self, database: Database, catalog: CatalogService) -> None:
        add(database, "a.by_tag")
        add(database, "b.by_column", columns=("id", "cityName"))
        add(database, "c.by_description")
        add(database, "d.city_list")
        add(database, "e.unrelated")
        catalog.tag("a.by_tag", "city", "ada")
        catalog.describe("c.by_description", "One row a city", "ada")
        page = catalog.search("city")
        assert [d.name for d in page.datasets] == [
            "d.city_list",
            "c.by_description",
            "b.by_column",
            "a.by_tag",
        ]
        assert (page.total, page.total_is_capped) == (4, False)

    def test_the_exact_name_comes_first(self, database: Database, catalog: CatalogService) -> None:
        for name in ("sales.orders", "sales.orders_archive", "old.orders_2019", "sales.order_lines"):
            add(database, name)
        assert [d.name for d in catalog.search("orders").datasets][0] == "sales.orders"
        assert [d.name for d in catalog.search("sales.orders").datasets][0] == "sales.orders"

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("cust", True),
            ("CUSTOMER rev", True),
            ("customerRevenue", True),
            ("revenue_by", True),
            ("merReven", True),
            ("nothing", False),
            ("'; DROP TABLE dataset; --", False),
            ('" OR "" * NEAR(', False),
            ("% _ ? *", False),
            ("a" * 5_000, False),
            ("\0zzz", False),
            ("\ud800zzz", False),
        ],
    )
    def test_search_by_words_beginnings_and_parts(
        self, database: Database, catalog: CatalogService, query: str, found: bool
    ) -> None:
        add(database, "marts.CustomerRevenue_by_city")
        assert bool(catalog.search(query).datasets) is found

    def test_search_follows_what_changes(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", columns=("amount",))
        assert catalog.search("amount").total == 1
        add(database, "sales.orders", columns=("price",))
        assert catalog.search("amount").total == 0
        assert catalog.search("price").total == 1

    def test_facets_combine_with_words_and_without(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", kind="real")
        add(database, "sales.orders_sample", kind="sample")
        add(database, "prod.orders", kind="sample")
        for query in ("", "orders", "rder"):
            page = catalog.search(query, namespace="sales", kind="sample")
            assert [d.name for d in page.datasets] == ["sales.orders_sample"], query
            assert page.total == 1
        assert catalog.search(kind="sample").total == 2
        assert [(n.name, n.datasets) for n in catalog.namespaces().namespaces] == [("prod", 1), ("sales", 2)]

    def test_a_change_of_kind_moves_the_counts(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", kind="sample")
        add(database, "sales.orders", kind="derived")
        assert catalog.search(kind="sample").total == 0
        assert catalog.search(kind="derived").total == 1
        assert catalog.search("orders", kind="sample").datasets == ()
        assert catalog.search().total == 1

    @pytest.mark.parametrize("sort", ["relevance", "name", "updated", "rows", "bytes"])
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("query", ["", "t"])
    def test_every_dataset_is_on_exactly_one_page(
        self, database: Database, catalog: CatalogService, sort: str, descending: bool, query: str
    ) -> None:
        for i in range(17):
            add(database, f"n{i % 3}.t{i:02}", rows=i % 4)
        names: list[str] = []
        cursor = None
        while True:
            page = catalog.search(query, sort=sort, descending=descending, cursor=cursor, limit=5)  # type: ignore[arg-type]
            assert page.total == 17
            names.extend(d.name for d in page.datasets)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(names) == sorted(f"n{i % 3}.t{i:02}" for i in range(17))
        # From any place on, the list is the same one.
        for offset in (0, 3, 14, 17, 99):
            at = catalog.search(query, sort=sort, descending=descending, offset=offset, limit=5)  # type: ignore[arg-type]
            assert [d.name for d in at.datasets] == names[offset : offset + 5]
            assert at.total == 17
        if sort == "rows":
            rows = [int(name[-2:]) % 4 for name in names]
            assert rows == sorted(rows, reverse=descending)

    def test_names_sort_by_code_point(self, database: Database, catalog: CatalogService) -> None:
        for name in ("a.b", "a.B", "a._b", "a.b-", "A.b"):
            add(database, name)
        assert [d.name for d in catalog.search(sort="name").datasets] == sorted(["a.b", "a.B", "a._b", "a.b-", "A.b"])

    def test_a_cursor_of_another_list_is_refused(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders")
        add(database, "sales.lines")
        cursor = catalog.search(sort="name", limit=1).next_cursor
        for wrong in (cursor, "x", "W10", "ü"):
            with pytest.raises(UsageError, match="cursor"):
                catalog.search(sort="rows", cursor=wrong)

    def test_a_missing_dataset_names_its_neighbours(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders")
        with pytest.raises(DatasetNotFound, match=r"There is no dataset sales.oders. Did you mean sales.orders\?"):
            catalog.resolve("sales.oders@v1")

    def test_events_come_in_order_and_once(self, database: Database) -> None:
        events = Events(database)
        start = events.last_seq()
        add(database, "sales.orders")
        add(database, "sales.orders")
        found = events.since(start)
        assert [(e.topic, e.subject) for e in found] == [
            ("dataset", "sales.orders"),
            ("version", "sales.orders"),
            ("version", "sales.orders"),
        ]
        assert found[-1].payload == {"version": "v2", "kind": "real", "rows": 10}
        assert [e.seq for e in found] == sorted({e.seq for e in found})
        assert events.since(found[-1].seq) == []

    def test_another_connections_commit_is_noticed(self, database: Database) -> None:
        before = database.data_version()
        assert database.data_version() == before
        thread = threading.Thread(target=add, args=(database, "sales.orders"))
        thread.start()
        thread.join()
        assert database.data_version() != before

    def test_kernel_views_tell_the_same(self, database: Database, catalog: CatalogService) -> None:
        add(database, "sales.orders", added=("a", "b"))
        add(database, "sales.orders", added=("c",), removed=("a",))
        catalog.tag("sales.orders@v2", "gold", "ada")
        assert database.query("SELECT * FROM kernel_v1_datasets")[0]["newest"] == 2
        versions = database.query("SELECT * FROM kernel_v1_versions ORDER BY number")
        assert [row["digest"] for row in versions] == [catalog.resolve(f"sales.orders@v{n}").digest for n in (1, 2)]
        tag = database.query("SELECT * FROM kernel_v1_tags")[0]
        assert (tag["dataset"], tag["tag"], tag["number"]) == ("sales.orders", "gold", 2)
        live = database.query(
            "SELECT path FROM kernel_v1_files WHERE dataset = ? AND added <= 2 AND (removed IS NULL OR removed > 2)",
            ("sales.orders",),
        )
        assert {row["path"] for row in live} == {"b", "c"}


class TestSqlite(LedgerBehaviour):
    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        from headwater.ledger.sqlite import SqliteDatabase

        database = SqliteDatabase(tmp_path / "ledger.sqlite")
        migrate(database)
        yield database
        database.close()


class TestSqliteOnNetwork(LedgerBehaviour):
    """The rollback journal that a network file system needs."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        from headwater.ledger.sqlite import SqliteDatabase

        database = SqliteDatabase(tmp_path / "ledger.sqlite", network=True)
        migrate(database)
        assert database.query("PRAGMA journal_mode")[0]["journal_mode"] == "delete"
        yield database
        database.close()


class TestPostgresql(LedgerBehaviour):
    @pytest.fixture
    def database(self, new_database: Callable[[], str]) -> Iterator[Database]:
        from headwater.ledger.postgresql import PostgresqlDatabase

        database = PostgresqlDatabase(new_database())
        migrate(database)
        yield database
        database.close()
