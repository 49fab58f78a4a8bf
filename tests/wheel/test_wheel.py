"""One wheel brings everything: it is looked into, and installed where there is neither Node nor this checkout."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from building import CONSTRAINTS, ROOT, Environment, environment, uv

from headwater.assembly import open_headwater

# They share what is built, so they go to one worker.
pytestmark = pytest.mark.xdist_group("wheel")

EXTENSION = "share/jupyter/labextensions/jupyterlab-headwater"


@pytest.fixture(scope="module")
def packed(wheel: Path) -> dict[str, bytes]:
    """The files of the wheel by name; those of its data folder by where they are installed."""
    with zipfile.ZipFile(wheel) as archive:
        return {re.sub(r"^[^/]+\.data/data/", "", name): archive.read(name) for name in archive.namelist()}


def test_contracts_and_notebooks_are_packed(packed: dict[str, bytes]) -> None:
    assert packed["headwater/stamping/v1.json"] == (ROOT / "api" / "stamp" / "v1.json").read_bytes()
    examples = {path.name: path.read_bytes() for path in (ROOT / "examples").iterdir()}
    prefix = "headwater/demo/notebooks/"
    assert {name.removeprefix(prefix): text for name, text in packed.items() if name.startswith(prefix)} == examples
    assert len(examples) == 3
    assert "headwater/demo/production.sql" in packed


def test_the_front_end_is_packed_as_it_is_shipped(packed: dict[str, bytes]) -> None:
    described = json.loads(packed[f"{EXTENSION}/package.json"])
    assert f"{EXTENSION}/{described['jupyterlab']['_build']['load']}" in packed
    for schema in (ROOT / "schema").glob("*.json"):
        assert packed[f"{EXTENSION}/schemas/jupyterlab-headwater/{schema.name}"] == schema.read_bytes()
    assert json.loads(packed[f"{EXTENSION}/install.json"])["packageName"] == "jupyterlab-headwater"
    assert not [name for name in packed if name.endswith((".map", ".ts", ".tsx"))]


def test_nothing_else_is_packed(packed: dict[str, bytes]) -> None:
    places = ("headwater/", "jupyterlab_headwater/", f"{EXTENSION}/", "etc/jupyter/", "jupyterlab_headwater-")
    assert [name for name in packed if not name.startswith(places)] == []
    assert [name for name in packed if "test" in name.lower() or "__pycache__" in name] == []
    assert not any(name.startswith("jupyterlab_headwater/labextension") for name in packed)


def test_it_is_enabled_by_being_installed(installed: Environment) -> None:
    listed = installed.run("jupyter", "labextension", "list")
    assert re.search(r"jupyterlab-headwater v\S+ .*enabled.*OK", listed.stdout + listed.stderr), listed
    listed = installed.run("jupyter", "server", "extension", "list")
    said = re.sub(r"\x1b\[[0-9;]*m", "", listed.stdout + listed.stderr)
    assert re.search(r"jupyterlab_headwater enabled", said), said
    assert re.search(r"jupyterlab_headwater \S+ OK", said), said


def test_the_command_and_the_module_are_there(installed: Environment, tmp_path: Path) -> None:
    helped = installed.run("headwater", "--help")
    assert helped.returncode == 0 and "import" in helped.stdout, helped
    assert installed.run("python", "-c", "import headwater; headwater.load").returncode == 0
    file = tmp_path / "orders.csv"
    file.write_text("id,city\n1,Oslo\n2,Rome\n")
    home = {"HEADWATER_HOME": str(tmp_path / "home")}
    made = installed.run("headwater", "import", str(file), "--as", "sales.orders", "--json", **home)
    assert json.loads(made.stdout)["rows"] == 2, made


def test_what_an_extra_brings_is_named_when_it_is_missing(installed: Environment, tmp_path: Path) -> None:
    refused = installed.run("headwater", "demo", "--check", HEADWATER_HOME=str(tmp_path / "home"))
    assert refused.returncode == 4
    assert 'pip install "jupyterlab-headwater[demo]"' in refused.stderr


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel with what it requires, and no extra: no engine but pyarrow, no kernel, no driver."""
    return environment(tmp_path_factory.mktemp("bare") / "venv", wheel, "-c", CONSTRAINTS)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment variables of a home with one dataset."""
    headwater = open_headwater(tmp_path / "home")
    table = pa.table({"id": [1, 2, 3]})
    headwater.commits.commit("sales.orders", table.to_reader(), kind="real", author="ada", message="")
    headwater.close()
    return {"HEADWATER_HOME": str(tmp_path / "home")}


@pytest.mark.parametrize(
    ("verb", "engine"),
    [("load", "pandas"), ("load", "polars"), ("load", "duckdb"), ("scan", "polars"), ("scan", "duckdb")],
)
def test_an_engine_that_is_missing_is_named_with_its_installation(
    bare: Environment, home: dict[str, str], verb: str, engine: str
) -> None:
    code = f"""
import headwater as hw
from headwater.errors import MissingExtra
try:
    hw.{verb}("sales.orders", as_={engine!r})
except MissingExtra as error:
    print(error.message, error.hint)
print(hw.load("sales.orders", as_="arrow").num_rows)
"""
    done = bare.run("python", "-W", "ignore", "-c", code, **home)
    assert done.returncode == 0, done.stderr
    told, rows = done.stdout.splitlines()
    assert told.startswith(f'as_="{engine}" needs {engine}, which this kernel does not have.')
    assert f"pip install {engine}" in told and 'as_="arrow"' in told
    assert rows == "3"


def test_a_run_without_a_kernel_and_without_nbclient_names_the_extra(
    wheel: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    notebook = tmp_path / "n.ipynb"
    cell = {"cell_type": "code", "id": "a", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    notebook.write_text(text)
    headless = environment(tmp_path / "venv", wheel, "-c", CONSTRAINTS)
    for missing in ("ipykernel", "nbclient"):
        uv("pip", "uninstall", "--quiet", "--python", headless.path / "bin" / "python", missing)
        refused = headless.run("headwater", "run", str(notebook), **home)
        assert refused.returncode == 4, refused
        assert missing in refused.stderr
        assert 'pip install "jupyterlab-headwater[headless]"' in refused.stderr
        assert "Traceback" not in refused.stderr
        assert notebook.read_text() == text


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "duckdb"])
def test_a_source_whose_driver_is_missing_names_the_extra(bare: Environment, home: dict[str, str], kind: str) -> None:
    lines = f'[sources.prod]\nkind = "{kind}"\ndsn_env = "PROD_DSN"\n'
    Path(home["HEADWATER_HOME"], "headwater.toml").write_text(lines)
    refused = bare.run("headwater", "tables", "prod", PROD_DSN="postgresql://nobody@127.0.0.1:1/none", **home)
    assert refused.returncode == 4, refused
    assert f'pip install "jupyterlab-headwater[{kind}]"' in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("packages", "as_"),
    [
        (("pyarrow", "pandas>=2,<3"), "pandas"),
        (("pyarrow", "pandas>=3,<4"), "pandas"),
        (("pyarrow",), "arrow"),
        (("polars",), "polars"),
    ],
    ids=["pandas 2", "pandas 3", "pyarrow alone", "polars alone"],
)
def test_a_kernel_needs_no_dependency_but_an_engine(
    wheel: Path, tmp_path: Path, packages: tuple[str, ...], as_: str
) -> None:
    home = tmp_path / "home"
    headwater = open_headwater(home)
    table = pa.table({"id": [1, 2, 3], "city": ["Oslo", None, "Rome"]})
    headwater.commits.commit("sales.orders", table.to_reader(), kind="real", author="ada", message="first load")
    headwater.close()
    kernel = environment(tmp_path / "venv", *packages)
    uv("pip", "install", "--quiet", "--no-deps", "--python", kernel.path / "bin" / "python", wheel)
    code = f"""
import json, sys, headwater as hw
rows = hw.load("sales.orders", as_={as_!r})
cities = rows["city"].to_pylist() if {as_!r} == "arrow" else [None if c != c else c for c in rows["city"]]
heavy = [name for name in ("pyiceberg", "pydantic", "tornado", "sqlalchemy", "click") if name in sys.modules]
print(json.dumps({{"length": len(rows), "cities": cities, "heavy": heavy,
                  "versions": [one.version for one in hw.versions("sales.orders")]}}))
"""
    done = kernel.run("python", "-c", code, HEADWATER_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"length": 3, "cities": ["Oslo", None, "Rome"], "heavy": [], "versions": ["v1"]}
