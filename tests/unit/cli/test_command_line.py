"""The command line's own promises: exit codes, one JSON document, options on both sides, little to import."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from headwater.assembly import open_headwater
from headwater.cli import cli, run
from headwater.cli.command import command
from headwater.cli.output import emit
from headwater.cli.registry import COMMANDS, Entry
from headwater.errors import Refused, SourceUnavailable
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column
from headwater.recipe_text import recipe_request
from headwater.sample_models import SampleRequest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def headwater(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line on a home below `tmp_path`; returns exit code, standard output and standard error."""
    monkeypatch.setenv("HEADWATER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HEADWATER_DEBUG", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def orders(tmp_path: Path) -> None:
    """``sales.orders`` with two versions in the home."""
    parts = open_headwater(tmp_path / "home")
    for rows in (1_204_331, 1_204_300):
        new = NewVersion(
            dataset="sales.orders",
            digest=uuid.uuid4().hex * 2,
            files_root="f" * 64,
            rows=rows,
            bytes=rows * 8,
            kind="derived",
            rests_on=("sample", "real"),
            message="nightly \x1b[31mload",
            author="ada",
            schema=(Column("id", "int64", nullable=False), Column("city", "string")),
        )
        with parts.database.transaction() as tx:
            Versions(parts.database).add(tx, new, ())
    parts.close()


def use(monkeypatch: pytest.MonkeyPatch, attribute: click.Command) -> None:
    """Put a command into the line as ``probe``."""
    module = type(sys)("headwater.cli.probe_for_tests")
    module.probe = attribute  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, "probe", Entry("probe_for_tests", "probe", "A probe."))


def failing(error: BaseException) -> click.Command:
    @command("probe")
    def probe() -> None:
        raise error

    return probe


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("line", [("--json", "ls"), ("ls", "--json"), ("ls", "--json", "orders")])
def test_json_is_taken_on_both_sides(headwater: Run, line: tuple[str, ...]) -> None:
    code, out, err = headwater(*line)
    assert (code, err) == (0, "")
    assert [d["name"] for d in json.loads(out)["datasets"]] == ["sales.orders"]


@pytest.mark.usefixtures("orders")
def test_home_is_taken_on_both_sides(headwater: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(tmp_path / "empty"))
    home = str(tmp_path / "home")
    for line in (("--home", home, "ls", "--json"), ("ls", "--json", "--home", home)):
        assert json.loads(headwater(*line)[1])["total"] == 1
    assert json.loads(headwater("ls", "--json")[1])["total"] == 0


@pytest.mark.usefixtures("orders")
def test_versions_have_the_promised_shape(headwater: Run) -> None:
    document = json.loads(headwater("versions", "sales.orders", "--json")[1])
    assert document["dataset"] == "sales.orders"
    assert [v["version"] for v in document["versions"]] == ["v2", "v1"]
    promised = {"version", "digest", "rows", "kind", "message", "author", "created", "tags"}
    assert promised <= set(document["versions"][0])


@pytest.mark.usefixtures("orders")
def test_people_get_aligned_text_without_control_characters(headwater: Run) -> None:
    code, out, _ = headwater("versions", "sales.orders")
    heading, newest, first = out.splitlines()
    assert code == 0
    assert "1,204,331" in first
    assert "-31" in newest
    assert "DERIVED from SAMPLE" in newest
    assert "\x1b" not in out
    assert heading.index("Kind") == newest.index("DERIVED")
    shown = headwater("show", "sales.orders@v1")[1]
    assert "never null" in shown
    assert "sales.orders" in headwater("ls")[1]


def test_recipes_are_listed_printed_and_deleted(headwater: Run, tmp_path: Path) -> None:
    parts = open_headwater(tmp_path / "home")
    asked = SampleRequest("prod", "public.t", rows=5_000, where="a = '\x1b[31m'")
    parts.saved_recipes.save("gold", asked, "ada", "analyst")
    parts.close()
    code, out, _ = headwater("recipes")
    assert (code, out.splitlines()[1].split()[:5]) == (0, ["gold", "prod", "public.t", "uniform", "5,000"])
    code, out, _ = headwater("recipes", "gold")
    assert recipe_request(out) == asked
    assert "\x1b" not in out
    assert headwater("recipes", "gold", "--delete")[0] == 0
    assert headwater("recipes", "gold")[0] == 2
    assert headwater("recipes", "--delete")[0] == 2
    assert json.loads(headwater("recipes", "--json")[1]) == {"recipes": []}


@pytest.mark.parametrize(
    "line",
    [("ls", "--bogus"), ("nonsense",), ("show",), ("ls", "--kind", "fake"), ("ls", "--limit", "0"), ()],
)
def test_wrong_usage_ends_with_2(headwater: Run, line: tuple[str, ...]) -> None:
    code, out, err = headwater(*line)
    assert (code, out) == (2, "")
    assert err
    code, out, err = headwater(*line, "--json")
    assert (code, err) == (2, "")
    error = json.loads(out)["error"]
    assert set(error) == {"code", "message", "hint", "details"}
    assert error["code"] == "usage"


def test_a_misspelt_command_gets_a_suggestion(headwater: Run) -> None:
    assert "Did you mean versions?" in headwater("version")[2]


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("ref", "code", "words"),
    [
        ("sales.orders@v99", "version_not_found", 'Newest: v2. List them with hw.versions("sales.orders").'),
        ("sales.order", "dataset_not_found", "Did you mean sales.orders?"),
        ("orders", "bad_name", "main.orders"),
    ],
)
def test_what_is_not_there_ends_with_2(headwater: Run, ref: str, code: str, words: str) -> None:
    assert headwater("show", ref)[0] == 2
    error = json.loads(headwater("show", ref, "--json")[1])["error"]
    assert error["code"] == code
    assert words in error["hint"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("no"), 3),
        (SourceUnavailable("down"), 4),
        (KeyboardInterrupt(), 4),
        (ZeroDivisionError("secret-row"), 4),
    ],
)
def test_exit_codes(headwater: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int) -> None:
    use(monkeypatch, failing(error))
    found, out, err = headwater("probe")
    assert (found, out) == (code, "")
    assert "Traceback" not in err
    assert "secret-row" not in err
    found, out, err = headwater("probe", "--json")
    assert (found, err) == (code, "")
    assert json.loads(out)["error"]["message"]


def test_a_traceback_is_for_those_who_ask(headwater: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, failing(ZeroDivisionError("where")))
    monkeypatch.setenv("HEADWATER_DEBUG", "1")
    assert "Traceback" in headwater("probe")[2]


def test_a_bad_verdict_ends_with_1(headwater: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    @command("probe")
    def probe() -> None:
        emit({"verdict": "changed"}, "changed")
        click.get_current_context().exit(1)

    use(monkeypatch, probe)
    assert headwater("probe", "--json")[:2] == (1, '{"verdict": "changed"}\n')


def test_init_says_whether_it_made_a_home(headwater: Run, tmp_path: Path) -> None:
    first: dict[str, Any] = json.loads(headwater("init", "--json")[1])
    again: dict[str, Any] = json.loads(headwater("init", "--json")[1])
    assert first == {"home": str(tmp_path / "home"), "created": True, "ledger": "sqlite"}
    assert again["created"] is False


def test_every_registered_command_can_be_loaded_and_has_both_options() -> None:
    for name, entry in COMMANDS.items():
        found = cli.get_command(click.Context(cli), name)
        assert found is not None, name
        options = {option for parameter in found.params for option in parameter.opts}
        assert {"--json", "--home"} <= options, name
        assert entry.help.endswith(".")


def test_help_imports_little() -> None:
    code = (
        "import sys; from headwater.cli import run; code = run(['--help']);"
        "heavy = {'sqlite3', 'pyarrow', 'pandas', 'numpy', 'pyiceberg', 'headwater.assembly'};"
        "print(*sorted(set(sys.modules) & heavy));"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
    assert "doctor" in done.stdout


@pytest.mark.usefixtures("orders")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    show = f"{sys.executable} -m headwater.cli --home {tmp_path / 'home'} show sales.orders"
    line = f"{show} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
