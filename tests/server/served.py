"""A real Jupyter server in a process of its own, asked over HTTP; every answer is held against the contract."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import websocket
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

TOKEN = "served"
_PORTS = 5
CONTRACT = json.loads((Path(__file__).parents[2] / "api" / "openapi.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    text: str
    headers: dict[str, str]


class Served:
    """A server with `role` on a home; `root` holds its notebooks."""

    def __init__(
        self,
        folder: Path,
        role: str = "admin",
        environ: dict[str, str] | None = None,
        beside: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
    ) -> None:
        """Start it, with the server extensions `beside` ours and `options` of Jupyter; wait until it answers."""
        self.home = folder / "home"
        self.root = folder / "root"
        for place in (self.home, self.root):
            place.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        self.log = folder / "server.log"
        self._file = self.log.open("wb")
        # Between being found free and being listened on, a port can be taken by another test.
        for _ in range(_PORTS):
            self._start(folder, role, environ or {}, beside, options)
            if self._answers():
                return
            assert "already in use" in self.log.read_text(), self.log.read_text()
        raise AssertionError(self.log.read_text())

    def _start(
        self, folder: Path, role: str, environ: dict[str, str], beside: tuple[str, ...], options: tuple[str, ...]
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        extensions = dict.fromkeys(("jupyterlab_headwater", *beside), True)
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--ip=127.0.0.1",
                f"--port={self.port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
                f"--ServerApp.root_dir={self.root}", "--ServerApp.allow_unauthenticated_access=False",
                f"--HeadwaterExtension.role={role}", f"--ServerApp.jpserver_extensions={extensions}",
                *options,
            ],
            env={**os.environ, **environ, "HEADWATER_HOME": str(self.home), "JUPYTER_CONFIG_DIR": str(folder)},
            stdout=self._file, stderr=self._file,
        )  # fmt: skip

    def _answers(self) -> bool:
        """Wait until it does; False when it ended instead."""
        deadline = time.monotonic() + 60
        while self.process.poll() is None:
            # Another server on the port would not know the token.
            if self.call("GET", "/api/status", contract=False).status == 200:
                return True
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        return False

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._file.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        token: str | None = TOKEN,
        contract: bool = True,
        raw: bytes | None = None,
    ) -> Answer:
        """Ask for a path; one below the API is checked against the contract."""
        url = f"http://127.0.0.1:{self.port}{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data=data, method=method)
        if token is not None:
            request.add_header("Authorization", f"token {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, text, headers = response.status, response.read().decode(), dict(response.headers)
        except urllib.error.HTTPError as error:
            status, text, headers = error.code, error.read().decode(), dict(error.headers)
        except OSError as error:
            status, text, headers = 0, str(error), {}
        answer = Answer(status, _parsed(text), text, headers)
        if contract and path.startswith("/headwater/"):
            conforms(method, path, answer)
        return answer

    def handshake(self, path: str, token: str | None = TOKEN) -> int:
        """The status that a WebSocket's opening is answered with: 101 lets it in."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        if token is not None:
            headers["Authorization"] = f"token {token}"
        connection.request("GET", path, headers={**headers, "Sec-WebSocket-Key": key})
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call(method, f"/headwater/v1{path}", body, **more)

    def session(self, notebook: str) -> str:
        """Start a kernel for a notebook as JupyterLab does; returns its id."""
        asked = {"path": notebook, "type": "notebook", "name": notebook, "kernel": {"name": "python3"}}
        answer = self.call("POST", "/api/sessions", asked)
        assert answer.status == 201, answer.text
        return str(answer.body["kernel"]["id"])

    def run(self, kernel: str, code: str) -> str:
        """Run `code` in a kernel; returns what it printed, or fails with what it raised."""
        socket = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token={TOKEN}", timeout=60
        )
        header = {
            "msg_id": uuid.uuid4().hex, "username": "", "session": uuid.uuid4().hex, "msg_type": "execute_request",
            "version": "5.3",
        }  # fmt: skip
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        socket.send(json.dumps({**message, "buffers": []}))
        printed = ""
        while True:
            got = json.loads(socket.recv())
            if got["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if got["msg_type"] == "stream":
                printed += got["content"]["text"]
            if got["msg_type"] == "execute_reply":
                # What the cell printed may come after the reply, on a channel of its own.
                replied = got["content"]
                assert replied["status"] == "ok", "\n".join(replied["traceback"])
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                socket.close()
                return printed

    def notebook(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.root / name).read_text(encoding="utf-8"))
        return document


def conforms(method: str, path: str, answer: Answer) -> None:
    """Fail when the answer is none that the contract has for this route."""
    route = next(known for known in CONTRACT["paths"] if _pattern(known).fullmatch(path))
    responses = CONTRACT["paths"][route][method.lower()]["responses"]
    assert str(answer.status) in responses, f"{method} {path}: {answer.status} is not in the contract: {answer.text}"
    content = responses[str(answer.status)].get("content", {}).get("application/json")
    if content is None:
        assert answer.text == ""
        return
    _validator(json.dumps(content["schema"])).validate(answer.body)


@cache
def _validator(schema: str) -> Draft202012Validator:
    whole = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **CONTRACT})
    registry = Registry().with_resource("urn:contract", whole)
    absolute = json.loads(schema.replace('"#/', '"urn:contract#/'))
    return Draft202012Validator(absolute, registry=registry)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
