"""The audit log notices when a line was changed or taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.assembly import Headwater, open_headwater


@pytest.fixture
def headwater(tmp_path: Path) -> Headwater:
    opened = open_headwater(tmp_path / "home")
    for number in range(5):
        opened.audit.record("ann", "sample", f"prod t{number}", "done", {"rows": number})
    return opened


def test_a_whole_log(headwater: Headwater) -> None:
    verdict = headwater.audit.verify()
    assert (verdict.entries, verdict.broken) == (5, None)
    assert [line.resource for line in headwater.audit.newest(2)] == ["prod t4", "prod t3"]


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE seq = 3", 3),
        ("UPDATE audit SET details = '{\"rows\": 9}' WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("UPDATE audit SET hash = previous WHERE seq = 1", 1),
    ],
)
def test_a_log_that_was_tampered_with(headwater: Headwater, sql: str, broken: int) -> None:
    with headwater.database.transaction() as tx:
        tx.execute(sql)
    assert headwater.audit.verify().broken == broken
