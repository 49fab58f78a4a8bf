"""Saving by the contents API: the stamp, the pins, and files that are left alone."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from served import Served

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "code", "id": "one", "metadata": {}, "execution_count": None, "outputs": [], "source": "1 + 1"}
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def save(served: Served, name: str, content: Any) -> None:
    answer = served.call("PUT", f"/api/contents/{name}", {"type": "notebook", "format": "json", "content": content})
    assert answer.status in (200, 201), answer.text


def loaded(served: Served, name: str) -> Any:
    return served.call("GET", f"/api/contents/{name}").body["content"]


def pin(served: Served, name: str, version: str, **more: Any) -> Any:
    change = {"op": "set", "dataset": "sales.orders", "version": version, "reason": "for the test"}
    return served.api("PATCH", "/notebooks/pins", {"path": name, "base_revision": None, "operations": [change], **more})


def test_a_save_is_stamped_and_verifies(served: Served) -> None:
    save(served, "stamped.ipynb", NOTEBOOK)
    section = served.notebook("stamped.ipynb")["metadata"]["headwater"]
    assert section["stamp"]["stampId"] if "stampId" in section["stamp"] else section["stamp"]
    assert served.api("POST", "/notebooks/verify", {"path": "stamped.ipynb"}).body["verdict"] == "valid"


def test_saving_it_unchanged_changes_no_byte(served: Served) -> None:
    save(served, "same.ipynb", NOTEBOOK)
    before = (served.root / "same.ipynb").read_bytes()
    time.sleep(0.05)
    save(served, "same.ipynb", loaded(served, "same.ipynb"))
    assert (served.root / "same.ipynb").read_bytes() == before


def test_beside_its_own_key_a_save_writes_what_jupyter_writes(served: Served) -> None:
    save(served, "plain.ipynb", {**NOTEBOOK, "metadata": {"kernelspec": {"name": "python3", "display_name": "P"}}})
    written = served.notebook("plain.ipynb")
    del written["metadata"]["headwater"]
    import nbformat

    expected = json.loads(
        nbformat.writes(
            nbformat.from_dict({**NOTEBOOK, "metadata": {"kernelspec": {"name": "python3", "display_name": "P"}}})
        )
    )
    assert written == expected


def test_a_pin_reaches_the_file_with_the_next_save(served: Served) -> None:
    save(served, "pinned.ipynb", NOTEBOOK)
    served.api("POST", "/notebooks/open", {"path": "pinned.ipynb", "client": "tab"})
    assert pin(served, "pinned.ipynb", "v1").body["pins"][0]["state"] == "behind"
    # What the browser sends is older than the pin, and does not take it back.
    save(served, "pinned.ipynb", NOTEBOOK)
    assert served.notebook("pinned.ipynb")["metadata"]["headwater"]["pins"]["sales.orders"]["version"] == "v1"
    served.api("POST", "/notebooks/close", {"path": "pinned.ipynb", "client": "tab"})


def test_a_renamed_notebook_keeps_its_pins_and_its_id(served: Served) -> None:
    save(served, "old.ipynb", NOTEBOOK)
    pin(served, "old.ipynb", "v1")
    save(served, "old.ipynb", loaded(served, "old.ipynb"))
    id = served.notebook("old.ipynb")["metadata"]["headwater"]["id"]
    assert served.call("PATCH", "/api/contents/old.ipynb", {"path": "new.ipynb"}).status == 200
    assert served.api("GET", "/notebooks/pins", query={"path": "new.ipynb"}).body["pins"][0]["pin"]["version"] == "v1"
    save(served, "new.ipynb", loaded(served, "new.ipynb"))
    assert served.notebook("new.ipynb")["metadata"]["headwater"]["id"] == id


def test_a_copied_notebook_gets_an_id_of_its_own_and_the_same_pins(served: Served) -> None:
    save(served, "origin.ipynb", NOTEBOOK)
    pin(served, "origin.ipynb", "v1")
    save(served, "origin.ipynb", loaded(served, "origin.ipynb"))
    copied = served.call("POST", "/api/contents/", {"copy_from": "origin.ipynb"}).body["name"]
    save(served, copied, loaded(served, copied))
    origin, copy = (served.notebook(name)["metadata"]["headwater"] for name in ("origin.ipynb", copied))
    assert copy["id"] != origin["id"]
    assert copy["copiedFrom"] == origin["id"]
    assert copy["pins"]["sales.orders"]["version"] == "v1"
    pin(served, copied, "v2")
    assert (
        served.api("GET", "/notebooks/pins", query={"path": "origin.ipynb"}).body["pins"][0]["pin"]["version"] == "v1"
    )


def test_two_who_pin_different_datasets_keep_both(served: Served) -> None:
    (served.root / "few.csv").write_text("a\n1\n")
    started = served.api("POST", "/imports", {"path": "few.csv", "name": "in.few"})
    assert started.status == 202, started.text
    while (job := served.api("GET", f"/jobs/{started.body['id']}")).body["state"] in ("queued", "running"):
        time.sleep(0.1)
    assert job.body["state"] == "done", job.text
    save(served, "both.ipynb", NOTEBOOK)
    opened = served.api("POST", "/notebooks/open", {"path": "both.ipynb", "client": "a"})
    assert opened.status == 200, opened.text
    base = opened.body["revision"]
    first = pin(served, "both.ipynb", "v1", base_revision=base)
    assert first.status == 200, first.text
    other = {"op": "set", "dataset": "in.few", "version": "v1", "reason": ""}
    answer = served.api(
        "PATCH", "/notebooks/pins", {"path": "both.ipynb", "operations": [other], "base_revision": base}
    )
    assert answer.status == 200, answer.text
    assert {one["dataset"] for one in answer.body["pins"]} == {"sales.orders", "in.few"}
    conflict = pin(served, "both.ipynb", "v2", base_revision=base)
    assert (conflict.status, conflict.body["error"]["code"]) == (409, "pin_conflict")


@pytest.mark.parametrize("text", ["not json", "[]", '{"cells": 7}', ""])
def test_a_file_that_is_no_notebook_is_left_alone(served: Served, text: str) -> None:
    path = served.root / "broken.ipynb"
    path.write_text(text)
    for answer in (
        served.api("POST", "/notebooks/verify", {"path": "broken.ipynb"}),
        served.api("GET", "/notebooks/passport", query={"path": "broken.ipynb"}),
        pin(served, "broken.ipynb", "v1"),
    ):
        assert answer.status in (400, 422), answer
        assert answer.body["error"]["hint"]
    assert path.read_text() == text


def test_a_kernel_does_not_inherit_credentials(served: Served) -> None:
    kernel = served.call("POST", "/api/kernels", {"name": "python3"}).body["id"]
    code = "import os; print('HOME' in os.environ, 'SERVED_DSN' in os.environ, 'sesame' in str(dict(os.environ)))"
    assert served.run(kernel, code).strip() == "True False False"
    served.call("DELETE", f"/api/kernels/{kernel}")


def test_events_are_told(served: Served) -> None:
    import websocket

    socket = websocket.create_connection(f"ws://127.0.0.1:{served.port}/headwater/v1/events?token=served", timeout=20)
    (served.root / "told.csv").write_text("a\n1\n")
    served.api("POST", "/imports", {"path": "told.csv", "name": "in.told"})
    seen = set()
    while not {"job", "dataset"} <= seen:
        seen.add(json.loads(socket.recv())["topic"])
    socket.close()
