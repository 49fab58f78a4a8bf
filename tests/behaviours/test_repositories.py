"""What the ledger's repositories and the services on them do, whatever database they are in."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.clock import as_text, now
from headwater.errors import (
    BadName,
    JobNotFound,
    PinConflict,
    RecipeNotFound,
    Refused,
    SourceUnavailable,
    UsageError,
)
from headwater.ledger.events import Events
from headwater.ledger.intents import Intents
from headwater.ledger.jobs import Jobs
from headwater.ledger.leases import Leases
from headwater.ledger.profiles import Profiles
from headwater.ledger.recipes import Recipes
from headwater.ledger.records import MAX_PER_NOTEBOOK, CellRecords
from headwater.ledger.stamps import Stamps
from headwater.models import Job, PinOperation
from headwater.processes import this_process
from headwater.sample_models import Link, SampleRequest
from headwater.services.jobs import JobContext

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "code", "id": "one", "metadata": {}, "execution_count": 1, "outputs": [], "source": "1 + 1"}
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Saver:
    user = "ada"
    source = "request"


class RepositoryBehaviour:
    """The suite. A subclass gives `headwater`, a new home."""

    @pytest.fixture
    def notebook(self, tmp_path: Path) -> Path:
        path = tmp_path / "n.ipynb"
        path.write_text(json.dumps(NOTEBOOK))
        return path

    @pytest.fixture
    def versions(self, headwater: Headwater) -> None:
        for dataset, count in (("a.b", 3), ("a.c", 1)):
            for number in range(count):
                table = pa.table({"id": [number]})
                headwater.commits.commit(dataset, table.to_reader(), kind="real", message="", author="ada")

    # Pins

    @pytest.mark.usefixtures("versions")
    def test_pins_of_a_file(self, headwater: Headwater, notebook: Path) -> None:
        set_ = PinOperation("set", "a.b", "v1", "größe 'x' %s ?")
        pinned = headwater.pins.apply(notebook, None, [set_, PinOperation("set", "a.c")], "ada")
        assert [(one.dataset, one.state, one.behind) for one in pinned.pins] == [
            ("a.b", "behind", 2),
            ("a.c", "current", 0),
        ]
        entry = json.loads(notebook.read_text())["metadata"]["headwater"]["pins"]["a.b"]
        assert (entry["version"], entry["reason"]) == ("v1", "größe 'x' %s ?")
        left = headwater.pins.apply(notebook, pinned.revision, [PinOperation("remove", "a.b")], "ada")
        assert [one.dataset for one in left.pins] == ["a.c"]

    @pytest.mark.usefixtures("versions")
    def test_pins_of_a_held_notebook_wait_for_its_save(self, headwater: Headwater, notebook: Path) -> None:
        opened = headwater.pins.open(notebook, "tab")
        assert headwater.pins.is_held(notebook)
        headwater.pins.apply(notebook, opened.revision, [PinOperation("set", "a.b", "v1")], "ada")
        headwater.pins.apply(notebook, opened.revision, [PinOperation("set", "a.c", "v1")], "grace")
        with pytest.raises(PinConflict):
            headwater.pins.apply(notebook, opened.revision, [PinOperation("set", "a.b", "v2")], "grace")
        assert "headwater" not in json.loads(notebook.read_text())["metadata"]
        section = headwater.pins.file_section(notebook, {})
        assert {name: entry["version"] for name, entry in section["pins"].items()} == {"a.b": "v1", "a.c": "v1"}
        headwater.pins.close(notebook, "tab")
        assert not headwater.pins.is_held(notebook)

    @pytest.mark.usefixtures("versions")
    def test_a_bound_kernel_follows_its_notebook(self, headwater: Headwater, notebook: Path) -> None:
        kernel = str(uuid.uuid4())
        id = headwater.pins.bind_kernel(kernel, notebook, "grace")
        assert headwater.pins.bind_kernel(kernel, notebook, "grace") == id
        headwater.pins.apply(notebook, None, [PinOperation("set", "a.b", "v2")], "ada")
        renamed = notebook.with_name("100 % m_ved.ipynb")
        notebook.rename(renamed)
        headwater.pins.renamed(notebook, renamed)
        binding = headwater.pins.binding(kernel)
        assert binding is not None
        assert (binding.notebook, binding.path, binding.owner) == (id, str(renamed), "grace")
        revision, pins = headwater.pins.record(id)
        assert (revision, [(pin.dataset, pin.version) for pin in pins]) == (1, [("a.b", "v2")])
        headwater.pins.unbind_kernel(kernel)
        assert headwater.pins.binding(kernel) is None

    @pytest.mark.usefixtures("versions")
    def test_a_pin_is_a_lease(self, headwater: Headwater, notebook: Path) -> None:
        leases = Leases(headwater.database)
        headwater.pins.apply(notebook, None, [PinOperation("set", "a.b", "v1")], "ada")
        assert leases.unprotected() == [("a.b", "v1")]
        with headwater.database.transaction() as tx:
            leases.note_protected(tx, ("a.b", "v1"))
            leases.note_protected(tx, ("a.b", "v1"))
        assert leases.unprotected() == []
        headwater.pins.apply(notebook, None, [PinOperation("set", "a.b", "v2")], "ada")
        assert (leases.unprotected(), leases.released()) == ([("a.b", "v2")], [("a.b", "v1")])
        with headwater.database.transaction() as tx:
            leases.note_released(tx, ("a.b", "v1"))
        assert leases.released() == []

    # Jobs

    def test_jobs(self, headwater: Headwater) -> None:
        def work(context: JobContext) -> dict[str, Any]:
            context.progress(7, 10, "50 % of 'x'?")
            return {"rows": 10}

        def fails(context: JobContext) -> dict[str, Any]:
            raise SourceUnavailable("It is down.", hint="Start it.")

        done = headwater.jobs.wait(headwater.jobs.submit("sample", "prod.t", work).id, 30)
        assert (done.state, done.result, done.done, done.total, done.message) == (
            "done",
            {"rows": 10},
            7,
            10,
            "50 % of 'x'?",
        )
        failed = headwater.jobs.wait(headwater.jobs.submit("import", "f.csv", fails).id, 30)
        assert failed.error is not None
        assert (failed.state, failed.error["code"], failed.message) == ("failed", "source_unavailable", "It is down.")
        assert {job.id for job in headwater.jobs.recent()} == {done.id, failed.id}
        assert headwater.jobs.cancel(done.id).state == "done"
        with pytest.raises(JobNotFound):
            headwater.jobs.get("none")
        told = [event.payload["state"] for event in Events(headwater.database).since(0) if event.subject == done.id]
        assert (told[0], told[-1]) == ("queued", "done")

    def test_a_job_stops_on_request(self, headwater: Headwater) -> None:
        begun, stopped = threading.Event(), threading.Event()

        def work(context: JobContext) -> dict[str, Any]:
            context.on_cancel(stopped.set)
            begun.set()
            assert stopped.wait(30)
            context.check()
            return {}

        job = headwater.jobs.submit("sample", "prod.t", work)
        assert begun.wait(30)
        headwater.jobs.cancel(job.id)
        assert headwater.jobs.wait(job.id, 30).state == "cancelled"

    def test_the_jobs_of_a_process_that_is_gone_end(self, headwater: Headwater) -> None:
        alive, _, host = this_process().partition("@")
        gone = f"{alive.partition('.')[0]}.1@{host}"
        job = Job(str(uuid.uuid4()), "import", "f.csv", "running", now())
        with headwater.database.transaction() as tx:
            Jobs(headwater.database).add(tx, job, gone)
        assert headwater.jobs.get(job.id).state == "failed"
        with headwater.database.transaction() as tx:
            assert not Jobs(headwater.database).update(tx, job)
            Jobs(headwater.database).forget_before(tx, "9999")
        assert headwater.jobs.recent() == []

    # Stamps and records

    def test_stamps(self, headwater: Headwater, notebook: Path) -> None:
        for source in ("1 + 1", "2 + 2"):
            content = json.loads(notebook.read_text())
            content["cells"][0]["source"] = source
            content["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": f"{source}\n"}]
            headwater.stamps.embed(content, notebook, actor=Saver())
            before = notebook.read_text()
            notebook.write_text(json.dumps(content))
            headwater.stamps.written(notebook)
            assert headwater.stamps.verify(notebook).verdict == "valid"
        older = notebook.with_name("older.ipynb")
        older.write_text(before)
        assert headwater.stamps.verify(older).verdict == "superseded"
        newest = Stamps(headwater.database).newest(content["metadata"]["headwater"]["id"])
        assert newest is not None
        assert (newest.document, newest.written) == (content["metadata"]["headwater"]["stamp"], True)
        assert Stamps(headwater.database).by_stamp_id("none", newest.document["stampId"]) is None

    def test_records_are_kept_once_and_for_their_notebook(self, headwater: Headwater) -> None:
        records = CellRecords(headwater.database)

        def record(id: str, notebook: str | None, at: str) -> tuple[str, dict[str, Any]]:
            return "s", {"id": id, "kernel": "k", "notebook": notebook, "seq": 1, "at": at, "text": "größe ☃"}

        old = as_text(datetime.now(UTC) - timedelta(days=8))
        with headwater.database.transaction() as tx:
            records.add(tx, [record("1", "n", now()), record("2", None, now()), record("3", None, old)])
            records.add(tx, [record("1", "other", now())])
            records.advance(tx, "k.1.jsonl", 10)
            records.advance(tx, "k.1.jsonl", 20)
            records.claim(tx, "n", ["x", "y"])
            records.claim(tx, "other", ["y", "z"])
        assert {document["id"] for _, document in records.of("n", ["k"])} == {"1", "2"}
        assert records.of("n", [])[0][1]["text"] == "größe ☃"
        assert records.positions() == {"k.1.jsonl": 20}
        assert records.claims(["x", "y", "z", "w"]) == {"x": "n", "y": "n", "z": "other"}
        assert records.claims([str(number) for number in range(1_200)]) == {}
        with headwater.database.transaction() as tx:
            records.forget(tx, "k.1.jsonl")
        assert records.positions() == {}

    def test_old_records_of_a_notebook_go(self, headwater: Headwater) -> None:
        records = CellRecords(headwater.database)
        start = datetime.now(UTC)
        rows = [
            ("s", {"id": str(n), "kernel": "k", "notebook": "n", "seq": n, "at": as_text(start + timedelta(seconds=n))})
            for n in range(MAX_PER_NOTEBOOK + 50)
        ]
        with headwater.database.transaction() as tx:
            records.add(tx, rows)
        kept = {int(document["id"]) for _, document in records.of("n", [])}
        assert kept == set(range(50, MAX_PER_NOTEBOOK + 50))

    # The rest

    def test_the_audit_log_is_a_chain(self, headwater: Headwater) -> None:
        audit = headwater.audit
        audit.record("ada", "sample", "prod.t", "refused", {"rows": 10, "why": "größe ☃ 'x' %s ?"})
        started = audit.start("ada", "sample", "prod.t", {"rows": 10})
        audit.end(started, "ada", "sample", "prod.t", "done", {"rows": 10})
        audit.end(started, "ada", "sample", "prod.t", "failed", {})
        assert [(entry.seq, entry.outcome) for entry in audit.newest()] == [(3, "done"), (2, "started"), (1, "refused")]
        assert (audit.verify().entries, audit.verify().broken) == (3, None)
        with headwater.database.transaction() as tx:
            tx.execute("UPDATE audit SET actor = 'eve' WHERE seq = 2")
        assert audit.verify().broken == 2

    def test_an_intent_is_there_until_it_ends(self, headwater: Headwater) -> None:
        intents = Intents(headwater.database)
        intent = intents.begin("a.b", "token")
        assert intents.is_open(intent)
        assert (intents.datasets(), [one.id for one in intents.of("a.b")]) == (["a.b"], [intent.id])
        with headwater.database.transaction() as tx:
            intents.end(tx, intent)
        assert not intents.is_open(intent)

    @pytest.mark.usefixtures("versions")
    def test_the_first_profile_of_a_column_stays(self, headwater: Headwater) -> None:
        profiles = Profiles(headwater.database)
        profiles.write("a.b", 1, "id", {"name": "größe"})
        profiles.write("a.b", 1, "id", {"name": "other"})
        profiles.write("a.none", 1, "id", {})
        assert profiles.read("a.b", 1) == {"id": {"name": "größe"}}
        assert profiles.read("a.b", 2) == {}

    def test_a_recipe_is_kept_once(self, headwater: Headwater) -> None:
        recipes = Recipes(headwater.database)
        with headwater.database.transaction() as tx:
            recipes.keep(tx, "d" * 64, {"method": "uniform"}, "sealed")
            recipes.keep(tx, "d" * 64, {"method": "other"}, None)
            recipes.note_drawn(tx, "prod.t", "v1", "d" * 64, 100, None)
        drawn = recipes.of("prod.t", "v1")
        assert drawn is not None
        assert (drawn.document, drawn.drawn, drawn.total) == ({"method": "uniform"}, 100, None)
        assert drawn.sealed == "sealed"
        assert recipes.of("prod.t", "v2") is None

    def test_a_saved_recipe_has_an_owner(self, headwater: Headwater) -> None:
        recipes = headwater.saved_recipes
        link = Link("public.a", ("x", "y"), "public.b", ("x", "y"), True, False)
        asked = SampleRequest(
            "prod", "public.t", 5, notebook="n.ipynb", where="a = 'größe \x00 %s ?'", keys=(("1", "2"),), links=(link,)
        )
        kept = recipes.save("größe 'x' %s", asked, "ada", "analyst")
        assert recipes.list().recipes == (kept,)
        assert (kept.request, kept.owner) == (replace(asked, notebook=None), "ada")
        row = headwater.database.one("SELECT request FROM saved_recipe")
        assert row is not None and "größe" not in row["request"] and "public.t" not in row["request"]
        with pytest.raises(Refused):
            recipes.save(kept.name, replace(asked, rows=6), "bob", "analyst")
        with pytest.raises(Refused):
            recipes.delete(kept.name, "bob", "analyst")
        changed = recipes.save(kept.name, replace(asked, rows=7), "bob", "steward")
        assert (changed.owner, changed.created, changed.request.rows) == ("ada", kept.created, 7)
        assert recipes.get(kept.name) == changed
        assert recipes.delete(kept.name, "ada", "analyst") == changed
        assert recipes.list().recipes == ()
        with pytest.raises(RecipeNotFound):
            recipes.get(kept.name)
        with pytest.raises(RecipeNotFound):
            recipes.delete(kept.name, "ada", "analyst")

    @pytest.mark.parametrize(
        "name",
        ["", " a", "a ", "..", "-a", "a/b", "a\\b", "a\nb", "a\u202eb", "a\u200bb", "e\u0301", "a\u00a0b", "a" * 81],
    )
    def test_a_recipe_is_not_called(self, headwater: Headwater, name: str) -> None:
        with pytest.raises(BadName):
            headwater.saved_recipes.save(name, SampleRequest("prod", "t"), "ada", "admin")

    def test_recipes_have_bounds(self, headwater: Headwater, monkeypatch: pytest.MonkeyPatch) -> None:
        long = SampleRequest("prod", "t", keys=tuple((str(key),) for key in range(100_000)))
        with pytest.raises(UsageError, match="256 kB"):
            headwater.saved_recipes.save("long", long, "ada", "admin")
        monkeypatch.setattr("headwater.services.saved_recipes.MAX_RECIPES", 1)
        headwater.saved_recipes.save("one", SampleRequest("prod", "t"), "ada", "admin")
        headwater.saved_recipes.save("one", SampleRequest("prod", "u"), "ada", "admin")
        with pytest.raises(UsageError, match="saved recipes already"):
            headwater.saved_recipes.save("two", SampleRequest("prod", "t"), "ada", "admin")

    def test_old_events_go_but_for_the_newest(self, headwater: Headwater) -> None:
        events = Events(headwater.database)
        with headwater.database.transaction() as tx:
            for number in range(5):
                events.append(tx, "job", str(number))
        last = events.last_seq()
        with headwater.database.transaction() as tx:
            events.forget_before(tx, "9999", keep=2)
        assert [event.subject for event in events.since(0)] == ["3", "4"]
        assert events.last_seq() == last
        with headwater.database.transaction() as tx:
            events.forget_before(tx, "2000", keep=0)
        assert len(events.since(0)) == 2


class TestSqlite(RepositoryBehaviour):
    @pytest.fixture
    def headwater(self, tmp_path: Path) -> Iterator[Headwater]:
        parts = open_headwater(tmp_path / "home")
        yield parts
        parts.stop_jobs()
        parts.close()


class TestPostgresql(RepositoryBehaviour):
    @pytest.fixture
    def headwater(self, tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Headwater]:
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        (home / "headwater.toml").write_text('[store]\ncatalog_env = "STORE_ADDRESS"\n')
        parts = open_headwater(home, {"STORE_ADDRESS": new_database()})
        assert parts.database.dialect == "postgresql"
        yield parts
        parts.stop_jobs()
        parts.close()
