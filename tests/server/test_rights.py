"""The route table, walked as nobody and as each role."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from served import Served

from headwater.policy import allows
from jupyterlab_headwater.routes import PREFIX, ROUTES, Route

_SEGMENTS = {
    "{version}": "v1", "{tag}": "walked", "{source}": "prod", "{job}": "no-such-job", "{name}": "walked",
}  # fmt: skip
_BODIES: dict[str, Any] = {
    "datasets.change": {"description": "walked"},
    "notebooks.open": {"path": "walk.ipynb", "client": "c"},
    "notebooks.close": {"path": "walk.ipynb", "client": "c"},
    "notebooks.change_pins": {"path": "walk.ipynb", "base_revision": None, "operations": []},
    "notebooks.verify": {"path": "walk.ipynb"},
    "imports.start": {"path": "walk.csv", "name": "x.walk"},
    "versions.erase": {"reason": "walked"},
    "sources.decide_masks": {"masks": {"a": "null"}, "why": "walked"},
    "samples.plan": {"source": "prod", "table": "t"},
    "samples.start": {"source": "prod", "table": "t"},
    "recipes.save": {"source": "prod", "table": "t"},
}


def test_every_route_that_takes_a_body_is_walked_with_one() -> None:
    assert set(_BODIES) == {route.handler for route in ROUTES if route.request is not None}


def _path(route: Route, dataset: str) -> str:
    path = PREFIX + route.path.replace("{dataset}", dataset)
    for name, value in _SEGMENTS.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_is_let_in(served: Served, route: Route) -> None:
    for token in (None, "wrong"):
        answer = served.call(route.method, _path(route, "sales.orders"), token=token, contract=False, raw=b"{}")
        assert answer.status in (401, 403), answer
        assert "orders" not in answer.text
        if route.stream:
            assert served.handshake(_path(route, "sales.orders"), token) in (401, 403)


def test_each_role_may_do_what_the_policy_says(as_role: tuple[str, Served]) -> None:
    role, server = as_role
    (server.root / "walk.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    (server.root / "walk.csv").write_text("a\n1\n")
    for route in ROUTES:
        if route.stream:
            assert server.handshake(_path(route, "walk.mine")) == (101 if allows(role, route.action) else 403)  # type: ignore[arg-type]
            continue
        body = _BODIES.get(route.handler)
        query = {parameter.name: "walk.ipynb" for parameter in route.query if parameter.required}
        answer = server.call(route.method, _path(route, "walk.mine"), body, query=query)
        where = f"{role}: {route.method} {route.path}: {answer.status} {answer.text[:200]}"
        if allows(role, route.action):  # type: ignore[arg-type]
            assert answer.status not in (401, 403, 405, 500), where
        else:
            assert (answer.status, answer.body["error"]["code"]) == (403, "refused"), where


def test_no_handler_is_without_an_auth_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    server = Served(tmp_path, beside=("open_door",))
    server.close()
    # A server without unauthenticated access names, at its start, every handler of an extension that neither asks for
    # a login nor says that it needs none. That it names the open door shows that it looked.
    named = re.findall(r"^- (\w+) of \w+ registered for (.*)$", server.log.read_text(), re.MULTILINE)
    ours = {(method, path) for method, path in named if "headwater" in path or "open-door" in path}
    assert ours == {("GET", "/open-door")}, named
