"""How long a statement lives on in production after it was cancelled, and after its process was killed.

python bench/cancel.py [--rounds 20]

The peer of a cancel is `pg_cancel_backend` on the same statement; of a killed process it is the same statement of a
plain client that was killed, which the server does not notice (bounded here at ten seconds).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg

from headwater.config import SourceConfig
from headwater.demo.postgres import ADMIN, Server
from headwater.errors import HeadwaterError
from headwater.sources.postgresql.snapshot import PostgresqlSnapshot
from headwater.sources.registry import open_source

_LONG = "SELECT count(*) FROM generate_series(1, 2000000000) cancelled_here"
_KILLED = f"""
import sys
from headwater.config import SourceConfig
from headwater.sources.registry import open_source
with open_source(SourceConfig("prod", "postgresql", dsn_env="BENCH_DSN")).snapshot() as snapshot:
    list(snapshot.batches({_LONG!r}))
"""
_PLAIN = f"""
import os, psycopg
psycopg.connect(os.environ["BENCH_DSN"]).execute({_LONG!r})
"""
_NEVER_S = 10.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server, server.connect() as admin:
        os.environ["BENCH_DSN"] = server.dsn(ADMIN)
        ours = [cancelled(admin, PostgresqlSnapshot.cancel) for _ in range(rounds)]
        peer = [cancelled(admin, lambda _: by_the_server(admin)) for _ in range(rounds)]
        killed = [after_kill(admin, _KILLED) for _ in range(max(3, rounds // 4))]
        plain = [after_kill(admin, _PLAIN) for _ in range(2)]
    good = max(ours) <= 0.5 and max(killed) <= 3
    print(f"cancel: median {ms(ours)}, longest {1000 * max(ours):.0f} ms (at most 500)")
    print(f"pg_cancel_backend: median {ms(peer)}; ratio {statistics.median(ours) / statistics.median(peer):.2f}")
    print(f"killed: median {ms(killed)}, longest {1000 * max(killed):.0f} ms (at most 3000)")
    print(f"a plain client that was killed: {ms(plain)} (looked at for {_NEVER_S:.0f} s)")
    print("ok" if good else "MISSED")
    return 0 if good else 1


def running(admin: psycopg.Connection[tuple[object, ...]]) -> bool:
    return bool(
        admin.execute(
            "SELECT FROM pg_stat_activity WHERE query LIKE '%cancelled_here%' AND state = 'active'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()
    )


def until(admin: psycopg.Connection[tuple[object, ...]], wanted: bool) -> float:
    began = time.perf_counter()
    while running(admin) is not wanted and time.perf_counter() - began < _NEVER_S:
        time.sleep(0.002)
    return time.perf_counter() - began


def cancelled(admin: psycopg.Connection[tuple[object, ...]], cancel: Callable[[PostgresqlSnapshot], object]) -> float:
    with open_source(SourceConfig("prod", "postgresql", dsn_env="BENCH_DSN")).snapshot() as snapshot:
        assert isinstance(snapshot, PostgresqlSnapshot)

        def work() -> None:
            with suppress(HeadwaterError):
                list(snapshot.batches(_LONG))

        thread = threading.Thread(target=work)
        thread.start()
        until(admin, True)
        began = time.perf_counter()
        cancel(snapshot)
        until(admin, False)
        took = time.perf_counter() - began
        thread.join()
    return took


def by_the_server(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    admin.execute(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%cancelled_here%'"
        " AND pid <> pg_backend_pid()"
    )


def after_kill(admin: psycopg.Connection[tuple[object, ...]], code: str) -> float:
    process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ})
    until(admin, True)
    process.kill()
    process.wait()
    took = until(admin, False)
    by_the_server(admin)
    until(admin, False)
    return took


def ms(times: list[float]) -> str:
    return f"{1000 * statistics.median(times):.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
