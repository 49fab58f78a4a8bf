"""Whose a save is on a server that knows its users: the user's of the request, by the site's identity provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import Served
from test_saves import NOTEBOOK, loaded


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(
        tmp_path_factory.mktemp("site"),
        environ={"PYTHONPATH": str(Path(__file__).parent)},
        options=("--ServerApp.identity_provider_class=site_identity.SiteIdentity",),
    )
    yield server
    server.close()


def save(site: Served, token: str | None, content: Any) -> int:
    body = {"type": "notebook", "format": "json", "content": content}
    return site.call("PUT", "/api/contents/n.ipynb", body, token=token).status


def test_a_save_over_rest_is_of_the_user_who_asked_for_it(site: Served) -> None:
    assert save(site, "token-of-ada", NOTEBOOK) == 201
    stamp = site.notebook("n.ipynb")["metadata"]["headwater"]["stamp"]
    assert stamp["actor"] == {"user": "ada", "source": "request", "attestedBy": "server"}
    passport = site.api("GET", "/notebooks/passport", query={"path": "n.ipynb"}).body
    assert (passport["actor"], passport["actor_source"], passport["verdict"]) == ("ada", "request", "valid")

    changed = loaded(site, "n.ipynb")
    changed["cells"][0]["source"] = "2 + 2"
    assert save(site, "token-of-bo", changed) == 200
    assert site.notebook("n.ipynb")["metadata"]["headwater"]["stamp"]["actor"]["user"] == "bo"
    assert site.api("GET", "/status", token="token-of-bo").body["user"] == "bo"

    before = (site.root / "n.ipynb").read_bytes()
    for nobody in ("token-of-eve", None):
        assert save(site, nobody, NOTEBOOK) in (401, 403)
    assert (site.root / "n.ipynb").read_bytes() == before
