"""Reading many rows as Arrow against a drain of binary COPY in C (psql to nowhere) and against connectorx.

python bench/extraction.py [--rounds 3] [--rows 20000000]

Ours is typed and guarded: infinite times are counted, numerics and documents come exact. `native` has numbers, times
and texts; `rich` numerics, uuids and documents too. Then the memory that a read takes, by its length.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable
from statistics import median

from events import Events
from sampling import in_turns

from headwater.sampling.selection import Selection
from headwater.sources.postgresql.draw import PostgresqlDrawing
from headwater.sources.sql.smallest import whole

_NATIVE = "id, customer_id, order_id, ts, kind, score"
_RICH = "id, customer_id, order_id, ts, kind, amount, session, score, payload"
_CASES = (
    ("native", 1_000_000, _NATIVE, 1.15, True),
    ("rich", 1_000_000, _RICH, 1.6, True),
    ("native", 5_000_000, _NATIVE, 1.3, False),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--reading", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.reading:
        read(Events(asked.rows), asked.reading)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    with Events(asked.rows) as events:
        for name, rows, columns, limit, peer in _CASES:
            case(events, name, rows, columns, limit, asked.rounds, peer=peer)
        memory(events)


def case(events: Events, name: str, rows: int, columns: str, limit: float, rounds: int, *, peer: bool) -> None:
    view = shown(events, rows, columns)
    query = f"SELECT {columns} FROM events WHERE id <= {rows}"
    runs: dict[str, Callable[[], object]] = {
        "drain": lambda: drained(events, query),
        "ours": lambda: read(events, view),
    }
    if peer:
        runs["connectorx"] = lambda: connectorx(events, query)
    times = in_turns(runs, rounds)
    least = {name: min(found) for name, found in times.items()}
    paired = [ours / drain for ours, drain in zip(times["ours"], times["drain"], strict=True)]
    print(
        f"{name} {rows:>9,}: drain {least['drain']:5.2f} s  ours {least['ours']:5.2f} s  of minima "
        f"{least['ours'] / least['drain']:.2f}  median {median(paired):.2f}  (at most {limit})"
        + (f"  connectorx {least['connectorx'] / least['ours']:.2f} times slower (at least 1.35)" if peer else ""),
        flush=True,
    )


def memory(events: Events) -> None:
    for rows in (100_000, 1_000_000, events.rows):
        view = shown(events, rows, _RICH)
        child = subprocess.run(
            [sys.executable, __file__, "--reading", view, "--rows", str(events.rows)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        print(f"peak memory of a read of {rows:>10,} rows: {int(child.stdout) / 1024:,.0f} MB", flush=True)


def shown(events: Events, rows: int, columns: str) -> str:
    with events.connect() as connection:
        connection.execute("DROP VIEW IF EXISTS wanted")
        connection.execute(f"CREATE VIEW wanted AS SELECT {columns} FROM events WHERE id <= {rows}".encode())
    return "wanted"


def read(events: Events, table: str) -> int:
    with events.source().snapshot() as snapshot:
        drawing = snapshot.table(table)
        assert isinstance(drawing, PostgresqlDrawing)
        return sum(batch.num_rows for batch in drawing.stream(whole(drawing.sql), Selection(1)))


def drained(events: Events, query: str) -> None:
    running = events.program(
        "psql", "-qAt", "-c", f"COPY ({query}) TO STDOUT (FORMAT BINARY)", output=subprocess.DEVNULL
    )
    assert running.wait() == 0


def connectorx(events: Events, query: str) -> None:
    import connectorx

    connectorx.read_sql(events.dsn, query, return_type="arrow", protocol="binary")


if __name__ == "__main__":
    main()
