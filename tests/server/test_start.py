"""Starting on a home that is configured wrongly, is refused, or has its ledger in a database."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from served import Served
from test_saves import NOTEBOOK, save

from headwater.assembly import open_headwater
from headwater.demo.postgres import ADMIN, Server
from headwater.version import headwater_version

SECRET = {"START_DSN": "postgresql://nobody:sesame@127.0.0.1:1/none"}
IN_KERNEL = "import os; print('START_DSN' in os.environ, 'sesame' in str(dict(os.environ)))"


def _newer(home: Path) -> None:
    open_headwater(home).close()
    marker = home / "home.json"
    marker.write_text(json.dumps({**json.loads(marker.read_text()), "format": 99}))


def _damaged(home: Path) -> None:
    open_headwater(home).close()
    (home / "ledger.sqlite").write_bytes(b"this is no ledger" * 1000)


def _misconfigured(home: Path) -> None:
    (home / "headwater.toml").write_text('[sources.prod]\ndsn_env = "START_DSN"\n[store]\nwarehouse = 7\n')


def _garbled(home: Path) -> None:
    (home / "headwater.toml").write_text('[sources.prod]\ndsn_env = "START_DSN"\nkind = postgresql\n')


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [
        (_newer, "ledger_incompatible", "format 99"),
        (_damaged, "store_unavailable", "ledger"),
        (_misconfigured, "unavailable", "warehouse in [store] of headwater.toml"),
        (_garbled, "unavailable", "headwater.toml is not valid TOML at line 3"),
    ],
)
def test_a_refused_home_is_told_by_every_route(tmp_path: Path, spoil: object, code: str, told: str) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    assert callable(spoil)
    spoil(home)
    server = Served(tmp_path, environ=SECRET)
    try:
        for path in ("/status", "/datasets", "/status"):
            answer = server.api("GET", path)
            assert (answer.status, answer.body["error"]["code"]) == (503, code), answer.text
            assert answer.headers["Headwater-Version"] == headwater_version()
            assert told in answer.body["error"]["message"]
            assert answer.body["error"]["hint"]
            assert str(home) not in answer.text
        events = server.call("GET", "/headwater/v1/events", contract=False)
        assert (events.status, events.body["error"]["code"]) == (503, code), events.text
        assert events.body == answer.body
        assert server.handshake("/headwater/v1/events") == 503
        for path in ("/headwater/v1/status", "/headwater/v1/events"):
            assert server.call("GET", path, token=None, contract=False).status in (401, 403)
        # The rest of the server works.
        save(server, "plain.ipynb", NOTEBOOK)
        assert "headwater" not in server.notebook("plain.ipynb")["metadata"]
        if spoil in (_misconfigured, _garbled):
            kernel = server.call("POST", "/api/kernels", {"name": "python3"}).body["id"]
            assert server.run(kernel, IN_KERNEL).strip() == "False False"
    finally:
        server.close()


def test_a_mistake_in_a_source_keeps_nobody_from_the_datasets(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    headwater = open_headwater(home)
    table = pa.table({"id": [1, 2, 3]})
    headwater.commits.commit("a.b", table.to_reader(), kind="real", message="", author="ada")
    headwater.close()
    config = home / "headwater.toml"
    config.write_text('[sources.prod]\ndsn_env = "START_DSN"\nkind = 7\n')
    server = Served(tmp_path, environ=SECRET)
    try:
        assert server.api("GET", "/datasets/a.b").body["newest"]["rows"] == 3
        (warning,) = server.api("GET", "/status").body["warnings"]
        assert "kind in [sources.prod] of headwater.toml has the wrong type" in warning
        assert "Sources and samples do not work" in warning
        refused = server.api("GET", "/sources")
        assert refused.status == 400
        assert "kind in [sources.prod]" in refused.body["error"]["message"]
        save(server, "n.ipynb", NOTEBOOK)
        kernel = server.session("n.ipynb")
        assert server.run(kernel, IN_KERNEL).strip() == "False False"
        assert server.run(kernel, "import headwater as hw; print(len(hw.load('a.b')))").strip() == "3"
        saved = "import pyarrow as pa; print(hw.save(pa.table({'n': [1]}), 'work.n').version)"
        assert server.run(kernel, saved).strip() == "v1"
        # Once the file is right, sources work without a new start.
        config.write_text('[sources.prod]\ndsn_env = "START_DSN"\nkind = "postgresql"\n')
        assert [one["name"] for one in server.api("GET", "/sources").body["sources"]] == ["prod"]
    finally:
        server.close()


def test_a_ledger_in_postgresql_by_a_variable(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "headwater.toml").write_text('[store]\ncatalog_env = "START_DSN"\n')
    with Server(tmp_path / "postgresql") as postgresql:
        environ = {"START_DSN": postgresql.dsn()}
        headwater = open_headwater(home, environ)
        table = pa.table({"id": [1, 2, 3]})
        headwater.commits.commit("a.b", table.to_reader(), kind="real", message="", author="ada")
        headwater.close()
        server = Served(tmp_path, environ=environ)
        try:
            assert server.api("GET", "/status").status == 200, server.log.read_text()
            assert server.api("GET", "/datasets/a.b").body["newest"]["rows"] == 3
            save(server, "n.ipynb", NOTEBOOK)
            kernel = server.session("n.ipynb")
            assert server.run(kernel, "import os; print('START_DSN' in os.environ)").strip() == "False"
            assert server.run(kernel, "import headwater as hw; print(len(hw.load('a.b')))").strip() == "3"
            pins = server.api("GET", "/notebooks/pins", query={"path": "n.ipynb"}).body["pins"]
            assert [(one["dataset"], one["pin"]["version"]) for one in pins] == [("a.b", "v1")]
            assert postgresql.password(ADMIN) not in server.log.read_text()
        finally:
            server.close()
    shutil.rmtree(postgresql.data.parent, ignore_errors=True)
