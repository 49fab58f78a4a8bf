"""A disk that is full, as the operating system says it: by HTTP and on the command line, with nothing half-written."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from served import Served

from headwater.home import Home
from headwater.host.client import HostClient

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs a limit on another process's files")

ROOM = 3_000_000


def _large_file(path: Path) -> None:
    numbers = random.Random(1)
    path.write_text("a\n" + "\n".join(str(numbers.getrandbits(62)) for _ in range(1_000_000)))


def _files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in (home / "warehouse").rglob("*.parquet")}


def test_by_http(served: Served) -> None:
    _large_file(served.root / "large.csv")
    host = HostClient(Home.locate(served.home)).find()
    assert host is not None
    before, limits = _files(served.home), resource.prlimit(host["pid"], resource.RLIMIT_FSIZE)
    resource.prlimit(host["pid"], resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        started = served.api("POST", "/imports", {"path": "large.csv", "name": "in.large"})
        assert started.status == 202, started.text
        while (job := served.api("GET", f"/jobs/{started.body['id']}").body)["state"] in ("queued", "running"):
            time.sleep(0.1)
    finally:
        resource.prlimit(host["pid"], resource.RLIMIT_FSIZE, limits)
    assert (job["state"], job["error"]["code"]) == ("failed", "disk_full"), job
    assert job["error"]["hint"]
    assert str(served.home) not in json.dumps(job)
    assert served.api("GET", "/datasets/in.large").status == 404
    assert _files(served.home) == before
    again = served.api("POST", "/imports", {"path": "large.csv", "name": "in.large"}).body["id"]
    while (job := served.api("GET", f"/jobs/{again}").body)["state"] in ("queued", "running"):
        time.sleep(0.1)
    assert job["state"] == "done", job
    assert served.api("GET", "/datasets/in.large/versions").body["versions"][0]["version"]["version"] == "v1"


def test_on_the_command_line(tmp_path: Path) -> None:
    _large_file(tmp_path / "large.csv")
    home = tmp_path / "home"

    def command(*arguments: str, room: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "headwater.cli", *arguments, "--home", str(home), "--json"],
            env=os.environ, capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY)),
        )  # fmt: skip

    assert command("init").returncode == 0
    failed = command("import", str(tmp_path / "large.csv"), "--as", "in.large", room=ROOM)
    assert failed.returncode == 4, failed.stdout + failed.stderr
    assert json.loads(failed.stdout)["error"]["code"] == "disk_full"
    assert "Traceback" not in failed.stderr
    assert json.loads(command("ls").stdout)["datasets"] == []
    assert _files(home) == set()
    done = command("import", str(tmp_path / "large.csv"), "--as", "in.large")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["version"] == "v1"
