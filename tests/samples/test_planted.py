"""2,000 planted values: none of them is in any byte of the home, and keys and joins stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing

from headwater.cli import run
from headwater.errors import HeadwaterError, VersionNotFound

# Forms whose masks cannot be somebody else's canary: letters no mask makes, and numbers that begin as none does.
_PLANT = """
CREATE TABLE planted AS SELECT i AS id,
  'QZX' || lpad(i::text, 4, '0') || '@canary.example' AS email,
  'Zqx' || translate(i::text, '0123456789', 'jkvwxyzqhg') || 'brock' AS surname,
  '4' || lpad((i * 7919)::text, 15, '0') AS card,
  'GB29QZXW' || lpad((i * 104729)::text, 14, '0') AS iban,
  'met Maria Zqv' || translate(i::text, '0123456789', 'jkvwxyzqhg') || 'igmore at the gate' AS remarks,
  jsonb_build_object('who', jsonb_build_object('reach', 'QZY' || i || '@canary.example')) AS doc,
  ARRAY['QZA' || i || '@canary.example', 'n/a'] AS tags,
  CASE WHEN i % 5 = 0 THEN 'QZM' || i || '@canary.example' ELSE 'n/a' END AS misc
  FROM generate_series(1, 280) i;
ALTER TABLE planted ADD PRIMARY KEY (email); CREATE UNIQUE INDEX ON planted (id);
CREATE TABLE planted_orders AS SELECT i AS order_id,
  'QZX' || lpad((1 + i % 280)::text, 4, '0') || '@canary.example' AS email FROM generate_series(1, 600) i;
ALTER TABLE planted_orders ADD PRIMARY KEY (order_id);
GRANT SELECT ON planted, planted_orders TO reader; ANALYZE planted;
"""


@pytest.fixture
def planted(admin: psycopg.Connection[Any]) -> Iterator[list[str]]:
    admin.execute(_PLANT)
    rows = admin.execute(
        "SELECT email, surname, card, iban, substring(remarks from 'Zqv[a-z]+'), doc #>> '{who,reach}', tags[1],"
        " CASE WHEN misc <> 'n/a' THEN misc END FROM planted"
    ).fetchall()
    yield [value for row in rows for value in row if value is not None]
    admin.execute("DROP TABLE planted, planted_orders")


def test_no_canary_is_in_any_byte_of_the_home(
    draw: Drawing, planted: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(planted) == len(set(planted)) >= 2_000
    draw("planted", 280)
    draw("planted_orders", 600)
    headwater = draw.headwater
    headwater.profiles.profile("prod.planted@v1")
    told = [str(draw.plan("planted", 280)), json.dumps(headwater.proofs.proof("prod.planted@v1"))]
    for wrong in ({"email": "keep"}, {"surname": "redact"}, {"nothing": "null"}, {"misc": "bin:x"}):
        with pytest.raises(HeadwaterError) as error:
            draw("planted", 280, masks=wrong)
        told.append(json.dumps(error.value.to_wire()))
    monkeypatch.setenv("HEADWATER_HOME", str(headwater.home.path))
    for line in (["proof", "prod.planted@v1"], ["audit"], ["show", "prod.planted"], ["masks", "prod", "planted"]):
        assert run(line) == 0
    told += [*capfd.readouterr(), *(message for _, _, message in draw.told)]
    rows, orders = (draw.rows(f"prod.{name}") for name in ("planted", "planted_orders"))
    told += [str(value) for table in (rows, orders) for column in table.columns for value in column.to_pylist()]
    home = [path.read_bytes() for path in headwater.home.path.rglob("*") if path.is_file() and path.suffix != ".key"]
    everything = b"\n".join([*home, *(text.encode() for text in told)]).lower()
    assert [value for value in planted if value.lower().encode() in everything] == []
    assert len(set(rows["email"].to_pylist())) == 280
    assert set(orders["email"].to_pylist()) == set(rows["email"].to_pylist())


def test_the_proof_sheet_says_what_was_done(draw: Drawing, planted: list[str]) -> None:
    draw("planted", 280)
    sheet = draw.headwater.proofs.proof("prod.planted@v1")
    assert (sheet["drawn"], sheet["asked"], sheet["total"], sheet["orphans"]) == (280, 280, 280, 0)
    assert sheet["unique"] == [{"columns": ["email"], "kept": True}]
    assert sheet["canaries"]["planted"] >= 500
    assert sheet["canaries"]["found"] == 0
    email = next(one for one in sheet["columns"] if one["column"] == "email")
    assert (email["mask"], email["domain"], email["key_id"], email["distance"]) == ("email", "default", "1", None)
    assert email["confidence"] == 1.0
    with pytest.raises(VersionNotFound):
        draw.headwater.proofs.proof("prod.planted@v2")
