"""What every store does. Each kind inherits the same suite, through the commits that users make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.errors import Cancelled, UnsupportedFormat, UsageError
from headwater.models import Version
from headwater.services.commits import CommitService
from headwater.stores.base import Store
from headwater.stores.registry import open_store


class StoreBehaviour:
    """Inherited by each kind of store, which gives `kind`."""

    kind: str

    @pytest.fixture
    def headwater(self, tmp_path: Path) -> Iterator[Headwater]:
        parts = open_headwater(tmp_path / "home")
        yield parts
        parts.close()

    @pytest.fixture
    def store(self, headwater: Headwater) -> Store:
        return open_store(self.kind, catalog=str(headwater.home.catalog_path), warehouse=str(headwater.home.warehouse))

    @pytest.fixture
    def commits(self, headwater: Headwater, store: Store) -> CommitService:
        return CommitService(headwater.home, headwater.database, store)

    def commit(self, commits: CommitService, rows: Any, name: str = "sales.orders", **more: Any) -> Version:
        table = rows if isinstance(rows, pa.Table) else pa.table(rows)
        return commits.commit(name, table.to_reader(), **{"kind": "real", "author": "ada", **more})

    def rows(self, headwater: Headwater, ref: str) -> pa.Table:
        files = headwater.catalog.files(headwater.catalog.resolve(ref))
        return pa.concat_tables([pq.read_table(file.path) for file in files])

    def test_rows_come_back_as_they_were(self, headwater: Headwater, commits: CommitService) -> None:
        table = pa.table({"a": [3, 1, None], "t": ["x", None, "é"], "d": pa.array([1, None, 2], pa.date32())})
        version = self.commit(commits, table)
        assert (version.version, version.rows) == ("v1", 3)
        assert self.rows(headwater, "sales.orders").to_pylist() == table.to_pylist()

    def test_days_outside_the_years_of_python_are_kept(self, headwater: Headwater, commits: CommitService) -> None:
        days = pa.array([3_000_000, None, -800_000], pa.int32()).cast(pa.date32())
        times = pa.array([2**60, 0, None], pa.int64()).cast(pa.timestamp("us"))
        table = pa.table({"day": days, "time": times, "a": [1, 2, 3]})
        version = self.commit(commits, table)
        assert self.rows(headwater, "sales.orders").equals(table)
        assert self.commit(commits, table).digest == version.digest
        # The other columns keep their bounds, so that a filter still leaves files out.
        assert len(headwater.preview.rows("sales.orders", where="a > 2").rows) == 1

    def test_an_old_version_stays_what_it_was(self, headwater: Headwater, commits: CommitService) -> None:
        first = self.commit(commits, {"a": [1, 2, 3]})
        self.commit(commits, {"a": [4], "b": ["new"]})
        assert self.rows(headwater, "sales.orders@v1")["a"].to_pylist() == [1, 2, 3]
        assert headwater.catalog.resolve("sales.orders@v1").digest == first.digest
        assert headwater.catalog.resolve("sales.orders").version == "v2"

    def test_appending_shares_the_files(self, headwater: Headwater, commits: CommitService) -> None:
        self.commit(commits, {"a": list(range(1000))})
        self.commit(commits, {"a": [7]}, append=True)
        old, new = (headwater.catalog.files(headwater.catalog.resolve(f"sales.orders@{v}")) for v in ("v1", "v2"))
        assert {file.path for file in old} < {file.path for file in new}
        assert self.rows(headwater, "sales.orders").num_rows == 1001

    def test_appended_rows_have_the_digest_of_all_rows(self, commits: CommitService) -> None:
        self.commit(commits, {"a": [1, 2]}, "x.grown")
        grown = self.commit(commits, {"a": [3]}, "x.grown", append=True)
        assert grown.digest == self.commit(commits, {"a": [3, 2, 1]}, "x.whole").digest

    def test_other_columns_cannot_be_appended(self, commits: CommitService) -> None:
        self.commit(commits, {"a": [1]})
        with pytest.raises(UsageError, match="other columns"):
            self.commit(commits, {"b": [1]}, append=True)

    def test_a_small_change_costs_few_bytes(self, headwater: Headwater, commits: CommitService) -> None:
        numbers = pa.array(range(2_000_000))
        table = pa.table({"id": numbers, "v": pc.multiply(numbers, 7919)})
        self.commit(commits, table)
        self.commit(commits, table.set_column(1, "v", pc.if_else(pc.equal(numbers, 1_000), -1, table["v"])))
        old, new = (headwater.catalog.files(headwater.catalog.resolve(f"sales.orders@{v}")) for v in ("v1", "v2"))
        fresh = sum(file.bytes for file in new if file.path not in {one.path for one in old})
        assert fresh <= 0.5 * sum(file.bytes for file in new)

    def test_an_empty_table_is_a_version(self, headwater: Headwater, commits: CommitService) -> None:
        assert self.commit(commits, pa.table({"a": pa.array([], pa.int64())})).rows == 0
        assert headwater.catalog.resolve("sales.orders").rows == 0

    def test_a_cancelled_commit_leaves_nothing(
        self, headwater: Headwater, commits: CommitService, store: Store
    ) -> None:
        self.commit(commits, {"a": [1]})
        before = store.area("sales.orders").names()  # type: ignore[union-attr]
        with pytest.raises(Cancelled):
            self.commit(commits, {"a": list(range(100_000))}, cancelled=lambda: True)
        assert store.area("sales.orders").names() == before  # type: ignore[union-attr]
        assert headwater.catalog.resolve("sales.orders").version == "v1"

    def test_rows_that_fail_in_the_middle_leave_nothing(
        self, headwater: Headwater, commits: CommitService, store: Store
    ) -> None:
        def batches() -> Iterator[pa.RecordBatch]:
            yield pa.record_batch({"a": list(range(200_000))})
            raise RuntimeError("the source broke")

        reader = pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches())
        with pytest.raises(RuntimeError, match="the source broke"):
            commits.commit("sales.orders", reader, kind="real", author="ada")
        area = store.area("sales.orders")
        assert area is None or area.names() == []

    def test_a_protected_snapshot_carries_a_native_tag(self, commits: CommitService, store: Store) -> None:
        self.commit(commits, {"a": [1]})
        commits.protect("sales.orders", "v1")
        commits.protect("sales.orders", "v1")
        assert set(store.protected("sales.orders")) == {"headwater-v1"}
        commits.release("sales.orders", "v1")
        assert store.protected("sales.orders") == {}

    def test_a_snapshot_is_found_by_what_was_written_beside_it(self, commits: CommitService, store: Store) -> None:
        self.commit(commits, {"a": [1]})
        assert store.find("sales.orders", "headwater.number", "1")
        assert store.find("sales.orders", "headwater.number", "2") is None
        assert store.find("no.such", "headwater.number", "1") is None

    def test_what_cannot_be_kept_is_refused(self, commits: CommitService) -> None:
        union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])
        with pytest.raises(UnsupportedFormat, match="'u'"):
            self.commit(commits, pa.table({"u": union}))


class TestIceberg(StoreBehaviour):
    kind = "iceberg"

    def test_any_iceberg_reader_reads_the_newest_version(
        self, headwater: Headwater, commits: CommitService, store: Store
    ) -> None:
        self.commit(commits, {"a": [1, 2]})
        self.commit(commits, {"a": [3], "b": ["x"]})
        assert store.table("sales.orders").scan().to_arrow().to_pylist() == [{"a": 3, "b": "x"}]  # type: ignore[attr-defined]

    def test_a_foreign_writer_in_between_loses_nothing(
        self, headwater: Headwater, commits: CommitService, store: Store
    ) -> None:
        self.commit(commits, {"a": [1, 2]})
        table = store.table("sales.orders")  # type: ignore[attr-defined]
        table.append(pa.table({"a": pa.array([9], pa.int64())}, schema=table.schema().as_arrow()))
        self.commit(commits, {"a": [3]})
        assert self.rows(headwater, "sales.orders@v1")["a"].to_pylist() == [1, 2]
        assert self.rows(headwater, "sales.orders@v2")["a"].to_pylist() == [3]


class TestMemory(StoreBehaviour):
    kind = "memory"


del StoreBehaviour
