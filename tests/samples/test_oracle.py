"""What is masked is not told by which rows come; few rows are neither given nor counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from production_fixtures import READER, Drawing, Server, configured

from headwater.config import parse_config
from headwater.errors import DatasetNotFound, SampleRefused, UsageError
from headwater.sampling.disclosure import SourcePolicy, enough, merge_small, shown_count, too_few
from headwater.sampling.selection import Selection

SOME = "person7@canary.example"
NOBODY = "nobody@canary.example"


def _attempts() -> Iterator[dict[str, Any]]:
    """Fifty ways to ask whether a value is there: half of them of one that is, half of one that is not."""
    for who in (SOME, NOBODY):
        for where in (
            f"email = '{who}'",
            f"email != '{who}'",
            f"email IN ('{who}', 'x')",
            f"NOT email IN ('{who}')",
            f"email LIKE '{who[:7]}%'",
            f"email >= '{who}' AND email <= '{who}'",
            f"email < '{who}'",
            f"email > '{who}'",
            f"id > 0 AND email = '{who}'",
            f"id > 0 OR email = '{who}'",
            f"id < 1000 AND NOT email = '{who}'",
            f"state = 'new' AND (email = '{who}' OR city_id = 3)",
            f"email IS NOT NULL AND email = '{who}'",
            f"(email = '{who}' AND id IS NULL) OR id > 5",
        ):
            yield {"where": where}
        for method in ("stratified", "newest", "top"):
            more = {
                "stratified": {"by": ("email",)},
                "newest": {"by": ("id",), "where": f"email = '{who}'"},
                "top": {"by": ("email",), "order": "price"},
            }[method]
            yield {"method": method, **more}
        yield {"method": "stratified", "by": ("state", "email"), "allocation": "equal"}
        yield {"method": "stratified", "by": ("state",), "where": f"email = '{who}'"}
        yield {"method": "window", "by": ("id",), "start": "1", "where": f"email LIKE '{who}%'"}
        yield {"method": "all", "where": f"email = '{who}'"}
        yield {"method": "block", "where": f"email = '{who}'"}
        yield {"method": "keys", "keys": tuple((str(n),) for n in range(1, 40)), "where": f"email = '{who}'"}
        yield {"where": f"email = '{who}'", "seed": 1}
        yield {"where": f"email = '{who}'", "masks": {"email": "null"}}


def test_there_are_fifty() -> None:
    assert len(list(_attempts())) == 50


def test_fifty_attempts_get_one_answer_and_ask_production_nothing(draw: Drawing) -> None:
    told: set[tuple[str, str, str, str]] = set()
    for attempt in _attempts():
        for ask in (draw, draw.plan):
            with pytest.raises(SampleRefused) as raised:
                ask("orders", **{"rows": 500, **attempt})
            error = raised.value
            told.add((error.code, error.message, error.hint, str(error.details)))
    assert len(told) == 1, told
    assert SOME not in str(told)
    with pytest.raises(DatasetNotFound):
        draw.headwater.catalog.resolve("prod.orders")
    lines = draw.headwater.audit.newest(500)
    assert {line.outcome for line in lines} == {"started", "refused"}
    assert SOME not in str(lines)
    assert not any("rows" in message for _, _, message in draw.told)


def test_a_list_of_masked_keys_is_refused(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    headwater = configured(tmp_path / "home", masks={"public.pairs.b": "pseudonym"})
    draw = Drawing(headwater)
    for text in ("k7", "nothing"):
        with pytest.raises(SampleRefused, match="chosen by b:"):
            draw("pairs", method="keys", keys=tuple((text, str(n)) for n in range(40)))
    headwater.close()


def test_a_list_of_kept_keys_is_fine(draw: Drawing) -> None:
    drawn = draw("orders", method="keys", keys=tuple((str(n),) for n in range(1, 41)))
    assert drawn.rows == 40


FEW: tuple[dict[str, Any], ...] = (
    {"where": "id = 7"},
    {"where": "id = -1"},
    {"where": "id <= 19"},
    {"where": "id <= 19", "method": "all"},
    {"where": "id <= 19", "method": "stratified", "by": ("state",)},
    {"where": "id <= 19", "method": "newest", "by": ("id",)},
    {"method": "window", "by": ("id",), "start": "1", "end": "20"},
    {"method": "keys", "keys": (("7",),)},
    {"method": "keys", "keys": tuple((str(n),) for n in range(1, 20))},
    {"method": "keys", "keys": tuple((str(-n),) for n in range(1, 30))},
    {"where": "id <= 1000", "rows": 19},
)


@pytest.mark.parametrize("more", FEW)
def test_few_rows_are_not_given_and_not_counted(draw: Drawing, more: dict[str, Any]) -> None:
    with pytest.raises(SampleRefused) as raised:
        draw("orders", **{"rows": 500, **more})
    assert raised.value.message == too_few(SourcePolicy()).message
    with pytest.raises(DatasetNotFound):
        draw.headwater.catalog.resolve("prod.orders")
    assert list(Path(draw.headwater.home.warehouse).rglob("*.parquet")) == []
    # Neither the progress nor the audit log tells how many there were.
    assert not any(message == "Drawing and masking" for _, _, message in draw.told)
    assert "drawn" not in str([line.details for line in draw.headwater.audit.newest(10)])


def test_twenty_rows_are_enough(draw: Drawing) -> None:
    assert draw("orders", where="id <= 20", rows=500).rows == 20
    assert draw("orders", rows=3).rows == 3


def test_an_administrator_tightens_and_lifts(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", server.dsn(READER))
    for name, policy, works, refused in (
        (
            "lifted",
            {"min_rows": 0, "choose_by_masked": True},
            [{"where": f"email = '{SOME}'"}, {"where": "id = 7"}],
            [],
        ),
        ("tight", {"min_rows": 100}, [{"where": "id <= 100"}], [{"where": "id <= 99"}]),
    ):
        headwater = configured(tmp_path / name, policy=policy)
        for more in works:
            assert Drawing(headwater)("orders", 500, **more).rows > 0
        for more in refused:
            with pytest.raises(SampleRefused, match="Fewer than 100"):
                Drawing(headwater)("orders", 500, **more)
        headwater.close()


def batches(*sizes: int) -> Iterator[pa.RecordBatch]:
    for size in sizes:
        yield pa.record_batch({"a": list(range(size))})


def test_a_stream_is_held_back_until_there_are_enough() -> None:
    narrowed = Selection(100, method="window", by=("a",))
    policy = SourcePolicy()
    for sizes in ((), (19,), (10, 9), (0, 0, 0)):
        seen: list[pa.RecordBatch] = []
        with pytest.raises(SampleRefused):
            seen.extend(enough(batches(*sizes), narrowed, policy))
        assert seen == []
    assert [batch.num_rows for batch in enough(batches(10, 10, 5), narrowed, policy)] == [10, 10, 5]
    assert [batch.num_rows for batch in enough(batches(1), Selection(100), policy)] == [1]


def test_counts_as_they_are_shown() -> None:
    policy = SourcePolicy()
    assert [shown_count(rows, policy) for rows in (None, 0, 19, 20)] == [None, None, None, 20]
    assert merge_small({"a": 100, "b": 20}, policy) == ({"a": 100, "b": 20}, (), None)
    assert merge_small({"a": 100, "b": 15, "c": 8}, policy) == ({"a": 100}, ("b", "c"), 23)
    # 120 in all, less the 100 and the 17 that are shown, would tell the 3.
    assert merge_small({"a": 100, "b": 40, "c": 3}, policy) == ({"a": 100}, ("c", "b"), 43)
    assert merge_small({"c": 3}, policy) == ({}, ("c",), None)


@pytest.mark.parametrize(
    "text",
    ["min_rows = -1", 'min_rows = "20"', "choose_by_masked = 1", "min_row = 20"],
)
def test_a_policy_that_is_none(text: str) -> None:
    with pytest.raises(UsageError):
        parse_config(f'[sources.prod]\nkind = "postgresql"\ndsn_env = "X"\n[sources.prod.policy]\n{text}\n')
