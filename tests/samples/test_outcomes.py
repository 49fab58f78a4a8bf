"""Every draw that was asked for has its outcome in the audit log, whatever became of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from io import BytesIO

import pytest
from production_fixtures import READER, Drawing, Server

from headwater.host.arguments import Arguments
from headwater.host.operations import OPERATIONS, Actor, Call

ANN = Actor("ann", "request", "analyst")


def test_a_draw_that_is_cancelled_in_the_queue_has_its_line(draw: Drawing) -> None:
    headwater = draw.headwater
    go = threading.Event()
    for _ in range(2):
        headwater.jobs.submit("import", "busy", lambda context: {"done": go.wait(60)})
    arguments = Arguments("sample.draw", {"request": {"source": "prod", "table": "orders", "rows": 10}})
    job = OPERATIONS["sample.draw"].handler(Call(headwater, arguments, ANN, BytesIO()))
    assert [line.outcome for line in headwater.audit.newest(5)] == ["started"]
    headwater.jobs.cancel(job["id"])
    go.set()
    headwater.stop_jobs()
    assert headwater.jobs.get(job["id"]).state == "cancelled"
    ended, started = headwater.audit.newest(5)
    assert (ended.outcome, started.outcome) == ("cancelled", "started")
    assert (ended.actor, ended.resource, ended.details["started"]) == ("ann", "prod orders", started.seq)
    assert headwater.audit.settle() == 0


_DRAW = """
import os, signal, sys
from headwater.assembly import open_headwater
from headwater.sample_models import SampleRequest
from headwater.services.commits import CommitService
from headwater.services.jobs import JobContext
from headwater.services.samples import SampleService

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

headwater = open_headwater(sys.argv[1])
if sys.argv[2] == "before the commit":
    CommitService._finish = die
elif sys.argv[2] == "between store and ledger":
    CommitService._record = die
else:
    SampleService._note = die
headwater.samples.draw(SampleRequest("prod", "orders", 50), "ann", JobContext(lambda *_: None))
"""


@pytest.mark.parametrize(
    ("point", "outcome"),
    [("before the commit", "failed"), ("between store and ledger", "done"), ("after the commit", "done")],
)
def test_the_log_says_what_became_of_a_draw_whose_process_died(
    draw: Drawing, server: Server, point: str, outcome: str
) -> None:
    headwater = draw.headwater
    before = draw("orders", 50)
    environment = {**os.environ, "TEST_DSN": server.dsn(READER)}
    killed = subprocess.run(
        [sys.executable, "-c", _DRAW, str(headwater.home.path), point], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    headwater.commits.settle_all()
    assert headwater.audit.settle() == 1
    ended = headwater.audit.newest(1)[0]
    assert (ended.outcome, ended.details.get("error")) == (outcome, "process_ended" if outcome == "failed" else None)
    newest = headwater.catalog.resolve("prod.orders")
    assert (newest.version == before.versions[0].version) == (outcome == "failed")
    if outcome == "done":
        assert (ended.details["version"], ended.details["drawn"]) == (newest.version, 50)
    assert headwater.audit.verify().broken is None
