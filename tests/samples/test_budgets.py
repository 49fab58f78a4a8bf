"""A draw is gauged before it begins, cut or refused by the budget, stopped in the middle, and waits for its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from production_fixtures import Drawing, configured

from headwater.demo.postgres import Server
from headwater.errors import Cancelled, SampleRefused
from headwater.sampling.gauge import Gauge
from headwater.services.draw_queue import DrawQueue
from headwater.sources.postgresql.draw import PostgresqlDrawing

Budgeted = Callable[..., Drawing]


@pytest.fixture
def budgeted(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Budgeted]:
    monkeypatch.setenv("TEST_DSN", server.dsn("reader"))
    opened = []

    def make(**budget: Any) -> Drawing:
        headwater = configured(
            tmp_path / f"home{len(opened)}", **{f"budget.{name}": most for name, most in budget.items()}
        )
        opened.append(headwater)
        return Drawing(headwater)

    yield make
    for headwater in opened:
        headwater.close()


def test_a_plan_says_what_a_draw_takes(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute("CREATE INDEX IF NOT EXISTS orders_price ON orders (price); ANALYZE orders")
    whole = draw.plan("orders", rows=100_000).estimate
    assert whole is not None and whole.cost is not None
    assert (whole.rows, whole.touches, whole.limit) == (20_000, "reads the whole table once", "")
    assert 20_000 * 20 < whole.bytes < 20_000 * 200
    few = draw.plan("orders", rows=100, where="price = 7").estimate
    assert few is not None and few.cost is not None
    assert (few.touches, few.cost < whole.cost) == ("reads by an index", True)
    strata = draw.plan("orders", rows=100, method="stratified", by=("state",)).estimate
    assert strata is not None
    assert (strata.rows, strata.touches) == (100, "reads the whole table twice")
    told = {
        "reads by an index": {"method": "keys", "keys": tuple((str(i),) for i in range(1, 30))},
        "reads some whole blocks": {"method": "block"},
        "reads the whole table twice": {"method": "top", "by": ("id",), "order": "price"},
    }
    for touches, more in told.items():
        found = draw.plan("orders", rows=100, **more).estimate
        assert found is not None and found.touches == touches
    assert draw.plan("keyless").estimate is not None
    assert draw.plan("recent").estimate is not None
    fast = draw.plan("orders", rows=100_000, pace="fast").estimate
    assert fast is not None
    assert fast.seconds == pytest.approx(whole.seconds / 2, abs=0.001)


def test_a_draw_by_keys_is_gauged_by_its_pages(draw: Drawing, admin: psycopg.Connection[Any]) -> None:
    admin.execute("DROP TABLE IF EXISTS broad; CREATE TABLE broad (id int PRIMARY KEY, t text STORAGE PLAIN)")
    admin.execute("INSERT INTO broad SELECT i, repeat('x', 2000) FROM generate_series(1, 8000) i")
    admin.execute("GRANT SELECT ON broad TO reader; ANALYZE broad")
    estimate = draw.plan("broad", rows=50).estimate
    assert estimate is not None
    assert estimate.touches.startswith("reads about ")
    assert estimate.touches.endswith(" of 2,000 pages by their keys")


@pytest.mark.parametrize("more", [{}, {"where": "id > 10"}, {"method": "newest", "by": ("id",)}])
def test_too_many_rows_are_cut_and_it_is_said(budgeted: Budgeted, more: dict[str, Any]) -> None:
    draw = budgeted(rows=40)
    plan = draw.plan("orders", rows=100, **more)
    said = "cut from 100 to 40 rows: prod gives at most 40 rows a draw"
    assert plan.estimate is not None
    assert (plan.rows, plan.estimate.rows, plan.estimate.limit) == (40, 40, said)
    assert f"C{said[1:]}." in plan.warnings
    assert "rows = 40" in plan.text
    drawn = draw("orders", rows=100, **more)
    assert (drawn.rows, drawn.recipe) == (40, plan.recipe)
    assert drawn.versions[0].message.endswith(said)


def test_too_many_bytes_are_cut(budgeted: Budgeted) -> None:
    plan = budgeted(bytes=5_000).plan("orders", rows=10_000)
    assert plan.estimate is not None
    assert 0 < plan.rows < 1_000
    assert plan.estimate.bytes <= 5_000
    assert plan.estimate.limit.endswith("prod gives at most 5 KB a draw")


@pytest.mark.parametrize(
    ("budget", "more", "word"),
    [
        ({"cost": 10}, {}, r"cost [0-9,]+ by its planner; prod allows 10, it is [0-9,.]+ times that"),
        ({"seconds": 0.0001}, {}, r"take about [0-9.]+ s; prod allows 0.0001"),
        ({"rows": 100}, {"method": "all"}, "prod gives at most 100 rows a draw"),
        ({"bytes": 1}, {}, "prod gives at most 1 bytes a draw"),
    ],
)
def test_what_costs_too_much_is_refused(
    budgeted: Budgeted, budget: dict[str, Any], more: dict[str, Any], word: str
) -> None:
    draw = budgeted(**budget)
    for ask in (draw.plan, draw):
        with pytest.raises(SampleRefused, match=word) as raised:
            ask("orders", rows=1_000, **more)
        assert raised.value.hint
    assert draw.outcomes() == ["refused", "started", "refused", "started"]


def test_a_draw_that_passes_its_bytes_keeps_nothing(budgeted: Budgeted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PostgresqlDrawing, "gauge", lambda _, selection: Gauge(selection.rows, 1.0))
    draw = budgeted(bytes=20_000)
    with pytest.raises(SampleRefused, match="passed its budget of 20 KB after"):
        draw("orders", rows=20_000)
    assert draw.outcomes() == ["refused", "started"]
    assert not list(Path(draw.headwater.home.warehouse).rglob("*.parquet"))


def test_a_draw_that_passes_its_time_is_stopped_in_the_source(
    budgeted: Budgeted, monkeypatch: pytest.MonkeyPatch, admin: psycopg.Connection[Any]
) -> None:
    monkeypatch.setattr(PostgresqlDrawing, "gauge", lambda _, selection: Gauge(selection.rows, 1.0))
    draw = budgeted(seconds=0.5)
    with pytest.raises(SampleRefused, match=r"passed its budget of 0.5 s"):
        draw("slow_keyed", rows=400)
    assert draw.outcomes() == ["refused", "started"]
    running = "SELECT FROM pg_stat_activity WHERE query LIKE '%slow_keyed%' AND state = 'active' AND usename = 'reader'"
    assert admin.execute(running).fetchall() == []


def test_draws_of_one_source_wait_for_their_turn(draw: Drawing) -> None:
    told = threading.Event()
    context = draw.context()
    tell = context._tell
    context._tell = lambda done, total, message: (tell(done, total, message), "in line" in message and told.set())  # type: ignore[func-returns-value]
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(draw("orders", 10, context).rows))
    with DrawQueue(draw.headwater.home.run / "draws").turn("prod", 1, lambda _: pytest.fail("nobody is before")):
        thread.start()
        assert told.wait(20)
        assert (0, 10, "1st in line at prod") in draw.told
        assert ended == []
    thread.join(20)
    assert ended == [10]


def test_a_draw_in_line_can_be_cancelled(draw: Drawing) -> None:
    context = draw.context()
    context.cancel()
    with (
        DrawQueue(draw.headwater.home.run / "draws").turn("prod", 1, lambda _: pytest.fail("nobody is before")),
        pytest.raises(Cancelled),
    ):
        draw("orders", 10, context)
    assert draw.outcomes() == ["cancelled", "started"]
