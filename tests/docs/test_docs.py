"""What the documents name is there: files, commands with their options, make targets, settings, functions."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

import headwater
from headwater import config
from headwater.cli import cli
from headwater.sampling.masks import MASKS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("api/**/*.md")])
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in DOCUMENTS}
CONFIGURATION = TEXTS["docs/operators/configuration.md"]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
each_document = pytest.mark.parametrize("name", TEXTS)


def _blocks(name: str, language: str) -> list[str]:
    return [body for kind, body in _FENCE.findall(TEXTS[name]) if kind == language]


def _commands(name: str) -> list[str]:
    """Everything in code that a shell is to run."""
    lines = [line for body in _blocks(name, "") for line in body.splitlines()]
    spans = [re.sub(r"\s+", " ", span) for span in _CODE.findall(_FENCE.sub("", TEXTS[name]))]
    return [text.split("#")[0].strip() for text in (*lines, *spans)]


@each_document
def test_links_lead_to_files(name: str) -> None:
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", TEXTS[name]))]
    folder = (ROOT / name).parent
    missing = [link for link in links if "://" not in link and not (folder / link).exists()]
    assert missing == []


@each_document
def test_commands_have_these_options(name: str) -> None:
    for text in _commands(name):
        if not text.startswith("headwater "):
            continue
        words = shlex.split(text)[1:]
        # Of a group the words are `headwater --json`, of a placeholder `headwater …`.
        if not re.fullmatch(r"[a-z]+", words[0]) or "/" in text:
            continue
        command: click.Command | None = cli.get_command(click.Context(cli), words[0])
        assert command is not None, text
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word.split("=")[0] for word in words if word.startswith("--")} <= known, text


@each_document
def test_make_has_these_targets(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for text in _commands(name):
        if made := re.fullmatch(r"make ([a-z-]+)( .*)?", text):
            assert made[1] in targets, text


@each_document
def test_python_is_what_the_module_has(name: str) -> None:
    blocks = _blocks(name, "python")
    for block in blocks:
        ast.parse(block)
    called = {word for text in (*blocks, *_commands(name)) for word in re.findall(r"\bhw\.(\w+)", text)}
    assert called <= {*headwater.__all__}


@each_document
def test_configurations_are_taken(name: str) -> None:
    for block in _blocks(name, "toml"):
        if "[project" not in block:
            config.parse_config(block)


def test_every_setting_is_in_the_reference() -> None:
    models: tuple[Any, ...] = (
        config.SourceConfig, config.StoreConfig, config.PinsConfig, config.RetentionConfig, config.AuditConfig,
        config.MaskDomain, config.SourcePolicy, config.Quota, config.BudgetConfig,
    )  # fmt: skip
    fields = {field.name for model in models for field in dataclasses.fields(model)} - {
        "name",
        "masks",
        "keys",
        "policy",
        "budget",
    }
    rows = {
        word
        for line in CONFIGURATION.splitlines()
        if line.startswith("| ")
        for word in _CODE.findall(line.split("|")[1])
    }
    assert fields <= rows
    assert {
        "[sources.NAME]",
        "[sources.NAME.masks]",
        "[sources.NAME.keys]",
        "[sources.NAME.policy]",
        "[masking.domains.NAME]",
        "[store]",
        "[pins]",
        "[retention]",
        "[audit]",
        "[quotas]",
        "[quotas.users.NAME]",
        "[quotas.groups.NAME]",
    } <= rows
    assert set(MASKS) <= rows
    (example,) = [tomllib.loads(block) for block in _blocks("docs/operators/configuration.md", "toml")]
    assert set(example) == {"sources", "masking", "store", "pins", "retention", "audit", "quotas"}


def test_every_variable_is_in_the_reference() -> None:
    files = [*(ROOT / "headwater").rglob("*.py"), *(ROOT / "jupyterlab_headwater").rglob("*.py")]
    used = {name for file in files for name in re.findall(r'"(HEADWATER_[A-Z]+)"', file.read_text(encoding="utf-8"))}
    assert len(used) >= 4
    assert used <= set(_CODE.findall(_FENCE.sub("", CONFIGURATION)))


def test_the_extras_that_are_named_are_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set(project["optional-dependencies"])
    named = {
        extra.strip()
        for text in TEXTS.values()
        for listed in re.findall(r"jupyterlab-headwater\[([^\]]+)\]", text)
        for extra in listed.split(",")
    }
    assert named <= extras
    version = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["version"]
    assert f"## {version}" in TEXTS["CHANGELOG.md"]
