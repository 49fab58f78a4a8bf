"""Signed heads, export and syslog of the audit log."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.cli import run
from headwater.config import parse_config
from headwater.errors import UsageError
from headwater.stamping.sign import own_keys


def write(headwater: Headwater, lines: int) -> None:
    for number in range(lines):
        headwater.audit.record("ann", "sample", f"prod t{number}", "done", {"rows": number})


def again(home: Path) -> Headwater:
    return open_headwater(home)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A log of 205 lines, signed at 100, 200 and where it was closed."""
    headwater = open_headwater(tmp_path / "home")
    write(headwater, 205)
    headwater.close()
    return tmp_path / "home"


def test_a_head_each_hundred_lines_and_at_the_end(home: Path) -> None:
    headwater = again(home)
    assert [row["seq"] for row in headwater.database.query("SELECT seq FROM audit_head ORDER BY seq")] == [
        100,
        200,
        205,
    ]
    verdict = headwater.audit.verify()
    assert (verdict.broken, verdict.entries, verdict.signed) == (None, 205, 205)
    headwater.close()
    assert len((home / "audit.heads").read_text().splitlines()) == 3
    assert (home / "audit.heads").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("statements", "broken", "why"),
    [
        (["DELETE FROM audit WHERE seq > 203"], 204, "cut off"),
        # Who takes the heads out of the ledger too has forgotten the file beside it.
        (["DELETE FROM audit WHERE seq > 150", "DELETE FROM audit_head WHERE seq > 150"], 151, "cut off"),
        (["UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 7) WHERE seq = 100"], 100, "signature"),
        (["UPDATE audit_head SET signature = '' WHERE seq = 200"], 200, "signature"),
    ],
)
def test_what_was_cut_off_or_forged_is_missed(home: Path, statements: list[str], broken: int, why: str) -> None:
    headwater = again(home)
    with headwater.database.transaction() as tx:
        for statement in statements:
            tx.execute(statement)
    verdict = headwater.audit.verify()
    assert verdict.broken == broken
    assert why in verdict.why
    headwater.close()


def test_a_log_that_was_written_anew_is_not_the_one_that_was_signed(home: Path) -> None:
    headwater = again(home)
    with headwater.database.transaction() as tx:
        tx.execute("DELETE FROM audit")
        tx.execute("DELETE FROM audit_head")
    for number in range(205):
        headwater.audit.record("eve", "sample", f"prod t{number}", "done", {"rows": number})
    verdict = headwater.audit.verify()
    assert (verdict.broken, verdict.why) == (100, "a signature of line 100 is not good, or of another line")
    headwater.close()


def test_a_torn_line_of_the_file_is_passed_over(home: Path) -> None:
    with open(home / "audit.heads", "ab") as file:
        file.write(b'{"seq": 9')
    headwater = again(home)
    assert headwater.audit.verify().broken is None
    headwater.close()


def test_the_audit_key_signs_no_stamps(home: Path) -> None:
    assert list((home / "keys").glob("audit-*"))
    assert own_keys(home / "keys") == {}


def test_export_is_every_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "--export", "jsonl", "--home", str(home)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, 206))
    assert all(line["previous"] == before["hash"] for before, line in zip(lines, lines[1:], strict=False))
    assert run(["audit", "--export", "jsonl", "--after", "200", "--home", str(home)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5


@pytest.mark.parametrize("kind", ["udp", "unix"])
def test_syslog_has_each_line(tmp_path: Path, kind: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if kind == "udp":
        collector = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        collector.bind(("127.0.0.1", 0))
        address = f"udp://127.0.0.1:{collector.getsockname()[1]}"
    else:
        collector = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        collector.bind(str(tmp_path / "log"))
        address = f"unix://{tmp_path / 'log'}"
    collector.settimeout(10)
    (home / "headwater.toml").write_text(f'[audit]\nsyslog = "{address}"\n')
    headwater = open_headwater(home)
    headwater.audit.record("ann", "sample", "prod t", "refused", {"rows": 1, "text": "ü\n<1>"})
    headwater.audit.record("ann", "sample", "prod t", "done", {"masks": {f"c{n}": "keep" * 50 for n in range(500)}})
    refused, long = (collector.recv(65_536).decode() for _ in range(2))
    headwater.close()
    collector.close()
    # RFC 5424: priority authpriv.warning, version, time, host, program, process, message id, no structured data.
    found = re.fullmatch(r"<84>1 (\S+Z) \S+ headwater \d+ audit - (\{.*\})", refused)
    assert found is not None
    document = json.loads(found[2])
    assert (document["at"], document["outcome"], document["details"]["rows"]) == (found[1], "refused", 1)
    assert json.loads(long.partition(" - ")[2])["details"] == {"left_out": True}


def test_a_collector_that_is_not_there_costs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "headwater.toml").write_text(f'[audit]\nsyslog = "unix://{tmp_path / "nobody"}"\n')
    headwater = open_headwater(home)
    write(headwater, 3)
    assert headwater.audit.verify().entries == 3
    assert len([record for record in caplog.records if "syslog" in record.getMessage()]) == 1
    headwater.close()


@pytest.mark.parametrize("text", ["http://x", "udp://", "udp://h:99999999", "unix://x", "", "/dev/log", "udp://h/x"])
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        parse_config(f'[audit]\nsyslog = "{text}"\n')
