"""The route table, walked as nobody and as each role."""

from __future__ import annotations

from typing import Any

import pytest
from served import Served

from headwater.policy import allows
from jupyterlab_headwater.routes import PREFIX, ROUTES, Route

_SEGMENTS = {
    "{dataset}": "sales.orders", "{version}": "v1", "{tag}": "walked", "{source}": "prod", "{job}": "no-such-job",
}  # fmt: skip
_BODIES: dict[str, Any] = {
    "datasets.describe": {"description": "walked"},
    "notebooks.open": {"path": "walk.ipynb", "client": "c"},
    "notebooks.close": {"path": "walk.ipynb", "client": "c"},
    "notebooks.change_pins": {"path": "walk.ipynb", "base_revision": None, "operations": []},
    "notebooks.verify": {"path": "walk.ipynb"},
    "imports.start": {"path": "walk.csv", "name": "x.walk"},
    "samples.plan": {"source": "prod", "table": "t"},
    "samples.start": {"source": "prod", "table": "t"},
}


def _path(route: Route) -> str:
    path = PREFIX + route.path
    for name, value in _SEGMENTS.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_is_let_in(served: Served, route: Route) -> None:
    for token in (None, "wrong"):
        answer = served.call(route.method, _path(route), token=token, contract=False, raw=b"{}")
        assert answer.status in (401, 403), answer
        assert "orders" not in answer.text


def test_each_role_may_do_what_the_policy_says(as_role: tuple[str, Served]) -> None:
    role, server = as_role
    (server.root / "walk.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    (server.root / "walk.csv").write_text("a\n1\n")
    for route in ROUTES:
        if route.stream:
            continue
        body = _BODIES.get(route.handler)
        query = {parameter.name: "walk.ipynb" for parameter in route.query if parameter.required}
        answer = server.call(route.method, _path(route), body, query=query, contract=route.handler != "events.stream")
        where = f"{role}: {route.method} {route.path}: {answer.status} {answer.text[:200]}"
        if allows(role, route.action):  # type: ignore[arg-type]
            assert answer.status not in (401, 403, 405, 500), where
        else:
            assert (answer.status, answer.body["error"]["code"]) == (403, "refused"), where


def test_no_handler_is_without_an_auth_check(served: Served) -> None:
    log = served.log.read_text()
    assert "jupyterlab_headwater" in log
    # Jupyter Server names, at its start, every handler that neither asks for a login nor says why not.
    assert "jupyterlab_headwater.handlers" not in "".join(
        line for line in log.splitlines() if "authenti" in line.lower()
    )
