"""A draw that ends badly at any moment: never half a version, nothing left in production, each attempt in the log."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cut_network import Wire
from production_fixtures import READER, Drawing, Server, configured

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs a limit on another process's files")

_ROWS = 15_000
_WORKER = """
import json, sys, threading
from headwater.assembly import open_headwater
from headwater.errors import HeadwaterError
from headwater.sample_models import SampleRequest
from headwater.services.jobs import JobContext

headwater = open_headwater(sys.argv[1])
running = []

def draw():
    context = JobContext(lambda *_: None)
    running[:] = [context]
    try:
        headwater.samples.draw(SampleRequest("prod", "orders", int(sys.argv[2])), "bob", context)
        said = "done"
    except HeadwaterError as error:
        said = error.code
    except Exception as error:
        said = f"unforeseen: {type(error).__name__}"
    print(json.dumps(said), flush=True)

print('"ready"', flush=True)
for line in sys.stdin:
    if line == "draw\\n":
        threading.Thread(target=draw).start()
    elif running:
        running[0].cancel()
"""


class Worker:
    """Draws in a process of its own, again and again."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(home), str(_ROWS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        assert self.said() == "ready"

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def said(self) -> str:
        assert self.process.stdout is not None
        return str(json.loads(self.process.stdout.readline() or '"nothing"'))

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.port) as wire:
        yield wire


def _ours(admin: psycopg.Connection[Any]) -> list[Any]:
    return admin.execute(
        "SELECT pid, query FROM pg_stat_activity WHERE application_name = 'headwater' AND state <> 'idle'"
    ).fetchall()


def _end(how: str, worker: Worker, wire: Wire, admin: psycopg.Connection[Any], chance: random.Random) -> None:
    if how == "cancel":
        worker.tell("cancel")
    elif how == "killed":
        worker.process.kill()
    elif how == "network":
        wire.cut()
    elif how == "source":
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'headwater'")
    else:
        resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (chance.randrange(200_000), resource.RLIM_INFINITY))


def test_a_hundred_moments(
    server: Server, wire: Wire, admin: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER).replace(f":{server.port}/", f":{wire.port}/"))
    headwater = configured(tmp_path / "home")
    draw = Drawing(headwater)
    chance = random.Random(11)
    ways = ["cancel", "killed", "network", "source", "disk"] * 20
    chance.shuffle(ways)
    worker = Worker(headwater.home.path)
    worker.tell("draw")
    assert worker.said() == "done"
    took = 0.5
    said: dict[str, list[str]] = {}
    attempts = 1
    try:
        for how in ways:
            began = time.monotonic()
            worker.tell("draw")
            attempts += 1
            time.sleep(chance.uniform(0, took))
            _end(how, worker, wire, admin, chance)
            answer = worker.said()
            said.setdefault(how, []).append(answer)
            if how == "killed":
                worker.end()
                worker = Worker(headwater.home.path)
            elif how == "disk":
                resource.prlimit(
                    worker.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                )
            if answer == "done":
                took = max(0.1, time.monotonic() - began)
        worker.tell("draw")
        assert worker.said() == "done"
        attempts += 1
    finally:
        worker.end()
    assert not any(answer.startswith("unforeseen") for answers in said.values() for answer in answers), said
    assert set(said["cancel"]) <= {"cancelled", "done"}
    assert {"done"} < set(said["cancel"] + said["network"] + said["source"])
    deadline = time.monotonic() + 20
    while _ours(admin) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _ours(admin) == []
    versions = headwater.catalog.versions("prod.orders").versions
    first = draw.rows("prod.orders@v1").sort_by("id")
    for version in versions:
        assert version.version.rows == _ROWS
        assert draw.rows(f"prod.orders@{version.version.version}").sort_by("id").equals(first)
    headwater.audit.settle()
    lines = [line for line in headwater.audit.newest(1000) if line.action == "sample"]
    assert headwater.audit.verify().broken is None
    started = {line.seq for line in lines if line.outcome == "started"}
    ended = [line.details["started"] for line in lines if line.outcome != "started" and "started" in line.details]
    assert started == set(ended) and len(ended) == len(started)
    # A process that was killed in its first moment, or that had no room for the line, has reached nothing.
    silent = said["killed"].count("nothing") + said["disk"].count("disk_full")
    assert attempts - silent <= len(started) <= attempts
    done = sum(answers.count("done") for answers in said.values()) + 2
    assert done <= len(versions) <= done + said["killed"].count("nothing")
    headwater.close()
