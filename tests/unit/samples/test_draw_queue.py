"""Draws from one source wait for each other, in their order, over processes; one that was killed holds nobody up."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from headwater.services.draw_queue import DrawQueue, ordinal

_HOLDER = """
import sys
from pathlib import Path
from headwater.services.draw_queue import DrawQueue
def waiting(place):
    print(place, flush=True)
with DrawQueue(Path(sys.argv[1])).turn("prod", 1, waiting):
    print("drawing", flush=True)
    sys.stdin.read()
"""


class _GaveUp(Exception):
    pass


def _give_up(place: int) -> None:
    raise _GaveUp(place)


@contextmanager
def _holder(directory: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_draws_wait_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    queue = DrawQueue(tmp_path)
    order: list[str] = []
    places: dict[str, list[int]] = {"b": [], "c": []}
    in_line = {name: threading.Event() for name in places}
    go = threading.Event()

    def draw(name: str) -> None:
        def waiting(place: int) -> None:
            places[name].append(place)
            in_line[name].set()

        with queue.turn("prod", 1, waiting):
            order.append(name)
            go.wait(20)

    threads = [threading.Thread(target=draw, args=(name,)) for name in places]
    with queue.turn("prod", 1, _give_up):
        for thread, name in zip(threads, places, strict=True):
            thread.start()
            assert in_line[name].wait(20)
    go.set()
    for thread in threads:
        thread.join(20)
    assert order == ["b", "c"]
    assert places["b"][0] == 1
    assert places["c"][0] == 2
    assert not list(tmp_path.rglob("*.ticket"))


def test_so_many_draw_at_once_and_sources_do_not_wait_for_each_other(tmp_path: Path) -> None:
    queue = DrawQueue(tmp_path)
    with queue.turn("prod", 2, _give_up), queue.turn("prod", 2, _give_up), queue.turn("crm", 2, _give_up):
        with pytest.raises(_GaveUp) as raised, queue.turn("prod", 2, _give_up):
            pass
        assert raised.value.args == (1,)
    with queue.turn("prod", 1, _give_up):
        pass


def test_one_that_gives_up_leaves_the_line(tmp_path: Path) -> None:
    queue = DrawQueue(tmp_path)
    with queue.turn("prod", 1, _give_up):
        for _ in range(2):
            with pytest.raises(_GaveUp) as raised, queue.turn("prod", 1, _give_up):
                pass
            assert raised.value.args == (1,)


def test_processes_wait_too_and_one_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    with _holder(tmp_path) as first:
        assert _line(first) == "drawing"
        with pytest.raises(_GaveUp), DrawQueue(tmp_path).turn("prod", 1, _give_up):
            pass
        with _holder(tmp_path) as second:
            assert _line(second) == "1"
            first.kill()
            while (said := _line(second)) == "1":
                pass
            assert said == "drawing"
    with DrawQueue(tmp_path).turn("prod", 1, _give_up):
        pass
    assert not list(tmp_path.rglob("*.ticket"))


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st")]
)
def test_a_place_in_the_line_is_told(number: int, text: str) -> None:
    assert ordinal(number) == text
