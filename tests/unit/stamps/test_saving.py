"""What a save through the server leaves in the file, and when it leaves the file alone."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from headwater.stamping.statement import stamp_digest


def test_a_save_after_a_run_carries_a_valid_stamp(desk: Any) -> None:
    version = desk.version()
    content = desk.notebook("import headwater as hw", 'df = hw.load("demo.flights")')
    desk.write(content)
    kernel = desk.kernel()
    desk.pin(version)
    kernel.run(content["cells"][0])
    kernel.run(content["cells"][1], version)
    desk.save(content, "a.ipynb", kernel.id)
    stamp = desk.stamp()
    assert [(read["cell"], read["dataset"], read["rows"]) for read in stamp["reads"]] == [
        ("c2", "demo.flights@v1", 100)
    ]
    assert stamp["pins"]["demo.flights"]["version"] == "v1"
    assert desk.read()["metadata"]["headwater"]["pins"] == stamp["pins"]
    assert stamp["run"]["linear"] is True
    assert stamp["datasets"]["demo.flights@v1"]["attestedBy"] == "server"
    assert stamp["actor"] == {"user": "ada", "source": "request", "attestedBy": "server"}
    assert desk.verdict() == "valid"
    passport = desk.headwater.stamps.passport(desk.path())
    assert passport.sentence == (
        "These results rest on demo.flights v1 (100 rows, 22 Nov). All 2 cells ran in order. Signature valid."
    )
    assert passport.badge == "stamped"


def test_saving_again_changes_no_byte_whatever_the_front_end_posts(desk: Any) -> None:
    """The front end has no stamp, an old one, or a forged one: what the hook writes is the same."""
    content = desk.notebook("1", "2")
    desk.write(content)
    kernel = desk.kernel()
    kernel.run(content["cells"][0])
    first = desk.save(content, "a.ipynb", kernel.id)
    kernel.run(content["cells"][1])
    second = desk.save(first, "a.ipynb", kernel.id)
    written = desk.path().read_bytes()
    forged = copy.deepcopy(second)
    forged["metadata"]["headwater"]["stamp"]["reads"] = "nonsense"
    for posted in (content, first, second, forged):
        for user in ("ada", "bob"):
            desk.save(posted, "a.ipynb", kernel.id, user=user)
            assert desk.path().read_bytes() == written


def test_a_notebook_that_never_had_to_do_with_headwater_is_left_alone(desk: Any) -> None:
    written = desk.write(desk.notebook("1", "2"))
    opened = desk.read()
    desk.save(opened)
    assert desk.path().read_bytes() == written
    # JupyterLab fills these in when the kernel is up, with the extension or without.
    opened["metadata"] = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    desk.save(opened)
    assert desk.path().read_bytes() == desk.write(opened)


def test_a_new_notebook_gets_its_stamp_with_its_first_content(desk: Any) -> None:
    desk.save({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
    blank = desk.notebook("")
    blank["cells"][0]["outputs"] = []
    desk.save(blank)
    assert "headwater" not in desk.read()["metadata"]
    desk.save(desk.notebook("x = 1"))
    assert desk.verdict() == "valid"


@pytest.mark.parametrize("change", ["source", "output"])
def test_an_edit_of_an_unstamped_notebook_is_stamped(desk: Any, change: str) -> None:
    desk.write(desk.notebook("1", "2"))
    content = desk.read()
    if change == "source":
        content["cells"][0]["source"] = "3"
    else:
        content["cells"][0]["outputs"] = []
    desk.save(content)
    assert desk.verdict() == "valid"


def test_a_pin_alone_is_stamped(desk: Any) -> None:
    version = desk.version()
    desk.write(desk.notebook("1"))
    desk.pin(version)
    content = desk.read()
    desk.save(content)
    assert desk.stamp()["pins"]["demo.flights"]["version"] == "v1"


def test_an_edit_makes_a_new_stamp_in_the_chain(desk: Any) -> None:
    content = desk.notebook("1")
    desk.save(content)
    first = desk.stamp()
    content["cells"][0]["source"] = "2"
    desk.save(content)
    assert desk.stamp()["log"]["previous"] == stamp_digest(first)
    assert desk.verdict() == "valid"


def test_the_rest_of_the_metadata_stays(desk: Any) -> None:
    content = desk.notebook("1")
    content["metadata"] = {"team": {"a": 1}, "headwater": {"later": {"b": 2}}}
    desk.save(content)
    metadata = desk.read()["metadata"]
    assert metadata["team"] == {"a": 1}
    assert metadata["headwater"]["later"] == {"b": 2}
    assert desk.verdict() == "valid"


def test_a_rename_changes_no_byte_and_no_verdict(desk: Any) -> None:
    desk.save(desk.notebook("1"))
    written = desk.path().read_bytes()
    desk.path().rename(desk.path("b.ipynb"))
    desk.headwater.pins.renamed(desk.path(), desk.path("b.ipynb"))
    assert desk.verdict("b.ipynb") == "valid"
    desk.save(desk.read("b.ipynb"), "b.ipynb")
    assert desk.path("b.ipynb").read_bytes() == written


def test_a_copy_is_a_notebook_of_its_own_that_ran_nowhere(desk: Any) -> None:
    version = desk.version()
    content = desk.notebook('df = hw.load("demo.flights")')
    desk.write(content)
    kernel = desk.kernel()
    kernel.run(content["cells"][0], version)
    desk.save(content, "a.ipynb", kernel.id)
    desk.save(desk.read(), "copy.ipynb")
    copied = desk.stamp("copy.ipynb")
    assert copied["notebook"]["copiedFrom"] == desk.stamp()["notebook"]["id"]
    assert copied["cells"][0]["status"] == "inherited"
    assert desk.verdict("copy.ipynb") == desk.verdict() == "valid"
    written = desk.path("copy.ipynb").read_bytes()
    desk.save(desk.read("copy.ipynb"), "copy.ipynb")
    assert desk.path("copy.ipynb").read_bytes() == written


def test_records_written_before_the_server_knew_the_kernel_count(desk: Any) -> None:
    version = desk.version()
    content = desk.notebook('df = hw.load("demo.flights")')
    kernel = desk.loose_kernel()
    kernel.run(content["cells"][0], version)
    desk.save(content, "other.ipynb")
    assert desk.stamp("other.ipynb")["reads"] == []
    desk.save(content, "a.ipynb", kernel.id)
    assert len(desk.stamp()["reads"]) == 1


def test_records_outlive_their_kernel_and_their_spool_file(desk: Any) -> None:
    content = desk.notebook("1", "2")
    desk.write(content)
    kernel = desk.kernel()
    kernel.run(content["cells"][0])
    # Records of a process that is gone, whose file is then retired.
    spool = desk.headwater.home.spool
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    (written,) = spool.iterdir()
    written.rename(spool / f"{kernel.id}.{done.stdout.strip()}.jsonl")
    desk.headwater.pins.unbind_kernel(kernel.id)
    desk.save(content)
    assert list(spool.iterdir()) == []
    assert desk.stamp()["run"]["order"] == ["c1"]
    content["cells"][1]["source"] = "3"
    desk.save(content)
    assert desk.stamp()["run"]["order"] == ["c1"]


def test_torn_and_forged_lines_of_the_spool_are_passed_over(desk: Any) -> None:
    content = desk.notebook("1", "2")
    desk.write(content)
    kernel = desk.kernel()
    kernel.run(content["cells"][0])
    (spool,) = desk.headwater.home.spool.iterdir()
    line = spool.read_bytes()
    forged = json.loads(line)
    forged["data"]["cell"] = "c2"
    with open(spool, "ab") as file:
        file.write(json.dumps(forged).encode() + b"\n" + b"not json\n" + line[: len(line) // 2])
    desk.save(content, "a.ipynb", kernel.id)
    assert desk.stamp()["run"]["order"] == ["c1"]
    with open(spool, "ab") as file:
        file.write(b"\n")
    kernel.run(content["cells"][1])
    desk.save(content, "a.ipynb", kernel.id)
    assert desk.stamp()["run"]["order"] == ["c1", "c2"]


def test_an_older_file_put_back_is_superseded(desk: Any) -> None:
    desk.save(desk.notebook("1"))
    old = desk.path().read_bytes()
    desk.save(desk.notebook("2"))
    desk.path().write_bytes(old)
    assert desk.verdict() == "superseded"
    # Saved again as it is, it is what the notebook is now, and no byte of it changes.
    desk.save(json.loads(old))
    assert desk.path().read_bytes() == old
    assert desk.verdict() == "valid"


def test_a_save_that_never_reached_the_file_supersedes_nothing(desk: Any) -> None:
    desk.save(desk.notebook("1"))
    desk.headwater.stamps.embed(desk.notebook("2"), desk.path(), actor=desk.Saver())
    assert desk.verdict() == "valid"


def test_a_changed_stamp_is_compared_with_the_one_that_was_given_out(desk: Any) -> None:
    desk.save(desk.notebook("1"))
    content = desk.read()
    content["metadata"]["headwater"]["stamp"]["actor"]["user"] = "eve"
    desk.write(content)
    details = [change.detail for change in desk.headwater.stamps.verify(desk.path()).changes]
    assert 'actor/user was "ada", is "eve"' in details


def test_a_fault_of_ours_does_not_cost_the_save(desk: Any, caplog: Any) -> None:
    desk.save(desk.notebook("1"))
    desk.headwater.database.close()
    ledger = desk.headwater.home.ledger_path
    ledger.rename(ledger.with_suffix(".away"))
    ledger.write_bytes(b"this is no ledger" * 100)
    content = desk.notebook("2")
    returned = desk.headwater.stamps.embed(content, desk.path(), actor=desk.Saver())
    assert returned is content
    assert content["cells"][0]["source"] == "2"
    assert "saved without a new stamp" in caplog.text
    desk.write(content)
    ledger.unlink()
    ledger.with_suffix(".away").rename(ledger)
    desk.headwater.database.close()
    passport = desk.headwater.stamps.passport(desk.path())
    assert passport.badge == "unsigned"
    assert "The last save could not be stamped" in passport.sentence
    desk.save(content)
    assert desk.headwater.stamps.passport(desk.path()).badge == "stamped"


def test_a_fault_while_the_stamp_is_made_leaves_the_old_one_and_the_newest_pins(desk: Any, monkeypatch: Any) -> None:
    version = desk.version()
    desk.save(desk.notebook("1"))
    before = desk.stamp()
    desk.kernel()
    desk.pin(version)
    content = desk.read()
    content["cells"][0]["source"] = "2"

    def broken(*_: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("headwater.services.stamps.build_stamp", broken)
    desk.save(content)
    assert desk.stamp() == before
    assert desk.read()["metadata"]["headwater"]["pins"]["demo.flights"]["version"] == "v1"
    assert desk.verdict() == "changed"
    monkeypatch.undo()
    desk.save(desk.read())
    assert desk.verdict() == "valid"


def test_without_a_usable_key_the_stamp_waits_for_its_signature(desk: Any) -> None:
    key = desk.headwater.home.keys / "stamp.pem"
    key.write_bytes(b"no key")
    desk.save(desk.notebook("1"))
    assert desk.verdict() == "unsigned"
    before = desk.stamp()
    key.unlink()
    desk.save(desk.read())
    assert desk.verdict() == "valid"
    assert stamp_digest(desk.stamp()) == stamp_digest(before)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"nbformat": 3, "worksheets": []},
        {"nbformat": 4, "metadata": {}, "cells": None},
        {"nbformat": 4, "metadata": [], "cells": []},
        {"nbformat": 4, "metadata": {"headwater": 5}, "cells": []},
    ],
)
def test_content_of_any_shape_is_saved_as_it_is(desk: Any, content: Any) -> None:
    before = copy.deepcopy(content)
    desk.headwater.stamps.embed(content, desk.path(), actor=desk.Saver())
    assert content == before


def test_an_autosave_names_the_owner_of_the_session(desk: Any) -> None:
    content = desk.notebook("1")
    desk.headwater.stamps.embed(content, desk.path(), actor=desk.Saver("grace", "session-owner"))
    assert content["metadata"]["headwater"]["stamp"]["actor"] == {
        "user": "grace", "source": "session-owner", "attestedBy": "server",
    }  # fmt: skip


def test_the_event_follows_the_file(desk: Any) -> None:
    from headwater.ledger.events import Events

    events = Events(desk.headwater.database)
    content = desk.notebook("1")
    desk.headwater.stamps.embed(content, desk.path(), actor=desk.Saver())
    assert [event for event in events.since(0) if event.topic == "stamp"] == []
    desk.write(content)
    desk.headwater.stamps.written(desk.path())
    (event,) = [event for event in events.since(0) if event.topic == "stamp"]
    assert event.subject == content["metadata"]["headwater"]["id"]
    assert str(desk.folder) not in json.dumps(event.payload)
    assert os.sep not in json.dumps(event.payload)
