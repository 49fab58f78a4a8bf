"""What every source does. Each kind inherits the same suite and loads the same tables into a system of its own."""

from __future__ import annotations

import logging
import struct
import threading
import traceback
from datetime import UTC, date, datetime, time
from decimal import Decimal
from time import monotonic, sleep
from typing import Any

import pyarrow as pa
import pytest
from mariadb_server import MariadbServer
from systems import HOSTILE, ORDERS, SECRET, System, shop
from systems_duckdb import DuckdbSystem
from systems_files import FilesSystem
from systems_lake import DeltaSystem, IcebergSystem
from systems_mariadb import MariadbSystem
from systems_postgresql import PostgresqlSystem

from headwater.demo.postgres import Server
from headwater.errors import Cancelled, HeadwaterError, SampleRefused, SourceUnavailable, TableNotFound, Unavailable
from headwater.predicate import Predicate
from headwater.sampling.selection import Selection
from headwater.sources.base import Source
from headwater.sources.registry import open_source


class SourceBehaviour:
    """Inherited by each kind of source, which gives `system`."""

    comments = True
    types: tuple[tuple[str, Any, Any], ...] = ()
    not_keys: frozenset[str] = frozenset({"document", "listed", "fields", "pairs", "place", "fine", "span"})

    @pytest.fixture
    def source(self, system: System, environment: None) -> Source:
        return open_source(system.config())

    @pytest.fixture
    def environment(self, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a system has its credential."""

    def drawn(self, source: Source, table: str, rows: int = 100, seed: int = 7, **more: Any) -> pa.Table:
        with source.snapshot() as snapshot:
            drawing = snapshot.table(table)
            return pa.Table.from_batches(list(drawing.rows(Selection(rows, seed, **more))), drawing.schema)

    def test_it_is_there(self, source: Source) -> None:
        source.check()

    def test_its_tables_are_listed_without_a_row(self, system: System, source: Source) -> None:
        page = source.tables()
        names = [table.name for table in page.tables]
        assert {f"{system.schema}.{name}" for name in shop()} <= set(names)
        assert names == sorted(names)
        assert page.next_cursor is None
        assert {table.source for table in page.tables} == {source.name}

    def test_a_list_goes_on_where_it_stopped(self, source: Source) -> None:
        names, cursor = [], None
        while True:
            page = source.tables(cursor=cursor, limit=2)
            names += [table.name for table in page.tables]
            if (cursor := page.next_cursor) is None:
                break
        assert names == [table.name for table in source.tables(limit=500).tables]

    def test_tables_are_found_by_the_name_of_a_column(self, system: System, source: Source) -> None:
        assert [table.name for table in source.tables("ITY_I").tables] == [f"{system.schema}.orders"]
        assert f"{system.schema}.pairs" in [table.name for table in source.tables("pAir").tables]
        assert source.tables("%\0").tables == ()

    def test_a_table_has_columns_and_a_key(self, system: System, source: Source) -> None:
        table = source.table("orders")
        assert table.name == f"{system.schema}.orders"
        assert [column.name for column in table.columns] == ["id", "email", "city_id", "price"]
        assert table.key == ("id",)
        assert [column.name for column in table.columns if column.key] == ["id"]
        assert {column.name for column in table.columns if column.nullable} >= {"city_id"}
        assert all(column.type for column in table.columns)
        assert source.table("pairs").key == ("b", "a")
        assert source.table(f"{system.schema}.keyless").key == ()

    def test_a_comment_comes_along(self, source: Source) -> None:
        assert source.table("orders").comment == ("what people bought" if self.comments else "")

    @pytest.mark.parametrize("name", ["ordres", "no.such.table", "ord\ud800ers", "a\0b", "", "orders; --"])
    def test_a_table_that_is_not_there(self, system: System, source: Source, name: str) -> None:
        with pytest.raises(TableNotFound) as raised:
            source.table(name)
        assert raised.value.hint
        if name == "ordres":
            assert f"{system.schema}.orders" in raised.value.hint
        with source.snapshot() as snapshot, pytest.raises(TableNotFound):
            snapshot.table(name)

    def test_a_peek_has_the_columns_of_the_draw(self, source: Source) -> None:
        with source.snapshot() as snapshot:
            drawing = snapshot.table("orders")
            assert drawing.count() == ORDERS
            seen = drawing.peek(7, 50)
            assert (seen.num_rows, seen.schema) == (50, drawing.schema)
            assert seen["email"][0].as_py().endswith("@canary.example")
            assert snapshot.table("keyless").peek(7, 50).num_rows == 2

    def test_a_draw_gives_so_many_rows_and_the_same_again(self, source: Source) -> None:
        first = self.drawn(source, "orders", 137)
        assert first.num_rows == len(set(first["id"].to_pylist())) == 137
        assert self.drawn(source, "orders", 137).equals(first)
        everything = shop()["orders"][0].to_pylist()
        assert all(row in everything for row in first.to_pylist())

    def test_rows_come_in_the_order_of_their_key(self, source: Source) -> None:
        ids = self.drawn(source, "orders", 137)["id"].to_pylist()
        assert ids == sorted(ids)

    def test_a_larger_sample_contains_a_smaller_one(self, source: Source) -> None:
        small, large = (set(self.drawn(source, "orders", rows)["id"].to_pylist()) for rows in (50, 400))
        assert small < large

    def test_another_seed_gives_other_rows(self, source: Source) -> None:
        one, other = (set(self.drawn(source, "orders", 500, seed)["id"].to_pylist()) for seed in (7, 8))
        # Of 2,000 rows two independent samples of 500 share 125, give or take 10.
        assert 75 < len(one & other) < 175

    def test_every_row_comes_when_more_are_asked_for(self, source: Source) -> None:
        for name, (table, key) in shop().items():
            if key:
                drawn = self.drawn(source, name, 10_000)
                order = [(column, "ascending") for column in key]
                assert drawn.select(table.column_names).sort_by(order).to_pylist() == table.sort_by(order).to_pylist()

    def test_a_key_of_two_columns_chooses_too(self, source: Source) -> None:
        drawn = self.drawn(source, "pairs", 60)
        assert len({(row["a"], row["b"]) for row in drawn.to_pylist()}) == 60

    def filtered(self, source: Source, table: str, text: str, rows: int = 10_000, **more: Any) -> pa.Table:
        with source.snapshot() as snapshot:
            drawing = snapshot.table(table)
            where = Predicate(text, {field.name: str(field.type) for field in drawing.schema})
            return pa.Table.from_batches(list(drawing.rows(Selection(rows, where=where, **more))), drawing.schema)

    @pytest.mark.parametrize(
        "text",
        [
            "id > 1500 AND price < 40",
            "NOT city_id IN (1, 3)",
            "city_id IS NULL OR email LIKE '%1_@%'",
            "id = 2.5",
            "price = 7.5",
        ],
    )
    def test_a_filter_keeps_what_it_keeps_of_loaded_rows(self, source: Source, text: str) -> None:
        loaded = self.drawn(source, "orders", 10_000)
        types = {field.name: str(field.type) for field in loaded.schema}
        kept = loaded.filter(Predicate(text, types).arrow_mask(loaded), null_selection_behavior="drop")
        assert self.filtered(source, "orders", text).to_pylist() == kept.to_pylist()

    @pytest.mark.parametrize(
        "more",
        [
            {"method": "newest", "by": ("id",)},
            {"method": "window", "by": ("id",), "start": "100", "end": "900"},
            {"method": "stratified", "by": ("city_id",)},
            {"method": "stratified", "by": ("city_id",), "allocation": "equal"},
            {"method": "top", "by": ("city_id",), "order": "price", "per": 3},
            {"method": "keys", "keys": tuple((str(number),) for number in range(1, 200))},
        ],
        ids=["newest", "window", "in proportion", "equal", "top", "keys"],
    )
    def test_a_method_gives_the_same_rows_and_a_larger_sample_holds_a_smaller_one(
        self, source: Source, more: dict[str, Any]
    ) -> None:
        small = self.drawn(source, "orders", 12, **more)["id"].to_pylist()
        assert len(set(small)) == 12
        assert small == sorted(small) == self.drawn(source, "orders", 12, **more)["id"].to_pylist()
        assert set(small) < set(self.drawn(source, "orders", 15, **more)["id"].to_pylist())

    def test_the_whole_table_or_a_refusal(self, source: Source) -> None:
        assert self.drawn(source, "orders", ORDERS, method="all").num_rows == ORDERS
        with pytest.raises(SampleRefused, match="2,000 rows"):
            self.drawn(source, "orders", ORDERS - 1, method="all")

    def test_a_table_without_a_key_has_methods_too(self, source: Source) -> None:
        assert self.drawn(source, "keyless", 1).equals(self.drawn(source, "keyless", 1))
        with pytest.raises(SampleRefused, match="no key"):
            self.drawn(source, "keyless", 1, method="keys", keys=(("1",),))

    def among(self, source: Source, table: str, keys: pa.Table) -> pa.Table:
        with source.snapshot() as snapshot:
            drawing = snapshot.table(table)
            typed = keys.cast(pa.schema([drawing.schema.field(name) for name in keys.column_names]))
            (batch,) = typed.combine_chunks().to_batches()
            return pa.Table.from_batches(list(drawing.among(keys.column_names, batch)), drawing.schema)

    def test_rows_are_found_by_values_of_any_columns(self, source: Source) -> None:
        ids = [1, 5, 1_999, 2_000, 2_001, -7]
        assert sorted(self.among(source, "orders", pa.table({"id": ids}))["id"].to_pylist()) == [1, 5, 1_999, 2_000]
        cities = self.among(source, "orders", pa.table({"city_id": [1, 3]}))["city_id"].to_pylist()
        everything = shop()["orders"][0]["city_id"].to_pylist()
        assert sorted(cities) == sorted(city for city in everything if city in (1, 3))
        pairs = pa.table({"b": ["k'7\\é", "k'8\\é", "nothing"], "a": [7, 9, 0]})
        assert self.among(source, "pairs", pairs).to_pylist() == [{"b": "k'7\\é", "a": 7}]
        keys = pa.table({'se"lect': [1, 2, 3]})
        assert sorted(self.among(source, HOSTILE, keys)['se"lect'].to_pylist()) == [1, 2]

    def test_rows_are_found_by_values_of_any_type(self, source: Source) -> None:
        for name, kind, value in self.types:
            # Floats, documents and what has no value are no keys.
            if value is None or pa.types.is_floating(kind) or name in self.not_keys:
                continue
            found = self.among(source, "types", pa.table({name: pa.array([value], kind)}))
            assert found["id"].to_pylist() == [1], name

    def test_names_that_look_like_sql_are_names(self, system: System, source: Source) -> None:
        assert source.table(HOSTILE).key == ('se"lect',)
        assert [table.name for table in source.tables('t"ile; --%').tables] == [f"{system.schema}.{HOSTILE}"]
        assert self.drawn(source, HOSTILE, 1).num_rows == 1
        with source.snapshot() as snapshot:
            assert snapshot.table(HOSTILE).peek(7, 9).num_rows == 2

    def test_nothing_can_be_written(self, system: System, source: Source) -> None:
        for statement, run in system.attempts():
            with source.snapshot() as snapshot, pytest.raises(Exception) as raised:
                run(snapshot, statement)
            assert not isinstance(raised.value, AttributeError | TypeError), statement

    def test_a_cancel_ends_what_runs_in_the_source(self, system: System, source: Source) -> None:
        ended: list[BaseException] = []
        reached = threading.Event()
        held: list[Any] = []

        def work() -> None:
            try:
                with source.snapshot() as snapshot:
                    held.append(snapshot)
                    drawing = snapshot.table(system.slow())
                    reached.set()
                    list(drawing.rows(Selection(10)))
            except BaseException as error:
                ended.append(error)
            finally:
                reached.set()

        thread = threading.Thread(target=work)
        thread.start()
        assert reached.wait(20)
        _until(system.busy)
        held[0].cancel()
        thread.join(20)
        assert not thread.is_alive()
        assert [type(error) for error in ended] == [Cancelled]
        _until(lambda: not system.busy())

    def test_after_a_cancel_nothing_runs(self, source: Source) -> None:
        with source.snapshot() as snapshot:
            drawing = snapshot.table("orders")
            snapshot.cancel()
            with pytest.raises(Cancelled):
                drawing.count()
            with pytest.raises(Cancelled):
                list(drawing.rows(Selection(10)))

    def test_a_statement_that_takes_too_long_is_stopped(self, system: System, environment: None) -> None:
        source = open_source(system.config(statement_timeout_s=0.4))
        with source.snapshot() as snapshot, pytest.raises(SourceUnavailable, match=r"longer than 0\.4 s") as raised:
            list(snapshot.table(system.slow()).rows(Selection(10)))
        assert "statement_timeout_s" in raised.value.hint
        _until(lambda: not system.busy())

    def test_no_error_tells_a_credential(
        self, system: System, environment: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for config in system.misled():
            with pytest.raises(Unavailable) as raised:
                source = open_source(config)
                source.check()
            assert raised.value.hint
            told = "".join(traceback.format_exception(raised.value)) + caplog.text + str(raised.value.to_wire())
            assert SECRET not in told, config
            with pytest.raises(HeadwaterError):
                source.tables()

    def test_a_value_comes_as_it_is_or_is_said_to_be_lost(self, system: System, source: Source) -> None:
        if not self.types:
            pytest.fail("this kind of source has no table of types")
        drawn = self.drawn(source, "types", 10)
        assert [(name, drawn.schema.field(name).type, drawn[name][0].as_py()) for name, _, _ in self.types] == [
            (name, kind, value) for name, kind, value in self.types
        ]
        assert all(drawn[name][1].as_py() is None for name, _, _ in self.types)


def _until(met: Any) -> None:
    deadline = monotonic() + 20
    while not met():
        assert monotonic() < deadline
        sleep(0.01)


class TestPostgresql(SourceBehaviour):
    types = (
        ("small", pa.int16(), 7),
        ("real", pa.float32(), 1.5),
        ("truth", pa.bool_(), True),
        ("amount", pa.decimal128(20, 6), Decimal("12345678901234.123456")),
        ("day", pa.date32(), date(2026, 3, 1)),
        ("moment", pa.timestamp("us", tz="UTC"), datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("local", pa.timestamp("us"), datetime(2026, 3, 1, 12, 0, 0, 250_000)),
        ("code", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("document", pa.string(), '{"a": 1.10}'),
        ("listed", pa.string(), "{{1,2},{3,4}}"),
        ("bytes", pa.binary(), b"\x00\xff"),
    )

    @pytest.fixture(scope="class")
    def system(self, postgresql: Server) -> PostgresqlSystem:
        with postgresql.connect() as connection:
            connection.execute("CREATE DATABASE suite")
        return PostgresqlSystem(postgresql, "suite")

    @pytest.fixture
    def environment(self, system: PostgresqlSystem, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEST_DSN", system.dsn())


class TestOlderPostgresql(TestPostgresql):
    @pytest.fixture(scope="class")
    def system(self, older_postgresql: Server) -> PostgresqlSystem:
        with older_postgresql.connect() as connection:
            assert connection.info.server_version // 10_000 == 16
            connection.execute("CREATE DATABASE suite")
        return PostgresqlSystem(older_postgresql, "suite")


class TestDuckdb(SourceBehaviour):
    types = (
        ("small", pa.int16(), 7),
        ("tiny", pa.uint8(), 255),
        ("large", pa.string(), "18446744073709551615"),
        ("huge", pa.string(), "170141183460469231731687303715884105727"),
        ("real", pa.float32(), 1.5),
        ("truth", pa.bool_(), True),
        ("amount", pa.decimal128(20, 6), Decimal("12345678901234.123456")),
        ("whole", pa.int64(), 123456789012),
        ("long", pa.string(), "123456789012345678901234"),
        ("day", pa.date32(), date(2026, 3, 1)),
        ("never", pa.date32(), None),
        ("moment", pa.timestamp("us", tz="UTC"), datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("local", pa.timestamp("us"), datetime(2026, 3, 1, 12, 0, 0, 250_000)),
        ("fine", pa.timestamp("us"), datetime(2026, 3, 1, 12, 0, 0, 123_456)),
        ("clock", pa.time64("us"), time(23, 59, 59)),
        ("zoned", pa.string(), "23:59:59+02"),
        ("code", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("document", pa.string(), '{"a": 1.10}'),
        ("listed", pa.string(), "[1,null]"),
        ("fields", pa.string(), '{"a":1,"b":"é"}'),
        ("pairs", pa.string(), '{"k":1}'),
        ("bytes", pa.binary(), b"\x00\xff"),
        ("bits", pa.string(), "101"),
        ("size", pa.string(), "large"),
        ("span", pa.string(), "1 month 2 days"),
    )

    @pytest.fixture(scope="class")
    def system(self, tmp_path_factory: pytest.TempPathFactory) -> DuckdbSystem:
        return DuckdbSystem(tmp_path_factory.mktemp("duckdb"))


_OF_FILES = pa.table(
    {
        "id": pa.array([1, 2], pa.int32()),
        "large": pa.array([2**64 - 1, None], pa.uint64()),
        "amount": pa.array([Decimal("1.25"), None], pa.decimal128(38, 6)),
        "fine": pa.array([1772366400123456789, None], pa.timestamp("ns")),
        "moment": pa.array([1772366400, None], pa.timestamp("s", "Asia/Tokyo")),
        "clock": pa.array([1, None], pa.time32("s")),
        "size": pa.array(["small", None]).dictionary_encode(),
        "listed": pa.array([[1, None], None], pa.list_(pa.int32())),
        "fields": pa.array([{"a": 1}, None], pa.struct({"a": pa.int32()})),
        "bytes": pa.array([b"\x00\xff", None], pa.binary()),
        "half": pa.array([1.5, None], pa.float32()),
        "none": pa.nulls(2),
    }
)


class TestFiles(SourceBehaviour):
    comments = False
    types = (
        ("large", pa.string(), "18446744073709551615"),
        ("amount", pa.decimal128(38, 6), Decimal("1.250000")),
        ("fine", pa.timestamp("us"), datetime(2026, 3, 1, 12, 0, 0, 123_456)),
        ("moment", pa.timestamp("us", tz="UTC"), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("clock", pa.time64("us"), time(0, 0, 1)),
        ("size", pa.string(), "small"),
        ("listed", pa.string(), "[1,null]"),
        ("fields", pa.string(), '{"a":1}'),
        ("bytes", pa.binary(), b"\x00\xff"),
        ("half", pa.float32(), 1.5),
        ("none", pa.string(), None),
    )

    @pytest.fixture(scope="class")
    def system(self, tmp_path_factory: pytest.TempPathFactory) -> FilesSystem:
        return FilesSystem(tmp_path_factory.mktemp("files"), _OF_FILES)


_OF_LAKES = pa.table(
    {
        "id": pa.array([1, 2], pa.int32()),
        "amount": pa.array([Decimal("1.25"), None], pa.decimal128(38, 6)),
        "moment": pa.array([1772366400000001, None], pa.timestamp("us", "UTC")),
        "local": pa.array([1772366400000001, None], pa.timestamp("us")),
        "day": pa.array([date(2026, 3, 1), None]),
        "listed": pa.array([[1, None], None], pa.list_(pa.int32())),
        "fields": pa.array([{"a": 1}, None], pa.struct({"a": pa.int32()})),
        "bytes": pa.array([b"\x00\xff", None], pa.binary()),
        "half": pa.array([1.5, None], pa.float32()),
        "truth": pa.array([True, None]),
    }
)
_LAKE_TYPES = (
    ("amount", pa.decimal128(38, 6), Decimal("1.250000")),
    ("moment", pa.timestamp("us", tz="UTC"), datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)),
    ("local", pa.timestamp("us"), datetime(2026, 3, 1, 12, 0, 0, 1)),
    ("day", pa.date32(), date(2026, 3, 1)),
    ("listed", pa.string(), "[1,null]"),
    ("fields", pa.string(), '{"a":1}'),
    ("bytes", pa.binary(), b"\x00\xff"),
    ("half", pa.float32(), 1.5),
    ("truth", pa.bool_(), True),
)


class TestIceberg(SourceBehaviour):
    types = _LAKE_TYPES

    @pytest.fixture(scope="class")
    def system(self, tmp_path_factory: pytest.TempPathFactory) -> IcebergSystem:
        return IcebergSystem(tmp_path_factory.mktemp("iceberg"), _OF_LAKES)


class TestDelta(SourceBehaviour):
    types = _LAKE_TYPES

    @pytest.fixture(scope="class")
    def system(self, tmp_path_factory: pytest.TempPathFactory) -> DeltaSystem:
        return DeltaSystem(tmp_path_factory.mktemp("delta"), _OF_LAKES)


class TestMariadb(SourceBehaviour):
    types = (
        ("tiny", pa.uint8(), 255),
        ("truth", pa.bool_(), True),
        ("bits", pa.int64(), 513),
        ("many", pa.uint64(), 2**64 - 1),
        ("large", pa.uint64(), 2**64 - 1),
        ("real4", pa.float32(), 16777218.0),
        ("real8", pa.float64(), 0.1),
        ("amount", pa.decimal128(20, 6), Decimal("12345678901234.123456")),
        ("whole", pa.int64(), 123456789012),
        ("wide", pa.string(), "123456789012345678901234"),
        ("longest", pa.string(), "12345678901234567890123456789012345678901234.12345678901234567891"),
        ("day", pa.date32(), date(2026, 3, 1)),
        ("zero", pa.date32(), None),
        ("noday", pa.date32(), None),
        ("moment", pa.timestamp("us", tz="UTC"), datetime(2026, 3, 1, 10, 0, 0, 1, tzinfo=UTC)),
        ("local", pa.timestamp("us"), datetime(2026, 3, 1, 12, 0, 0, 250_000)),
        ("zerotime", pa.timestamp("us"), None),
        ("clock", pa.string(), "-838:59:59.500"),
        ("born", pa.int16(), 2026),
        ("document", pa.string(), '{"a": 1.10}'),
        ("size", pa.string(), "large"),
        ("sizes", pa.string(), "a,c"),
        ("bytes", pa.binary(), b"\x00\xff"),
        ("blobs", pa.binary(), b"\x00\x01"),
        ("latin", pa.string(), "é"),
        ("sharp", pa.string(), "😀"),
        ("code", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("place", pa.binary(), struct.pack("<BIdd", 1, 1, 1.0, 2.0)),
    )

    @pytest.fixture(scope="class")
    def system(self, mariadb: MariadbServer) -> MariadbSystem:
        return MariadbSystem(mariadb)

    @pytest.fixture
    def environment(self, system: MariadbSystem, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEST_DSN", system.dsn())


del SourceBehaviour
