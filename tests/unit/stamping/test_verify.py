"""Verification names what changed, and calls nothing valid that is not."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from headwater.errors import InvalidNotebook
from headwater.stamping.sign import open_signer
from headwater.stamping.statement import payload, signed_bytes
from headwater.stamping.verify import check, read_notebook


def test_a_stamped_notebook_is_valid(desk: Any) -> None:
    assert check(desk.stamped(), desk.trusted) == ("valid", [])


def test_a_notebook_without_a_stamp_is_unsigned(desk: Any) -> None:
    assert check(desk.notebook(), desk.trusted) == ("unsigned", [])


def test_a_stamp_that_waits_for_its_signature_is_unsigned(desk: Any) -> None:
    notebook = desk.stamped()
    notebook["metadata"]["headwater"]["stamp"]["signatures"] = []
    assert desk.verdict(notebook) == "unsigned"


def test_a_key_that_nobody_trusts_is_said_to_be_so(desk: Any) -> None:
    assert check(desk.stamped(), {}) == ("untrusted", [])


def _move(notebook: dict[str, Any]) -> None:
    cells = notebook["cells"]
    cells[2], cells[3] = cells[3], cells[2]


def _cells(notebook: dict[str, Any]) -> dict[str, Any]:
    return {cell["id"]: cell for cell in notebook["cells"]}


EDITS: list[tuple[Callable[[dict[str, Any]], Any], tuple[str, str | None]]] = [
    (lambda n: _cells(n)["load"].update(source="x = 1"), ("source", "load")),
    (lambda n: _cells(n)["intro"].update(source="# Other"), ("source", "intro")),
    (lambda n: _cells(n)["load"]["outputs"][0]["data"].update({"text/html": "<b>7</b>"}), ("output", "load")),
    (lambda n: _cells(n)["sample"]["outputs"].pop(), ("output", "sample")),
    (lambda n: _cells(n)["sample"].update(outputs=[]), ("output", "sample")),
    (
        lambda n: _cells(n)["setup"]["outputs"].append({"output_type": "stream", "name": "stdout", "text": "x"}),
        ("output", "setup"),
    ),
    (lambda n: _cells(n)["plot"]["outputs"][0]["metadata"].clear(), ("output", "plot")),
    (lambda n: _cells(n)["intro"]["attachments"].clear(), ("attachments", "intro")),
    (lambda n: _cells(n)["plot"]["metadata"].update(tags=["x"]), ("tags", "plot")),
    (lambda n: _cells(n)["end"]["metadata"].clear(), ("format", "end")),
    (lambda n: _cells(n)["end"].update(cell_type="markdown", metadata={}), ("type", "end")),
    (lambda n: n["cells"].pop(), ("removed", "end")),
    (
        lambda n: n["cells"].append({"id": "new", "cell_type": "markdown", "metadata": {}, "source": "x"}),
        ("added", "new"),
    ),
    (_move, ("reordered", "sample")),
    (lambda n: n["cells"].append(copy.deepcopy(n["cells"][0])), ("duplicate", "intro")),
    (lambda n: n["metadata"].update(title="Other"), ("metadata", None)),
    (lambda n: n["metadata"]["kernelspec"].update(name="other"), ("metadata", None)),
    (lambda n: n["metadata"]["headwater"].update(id="nb-9"), ("metadata", None)),
    (lambda n: n["metadata"]["headwater"].update(extra={"a": 1}), ("metadata", None)),
    (lambda n: n["metadata"]["headwater"]["pins"].clear(), ("pin", None)),
    (lambda n: n["metadata"]["headwater"]["pins"]["demo.flights"].update(version="v3"), ("pin", None)),
    (lambda n: n["metadata"]["headwater"]["pins"]["demo.flights"].update(reason="other"), ("pin", None)),
    (
        lambda n: n["metadata"]["headwater"]["stamp"]["datasets"]["demo.flights@v2"].update(digest="00" * 32),
        ("signature", None),
    ),
    (lambda n: n["metadata"]["headwater"]["stamp"]["reads"].pop(), ("signature", None)),
    (lambda n: n["metadata"]["headwater"]["stamp"].update(newField=1), ("signature", None)),
    (
        lambda n: n["metadata"]["headwater"]["stamp"]["signatures"][0].update(keyId="00" * 32),
        ("signature", None),
    ),
    (lambda n: n["metadata"]["headwater"]["stamp"]["signatures"][0].update(more=1), ("signature", None)),
    (lambda n: n["metadata"]["headwater"]["stamp"].update(cells="x"), ("stamp", None)),
]


@pytest.mark.parametrize(("edit", "named"), EDITS)
def test_every_edit_is_named(desk: Any, edit: Callable[[dict[str, Any]], Any], named: tuple[str, str | None]) -> None:
    notebook = desk.stamped()
    edit(notebook)
    assert desk.verdict(notebook) == "changed"
    assert named in desk.changes(notebook)


def test_an_edit_of_one_cell_names_this_cell_only(desk: Any) -> None:
    notebook = desk.stamped()
    desk.cell(notebook, "load")["outputs"][0]["data"]["text/html"] = "<b>2</b>"
    verdict, changes = check(notebook, desk.trusted)
    assert verdict == "changed"
    assert [(change.what, change.cell) for change in changes] == [("output", "load")]
    assert changes[0].detail == 'cell 3 (flights = hw.load("demo.flights")): text/html changed'


def test_a_difference_in_a_pin_is_told_with_both_values(desk: Any) -> None:
    notebook = desk.stamped()
    notebook["metadata"]["headwater"]["pins"]["demo.flights"]["version"] = "v3"
    details = [change.detail for change in check(notebook, desk.trusted)[1] if change.what == "pin"]
    assert details == ['demo.flights: version was "v2", is "v3"']


def test_a_stamp_signed_again_by_another_key_is_untrusted(desk: Any, tmp_path: Any) -> None:
    notebook = desk.stamped()
    stamp = notebook["metadata"]["headwater"]["stamp"]
    stamp["reads"].pop()
    stamp["signatures"] = [open_signer(tmp_path).sign(payload(stamp))]
    assert desk.verdict(notebook) == "untrusted"


def test_a_rename_changes_no_verdict(desk: Any) -> None:
    # The name is in the stamp and nowhere else in the file: verification has nothing to compare it with.
    notebook = desk.stamped()
    assert notebook["metadata"]["headwater"]["stamp"]["notebook"]["name"] == "delays.ipynb"
    assert check(notebook, desk.trusted) == ("valid", [])


def test_the_signature_is_over_the_dsse_encoding() -> None:
    assert signed_bytes(b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"


def test_a_signature_with_unused_bits_set_is_refused(desk: Any) -> None:
    notebook = desk.stamped()
    entry = notebook["metadata"]["headwater"]["stamp"]["signatures"][0]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = entry["value"][-3]
    other = alphabet[alphabet.index(last) ^ 1]
    assert base64.b64decode(entry["value"][:-3] + other + "==") == base64.b64decode(entry["value"])
    entry["value"] = entry["value"][:-3] + other + "=="
    assert desk.verdict(notebook) == "changed"


def _visible(content: dict[str, Any]) -> dict[str, Any]:
    """What readers look at, by nbformat's own field names. Shares no code with the canonical form."""

    def only(value: dict[str, Any], *keys: str) -> dict[str, Any]:
        return {key: value.get(key) for key in keys}

    metadata = content["metadata"]
    return {
        "cells": [
            {
                **only(cell, "id", "cell_type", "source", "attachments"),
                "metadata": only(cell.get("metadata", {}), "tags", "format", "raw_mimetype"),
                "outputs": [
                    only(
                        output,
                        "output_type",
                        "name",
                        "text",
                        "data",
                        "metadata",
                        "ename",
                        "evalue",
                        "traceback",
                    )
                    for output in cell.get("outputs", ())
                ],
            }
            for cell in content["cells"]
        ],
        "kernel": metadata.get("kernelspec", {}).get("name"),
        "language": metadata.get("language_info", {}).get("name"),
        "metadata": only(metadata, "title", "authors", "date", "headwater"),
    }


def test_one_flipped_byte_is_never_missed(desk: Any) -> None:
    notebook = desk.stamped()
    raw = json.dumps(notebook, indent=1, sort_keys=True).encode()
    chance = random.Random(20261123)
    valid = 0
    for _ in range(300):
        place = chance.randrange(len(raw))
        byte = raw[place] ^ (1 << chance.randrange(8))
        flipped = raw[:place] + bytes([byte]) + raw[place + 1 :]
        try:
            content = read_notebook(flipped, "flipped.ipynb")
            verdict, changes = check(content, desk.trusted)
        except InvalidNotebook as error:
            assert error.message
            continue
        if verdict == "valid":
            valid += 1
            assert _visible(content) == _visible(notebook), flipped[max(0, place - 40) : place + 40]
        else:
            assert changes or verdict == "unsigned", flipped[max(0, place - 40) : place + 40]
    assert 0 < valid < 60


def test_harmless_rewrites_stay_valid(desk: Any) -> None:
    import nbformat

    notebook = desk.stamped()
    assert desk.verdict(json.loads(nbformat.writes(nbformat.from_dict(notebook)))) == "valid"
    assert desk.verdict(json.loads(json.dumps(notebook, sort_keys=True).replace("\\n", "\\r\\n"))) == "valid"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"cells": [}', "line 1, column 12"),
        ('{\n "a": 1,\n "a": 2}', "'a' twice"),
        ("[]", "not a notebook"),
        (b"\xff{}", "UTF-8"),
        ("[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_not_notebook_json_is_refused_with_the_place(text: Any, said: str) -> None:
    with pytest.raises(InvalidNotebook, match=said):
        read_notebook(text, "broken.ipynb")


def test_a_stamp_of_any_damage_gives_a_verdict(desk: Any) -> None:
    """Every leaf and branch of the stamp is replaced by something else: never valid, never a crash."""
    whole = desk.stamped()

    def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
        yield path
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in items:
            yield from places(item, (*path, key))

    stamp = whole["metadata"]["headwater"]["stamp"]
    for path in places(stamp):
        for damage in (None, 5, "x", [], {}, [5], {"a": 5}):
            notebook = copy.deepcopy(whole)
            place = notebook["metadata"]["headwater"]
            for key in ("stamp", *path)[:-1]:
                place = place[key]
            key = ("stamp", *path)[-1]
            if place[key] == damage:
                continue
            place[key] = damage
            assert check(notebook, desk.trusted)[0] != "valid", (path, damage)


def test_the_payload_is_that_of_the_readable_stamp(desk: Any) -> None:
    stamp = desk.stamped()["metadata"]["headwater"]["stamp"]
    assert payload(json.loads(json.dumps(stamp))) == payload(stamp)
