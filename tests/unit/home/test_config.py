"""``headwater.toml``: secrets are named, never held, and never told."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.config import BudgetConfig, Config, load_config, parse_config, secret_variables
from headwater.errors import SourceUnavailable, StoreUnavailable, UsageError
from headwater.home import Home

GOOD = """
[sources.prod]
kind = "postgresql"
dsn_env = "PROD_DSN"
schemas = ["public"]
max_rows = 5_000
statement_timeout_s = 2.5
[sources.prod.masks]
"public.customer.company" = "keep"
[store]
catalog = "postgresql+psycopg://headwater@db/headwater"
warehouse = "s3://bucket/prefix"
[pins]
on_first_use = false
"""


def test_a_whole_configuration() -> None:
    config = parse_config(GOOD)
    prod = config.sources["prod"]
    assert (prod.kind, prod.schemas, prod.max_rows, prod.statement_timeout_s) == (
        "postgresql",
        ("public",),
        5000,
        2.5,
    )
    assert prod.masks == {"public.customer.company": "keep"}
    assert config.store.url({}) == "postgresql+psycopg://headwater@db/headwater"
    assert config.pins.on_first_use is False
    assert config.secret_variables == {"PROD_DSN"}


def test_no_file_is_an_empty_configuration(tmp_path: Path) -> None:
    config = load_config(Home(tmp_path))
    assert config == Config()
    assert config.store.url({}) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[sources.prod]\nkind = "postgresql"\ndsn = "postgresql://u:hunter2@h/d"', "holds a secret inline"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "X"\npassword = "hunter2"', "holds a secret inline"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "X"\nPassword = "hunter2"', "holds a secret inline"),
        ('[store]\ncatalog = "postgresql://u:hunter2@h/d"', "holds a password"),
        ('[sources.prod]\nkind = "postgresql', "not valid TOML"),
        ('password = "hunter2" "', "not valid TOML"),
        ('[sources.prod]\nkind = "postgresql"', "exactly one of"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\ndsn_file = "b"', "exactly one of"),
        ('[sources.prod]\ndsn_env = "A"', "has no kind"),
        ('[sources.prod]\nkind = "postgresql"\npath = "/a"', "exactly one of dsn_env and dsn_file, and no path"),
        ('[sources.prod]\nkind = "duckdb"', "exactly one of path, dsn_env and dsn_file"),
        ('[sources.prod]\nkind = "duckdb"\npath = "/a"\ndsn_env = "A"', "exactly one of path"),
        ('[sources.prod]\nkind = "files"\npath = "s3://u:hunter2@bucket/a"', "holds a credential in path"),
        ('[sources.prod]\nkind = "duckdb"\npath = "/a"\nthreads = 0', "more than 0"),
        ('[sources.prod]\nkind = "duckdb"\npath = "/a"\nreplica = true', "which files are not"),
        ('[sources.prod]\nkind = "duckdb"\npath = "/a"\n[sources.prod.keys]\na = "id"', "keys"),
        ('[sources.prod]\nkind = "duckdb"\npath = "/a"\n[sources.prod.keys]\na = []', "keys"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\nmaxrows = 1', "unknown setting 'maxrows'"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\nmax_rows = 0', "more than 0"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\nmax_rows = true', "wrong type"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\nschemas = "public"', "wrong type"),
        ('[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\nschemas = [1]', "list of texts"),
        (
            '[sources.prod]\nkind = "postgresql"\ndsn_env = "A"\n[sources.prod.masks]\ncompany = "keep"',
            "masks",
        ),
        ('[sources."pr od"]\nkind = "postgresql"\ndsn_env = "A"', "not a name for a source"),
        ("sources = 1", "must be a section"),
        ("[store]\nnonsense = 1", "unknown setting"),
        ('[store]\ncatalog = "postgresql://h/d"\ncatalog_env = "A"', "both"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_config(text)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_misspelt_section_is_known(tmp_path: Path) -> None:
    assert parse_config("[source.prod]\nkind = 'x'").unknown == ("source",)


def test_credentials_come_from_a_variable_or_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "dsn"
    secret.write_text("postgresql://u:hunter2@h/d\n")
    config = parse_config(
        f'[sources.a]\nkind = "postgresql"\ndsn_env = "A_DSN"\n[sources.b]\nkind = "postgresql"\ndsn_file = "{secret}"'
    )
    assert config.sources["a"].dsn({"A_DSN": "x"}) == "x"
    assert config.sources["b"].dsn({}) == "postgresql://u:hunter2@h/d"
    assert "hunter2" not in repr(config)
    with pytest.raises(SourceUnavailable, match="A_DSN is not set"):
        config.sources["a"].dsn({"A_DSN": ""})
    secret.unlink()
    with pytest.raises(SourceUnavailable, match="dsn_file is missing"):
        config.sources["b"].dsn({})


def test_a_store_by_reference() -> None:
    config = parse_config('[store]\ncatalog_env = "STORE_URL"')
    assert config.store.url({"STORE_URL": "postgresql://x"}) == "postgresql://x"
    with pytest.raises(StoreUnavailable, match="STORE_URL is not set"):
        config.store.url({})


@pytest.mark.parametrize(
    "text",
    [
        '[sources.a]\ndsn_env = "A_DSN"\nkind = 7\n[store]\ncatalog_env = "STORE"',
        "[sources.a\ndsn_env = 'A_DSN'\n# dsn_env = 'HOME'\n\"catalog_env\"='STORE'",
        'sources = { a = { password = "x", dsn_env = "A_DSN" } }\n[store]\ncatalog_env = "STORE"',
    ],
)
def test_the_names_of_secrets_are_known_even_of_a_file_that_is_not_valid(tmp_path: Path, text: str) -> None:
    home = Home.locate(tmp_path)
    home.config_path.write_text(text)
    with pytest.raises(UsageError):
        load_config(home)
    assert secret_variables(home) == {"A_DSN", "STORE"}
    home.config_path.write_text('[sources.a]\nkind = "postgresql"\ndsn_env = "A_DSN"')
    assert secret_variables(home) == {"A_DSN"}
    home.config_path.unlink()
    assert secret_variables(home) == frozenset()


def test_a_budget_of_a_source() -> None:
    config = parse_config(
        '[sources.p]\nkind = "postgresql"\ndsn_env = "X"\nmax_draws = 3\n[sources.p.budget]\nrows = 10\nseconds = 1.5'
    ).sources["p"]
    assert (config.max_draws, config.budget) == (3, BudgetConfig(rows=10, seconds=1.5))
    assert parse_config('[sources.p]\nkind = "postgresql"\ndsn_env = "X"').sources["p"].budget == BudgetConfig()


@pytest.mark.parametrize("line", ["rows = 0", "rows = 1.5", 'cost = "much"', "bytes = true", "seconds = -1", "row = 5"])
def test_a_budget_that_is_none(line: str) -> None:
    with pytest.raises(UsageError, match="budget"):
        parse_config(f'[sources.p]\nkind = "postgresql"\ndsn_env = "X"\n[sources.p.budget]\n{line}')
