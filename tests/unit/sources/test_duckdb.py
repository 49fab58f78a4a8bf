"""What is of DuckDB alone: keys that headwater.toml gives, threads, memory, and who else has the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from headwater.assembly import open_headwater
from headwater.config import SourceConfig
from headwater.errors import SampleRefused, SourceUnavailable, UsageError
from headwater.sample_models import Link
from headwater.sampling.selection import Selection
from headwater.services.health import HealthService
from headwater.sources.registry import open_source


def made(tmp_path: Path, *statements: str) -> Path:
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "production.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def drawn(path: Path, table: str, rows: int, **settings: Any) -> pa.Table:
    source = open_source(SourceConfig("prod", "duckdb", path=str(path), **settings))
    with source.snapshot() as snapshot:
        drawing = snapshot.table(table)
        return pa.Table.from_batches(list(drawing.rows(Selection(rows))), drawing.schema)


def test_any_number_of_threads_draws_the_same_rows(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE t AS SELECT range AS id, md5(range::text) AS t FROM range(500000)")
    one, eight = (drawn(path, "t", 5_000, threads=threads, keys={"t": ("id",)}) for threads in (1, 8))
    assert one.num_rows == 5_000
    assert one.equals(eight)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ("SELECT range % 900 AS id FROM range(1000)", "rows that share one"),
        ("SELECT nullif(range, 5) AS id FROM range(1000)", "1 rows without it"),
    ],
)
@pytest.mark.parametrize("asked", [500, 5_000])
def test_a_configured_key_that_is_none_is_refused(tmp_path: Path, rows: str, word: str, asked: int) -> None:
    path = made(tmp_path, f"CREATE TABLE t AS {rows}")
    with pytest.raises(SampleRefused, match=word) as raised:
        drawn(path, "t", asked, keys={"main.t": ("id",)})
    assert "[sources.prod.keys]" in raised.value.hint


def test_a_configured_key_must_be_of_columns(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE t (a int)")
    with pytest.raises(UsageError, match="the column id"):
        drawn(path, "t", 1, keys={"t": ("id",)})


def test_a_unique_column_that_can_be_null_is_no_key(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE t (a int UNIQUE, b int NOT NULL UNIQUE, c int, PRIMARY KEY (c))")
    source = open_source(SourceConfig("prod", "duckdb", path=str(path)))
    assert source.table("t").key == ("c",)
    path = made(tmp_path / "other", "CREATE TABLE t (a int UNIQUE, b int NOT NULL UNIQUE)")
    assert open_source(SourceConfig("prod", "duckdb", path=str(path))).table("t").key == ("b",)


def test_a_draw_that_needs_more_memory_than_it_may_says_so(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE t AS SELECT range AS id, repeat(md5(range::text), 20) AS t FROM range(300000)")
    with pytest.raises(SourceUnavailable, match="more memory") as raised:
        drawn(path, "t", 250_000, memory_mb=50, keys={"t": ("id",)})
    assert "memory_mb" in raised.value.hint


def test_a_file_that_is_written_to_is_said_to_be(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE t (a int)")
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout is not None and writer.stdout.readline() == "open\n"
        with pytest.raises(SourceUnavailable, match="open for writing elsewhere"):
            open_source(SourceConfig("prod", "duckdb", path=str(path))).check()
    finally:
        writer.communicate("")


def test_a_view_that_reads_other_files_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id,word\n1,sesame\n")
    path = made(tmp_path, f"CREATE VIEW v AS SELECT * FROM read_csv('{secret}')")
    with pytest.raises(SourceUnavailable, match="files elsewhere"):
        drawn(path, "v", 1, keys={"v": ("id",)})


def test_foreign_keys_are_links(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        "CREATE TABLE p (a int, b text, PRIMARY KEY (a, b))",
        "CREATE TABLE c (id int PRIMARY KEY, self int REFERENCES c (id), x int NOT NULL, y text NOT NULL,"
        " FOREIGN KEY (x, y) REFERENCES p (a, b))",
    )
    assert open_source(SourceConfig("prod", "duckdb", path=str(path))).links() == (
        Link("main.c", ("self",), "main.c", ("id",), nullable=True),
        Link("main.c", ("x", "y"), "main.p", ("a", "b"), nullable=False),
    )


def test_infinite_times_are_null_and_counted(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        "CREATE TABLE t (id int PRIMARY KEY, d date, m timestamptz, n timestamp_ns, s timestamp_s)",
        "INSERT INTO t VALUES (1, 'infinity', '-infinity', 'infinity', '-infinity'), (2, NULL, NULL, NULL, NULL),"
        " (3, '2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01'), (4, '-infinity', NULL, NULL, NULL)",
    )
    source = open_source(SourceConfig("prod", "duckdb", path=str(path)))
    with source.snapshot() as snapshot:
        drawing = snapshot.table("t")
        drawing.peek(7, 10)
        assert drawing.losses == {}
        rows = pa.Table.from_batches(list(drawing.rows(Selection(10))), drawing.schema)
        assert [rows[name].null_count for name in "dmns"] == [3, 3, 3, 3]
        once = "1 infinite time became null"
        assert drawing.losses == {"d": "2 infinite times became null", "m": once, "n": once, "s": once}


def test_the_doctor_looks_at_a_file_that_needs_no_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, "CREATE TABLE t (a int)")
    parts = open_headwater(tmp_path / "home")
    parts.close()
    parts.home.config_path.write_text(
        f'[sources.here]\nkind = "duckdb"\npath = "{path}"\n[sources.gone]\nkind = "duckdb"\npath = "{tmp_path}/gone"\n'
    )
    # As if not run as root, who may write everywhere.
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    found = [(one.check, one.state, one.detail) for one in HealthService(parts.home).examine()]
    assert ("source here", "ok", "duckdb, needs no credentials") in found
    assert ("source here", "warning", "Its user may write to the file.") in found
    assert any(check == "source gone" and state == "warning" and "is not there" in told for check, state, told in found)
