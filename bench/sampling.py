"""Drawing 100,000 of 20 million rows to Arrow, typed and masked, against the server alone and against pandas.

python bench/sampling.py [--rounds 5] [--seconds 4] [--rows 20000000]

Per round, in turns: the server's own binary COPY of the same rows to nowhere; ours from a new connection to an Arrow
table, masked as proposed; and `pandas.read_sql`, once asked for the same keys, which somebody had to tell it, and once
by the statement that finds a repeatable sample. Then the rate of pgbench while draws follow each other, to its rate
alone. Client, pgbench and server share the machine; the client of the draws yields to them (nice), since it is another
machine elsewhere.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import pyarrow as pa
from events import Events

from headwater.sampling.choice import choose
from headwater.sampling.detect import classify
from headwater.sampling.masker import Masker
from headwater.sampling.selection import Pace, Selection
from headwater.sources.base import Source

_DRAWN = 100_000
_LOOKUP = "\\set r random(1, {rows})\nSELECT id, kind, amount, payload FROM events WHERE id = :r;\n"
_CASES: tuple[tuple[str, str, str, Pace, float], ...] = (
    ("fast", "events", "id", "fast", 1.6),
    ("gentle", "events", "id", "gentle", 3.5),
    ("text key", "texts", "ref", "fast", 4.5),
    ("uuid key", "sessions", "session", "fast", 4.5),
)
_KEPT = {"fast": 0.78, "gentle": 0.85}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--without-pandas", action="store_true")
    parser.add_argument("--drawing", choices=("fast", "gentle"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.drawing:
        endlessly(asked.drawing, asked.rows)
        return
    with Events(asked.rows) as events:
        for name, table, key, pace, limit in _CASES:
            drawing(events, name, table, key, pace, limit, asked.rounds, pandas=not asked.without_pandas)
        load(events, asked.rounds, asked.seconds)


def drawing(
    events: Events, name: str, table: str, key: str, pace: Pace, limit: float, rounds: int, *, pandas: bool
) -> None:
    source = events.source()
    masker = proposed(source, table)
    selection = Selection(_DRAWN, pace=pace)
    keys = [str(one) for one in drawn(source, table, None, selection)[key].to_pylist()]
    runs: dict[str, Callable[[], object]] = {
        "server": lambda: copied(events, table, key, keys),
        "ours": lambda: drawn(source, table, masker, selection),
    }
    if pandas:
        runs["pandas, told the keys"] = lambda: framed(
            events, table, f"{key} = ANY(%(keys)s::text[]::{_TYPE[key]}[])", keys
        )
    times = in_turns(runs, rounds)
    found = [ours / server for ours, server in zip(times["ours"], times["server"], strict=True)]
    print(
        f"{name:9} server {min(times['server']):5.2f} s  ours {min(times['ours']):5.2f} s  ratios "
        f"{' '.join(f'{one:.2f}' for one in found)}  median {median(found):.2f}  best {min(found):.2f}"
        f"  (at most {limit})"
    )
    if pandas:
        told = [one / ours for one, ours in zip(times["pandas, told the keys"], times["ours"], strict=True)]
        asked = timed(lambda: framed(events, table, None, key)) / median(times["ours"])
        print(f"{'':9} pandas.read_sql: told the keys {median(told):.2f} times slower; finding them {asked:.1f} times")
    sys.stdout.flush()


_TYPE = {"id": "int8", "ref": "text", "session": "uuid"}


def proposed(source: Source, table: str) -> Masker:
    """The masks as the first plan proposes them."""
    with source.snapshot() as snapshot:
        drawing = snapshot.table(table)
        peeked = drawing.peek(7, 1_000)
    findings = classify(peeked, drawing.table.key)
    choices = choose(drawing.schema, findings, decided={}, asked={}, where=drawing.table.name)
    masks = {choice.column: choice.mask for choice in choices}
    print(f"{table}: masks {', '.join(f'{column} {mask}' for column, mask in masks.items() if mask != 'keep')}")
    return Masker(bytes(range(32)), masks, {finding.column: finding for finding in findings})


def drawn(source: Source, table: str, masker: Masker | None, selection: Selection) -> pa.Table:
    with source.snapshot() as snapshot:
        batches = snapshot.table(table).rows(selection)
        result = pa.Table.from_batches([masker.apply(batch) if masker else batch for batch in batches])
    assert result.num_rows == selection.rows
    return result


def copied(events: Events, table: str, key: str, keys: list[str]) -> None:
    wanted = ",".join(keys)
    with events.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM {table} WHERE {key} = ANY('{{{wanted}}}'::{_TYPE[key]}[])) "
            "TO '/dev/null' (FORMAT binary)".encode()
        )


def framed(events: Events, table: str, where: str | None, keys: Any) -> None:
    import pandas
    import sqlalchemy

    engine = sqlalchemy.create_engine(events.dsn.replace("postgresql://", "postgresql+psycopg://"))
    if where is None:
        frame = pandas.read_sql(f"SELECT * FROM {table} ORDER BY md5({keys}::text) LIMIT {_DRAWN}", engine)
    else:
        frame = pandas.read_sql(f"SELECT * FROM {table} WHERE {where}", engine, params={"keys": keys})
    assert len(frame) == _DRAWN


def load(events: Events, rounds: int, seconds: int) -> None:
    """The rate of pgbench beside draws to its rate alone, in turns."""
    rates: dict[str, list[float]] = {"alone": [], "fast": [], "gentle": []}
    for number in range(rounds):
        order = list(rates)[number % 3 :] + list(rates)[: number % 3]
        for name in order:
            with drawing_on(events.rows, name):
                rates[name].append(rate(events, seconds))
    for name in ("fast", "gentle"):
        found = [one / alone for one, alone in zip(rates[name], rates["alone"], strict=True)]
        print(
            f"pgbench beside {name} draws: {' '.join(f'{one:.2f}' for one in found)}  median {median(found):.2f}  "
            f"best {max(found):.2f}  (at least {_KEPT[name]}) of {median(rates['alone']):,.0f} a second alone"
        )


def rate(events: Events, seconds: int) -> float:
    script = _LOOKUP.format(rows=events.rows)
    running = events.program("pgbench", "-n", "-c4", "-j1", f"-T{seconds}", "-Mprepared", "-f-", text=script)
    assert running.stdout is not None
    said = running.stdout.read()
    running.wait()
    found = re.search(r"tps = ([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


@contextmanager
def drawing_on(rows: int, pace: str) -> Iterator[None]:
    if pace == "alone":
        yield
        return
    child = subprocess.Popen([sys.executable, __file__, "--drawing", pace, "--rows", str(rows)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    try:
        yield
    finally:
        child.kill()
        child.wait()


def endlessly(pace: Pace, rows: int) -> None:
    os.nice(19)
    events = Events(rows)
    source, seed = events.source(), 0
    masker = proposed(source, "events")
    sys.stdout.flush()
    parent = os.getppid()
    # A bench that was stopped takes its draws with it.
    while os.getppid() == parent:
        seed += 1
        drawn(source, "events", masker, Selection(_DRAWN, seed, pace=pace))


def in_turns(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each, each round beginning with another one."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    names = list(runs)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            times[name].append(timed(runs[name]))
    return times


def timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
