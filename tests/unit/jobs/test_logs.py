"""Logs say where something failed, never with which value."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.ledger.migrations import migrate
from headwater.ledger.sqlite import SqliteDatabase
from headwater.services.jobs import JobContext, JobService
from headwater.traces import log_threads_without_text, trace

PLANTED = "ann@canary.example"


def _cast(_: Any = None) -> dict[str, Any]:
    # Arrow quotes the cell that it cannot cast.
    try:
        pa.array([PLANTED]).cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise RuntimeError(f"a row failed: {error}") from error
    return {}


def test_a_trace_has_places_and_kinds_and_no_text() -> None:
    with pytest.raises(RuntimeError, match=PLANTED) as raised:
        _cast()
    told = trace(raised.value)
    assert PLANTED not in told
    assert "RuntimeError" in told and "ArrowInvalid" in told and "in _cast" in told and "test_logs.py" in told


def test_a_job_that_fails_unforeseen_logs_no_value(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = SqliteDatabase(tmp_path / "ledger.sqlite")
    migrate(database)
    jobs = JobService(database)
    with caplog.at_level(logging.DEBUG):
        job = jobs.wait(jobs.submit("sample", "t", _cast).id, 10)
        jobs.close()
    assert job.state == "failed"
    assert "ArrowInvalid" in caplog.text
    assert PLANTED not in caplog.text + str(job)
    database.close()


def test_a_cancel_that_fails_logs_no_value(caplog: pytest.LogCaptureFixture) -> None:
    context = JobContext(lambda *_: None)
    context.on_cancel(_cast)
    with caplog.at_level(logging.DEBUG):
        context.cancel()
    assert "ArrowInvalid" in caplog.text
    assert PLANTED not in caplog.text


def test_a_thread_that_ends_unforeseen_logs_no_value(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log_threads_without_text()
    with caplog.at_level(logging.DEBUG):
        thread = threading.Thread(target=_cast)
        thread.start()
        thread.join()
    assert "ArrowInvalid" in caplog.text
    assert PLANTED not in caplog.text + "".join(capfd.readouterr())
