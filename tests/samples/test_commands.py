"""``headwater sources``, ``tables``, ``sample`` and ``audit``: their documents, and the codes they end with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from production_fixtures import Drawing

from headwater.cli import run

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def command(draw: Drawing, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command line with ``--json`` on the home of `draw`; returns exit code and document."""
    monkeypatch.setenv("HEADWATER_HOME", str(draw.headwater.home.path))

    def command(*arguments: str) -> tuple[int, Any]:
        capfd.readouterr()
        code = run([*arguments, "--json"])
        return code, json.loads(capfd.readouterr().out)

    return command


def test_sources(command: Command) -> None:
    code, document = command("sources")
    assert code == 0
    assert document["sources"] == [
        {
            "name": "prod",
            "kind": "postgresql",
            "available": True,
            "message": "",
            "max_rows": 1_000_000,
            "lag_s": None,
        }
    ]


def test_tables_have_estimates_keys_and_columns_and_no_row(command: Command) -> None:
    code, document = command("tables", "prod", "orders")
    assert code == 0
    (orders,) = (one for one in document["tables"] if one["name"] == "public.orders")
    assert (orders["rows"], orders["key"], orders["source"]) == (20_000, ["id"], "prod")
    assert orders["bytes"] > 100_000
    assert [(column["name"], column["type"]) for column in orders["columns"]][:2] == [
        ("id", "integer"),
        ("email", "text"),
    ]
    assert "@canary" not in json.dumps(document)


def test_tables_come_in_pages(command: Command) -> None:
    found: list[str] = []
    cursor: list[str] = []
    for _ in range(50):
        code, document = command("tables", "prod", "--limit", "2", *cursor)
        assert code == 0 and len(document["tables"]) <= 2
        found += [one["name"] for one in document["tables"]]
        if document["next_cursor"] is None:
            break
        cursor = ["--cursor", document["next_cursor"]]
    assert found == sorted(set(found))
    assert {"public.orders", "public.recent", "public.keyless", "public.ho'st\"ile; --"} <= set(found)
    assert not {"public.nobody_may", "hidden.secret"} & set(found)
    assert command("tables", "prod", "orders", *cursor)[0] == 2


def test_a_view_has_no_estimate_and_a_search_looks_into_columns(command: Command) -> None:
    recent = next(one for one in command("tables", "prod", "recent")[1]["tables"] if one["name"] == "public.recent")
    assert (recent["rows"], recent["key"]) == (None, [])
    assert "public.orders" in [one["name"] for one in command("tables", "prod", "city_")[1]["tables"]]
    assert command("tables", "prod", "%")[1]["tables"][0]["name"] == "public.ho'st\"ile; --"
    for nothing in ("no such table", "a\0b", "\ud800"):
        assert command("tables", "prod", nothing) == (0, {"tables": [], "next_cursor": None})


def test_a_sample(command: Command) -> None:
    code, document = command("sample", "prod", "orders", "--rows", "30", "--mask", "city_id=null", "--as", "x.some")
    assert code == 0
    (version,) = document["versions"]
    assert set(version) == {"dataset", "version", "digest", "rows", "kind"}
    assert (version["dataset"], version["version"], version["rows"], version["kind"]) == ("x.some", "v1", 30, "sample")
    assert len(document["recipe"]) == len(version["digest"]) == 64
    assert document["masks"]["public.orders.email"] == "email"
    assert document["masks"]["public.orders.city_id"] == "null"
    assert document["orphans"] == 0
    code, listed = command("versions", "x.some")
    assert [one["digest"] for one in listed["versions"]] == [version["digest"]]


def test_a_dry_run_draws_nothing(command: Command, draw: Drawing) -> None:
    code, plan = command("sample", "prod", "orders", "--dry-run")
    assert code == 0
    assert (plan["dataset"], plan["rows"], plan["rows_estimate"], plan["key"]) == (
        "prod.orders",
        100_000,
        20_000,
        ["id"],
    )
    email = next(one for one in plan["masks"] if one["column"] == "email")
    assert (email["mask"], email["before_shape"]) == ("email", "xxx…99999@xxx….xxx…")
    assert "@canary" not in json.dumps(plan)
    assert draw.headwater.catalog.search("orders", limit=5).datasets == ()


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("sample", "prdo", "orders"), 2, "source_not_found"),
        (("sample", "prod", "ordres"), 2, "table_not_found"),
        (("sample", "prod", "orders", "--rows", "0"), 2, "usage"),
        (("sample", "prod", "orders", "--rows", "many"), 2, "usage"),
        (("sample", "prod", "orders", "--seed", str(2**53)), 2, "usage"),
        (("sample", "prod", "orders", "--mask", "email"), 2, "usage"),
        (("sample", "prod", "orders", "--mask", "email=sparkle"), 2, "usage"),
        (("sample", "prod", "orders", "--as", "no good name"), 2, "bad_name"),
        (("tables", "prdo"), 2, "source_not_found"),
        (("sample", "prod", "restless"), 3, "sample_refused"),
        (("sample", "prod", "orders", "--mask", "email=keep"), 3, "sample_refused"),
        (("sample", "prod", "orders", "--rows", "2000000"), 3, "sample_refused"),
        (("sample", "prod", "restless", "--dry-run"), 3, "sample_refused"),
    ],
)
def test_what_is_refused(command: Command, arguments: tuple[str, ...], code: int, error: str) -> None:
    ended, document = command(*arguments)
    assert (ended, document["error"]["code"]) == (code, error)
    assert document["error"]["message"] and document["error"]["hint"]


def test_production_that_is_down_ends_with_4(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", "postgresql://reader:sesame@127.0.0.1:1/postgres")
    for arguments in (("tables", "prod"), ("sample", "prod", "orders"), ("sample", "prod", "orders", "--dry-run")):
        code, document = command(*arguments)
        assert (code, document["error"]["code"]) == (4, "source_unavailable")
        assert "sesame" not in json.dumps(document)
    code, document = command("sources")
    assert (code, document["sources"][0]["available"]) == (0, False)


def test_every_option_reaches_the_draw(command: Command, draw: Drawing, tmp_path: Path) -> None:
    keys = tmp_path / "keys.csv"
    keys.write_text("\n".join([*map(str, range(5, 25)), "", "99999", ""]), encoding="utf-8")
    chosen = ["sample", "prod", "orders", "--as", "x.y"]
    assert command(*chosen, "--method", "keys", "--keys", str(keys))[1]["versions"][0]["rows"] == 20
    top = ["--method", "top", "--by", "state", "--by", "city_id", "--order", "price", "--per", "2", "--rows", "40"]
    assert command(*chosen, *top)[1]["versions"][0]["rows"] == 40
    window = ["--method", "window", "--by", "id", "--start", "10", "--end", "40", "--where", "id <> 15"]
    assert command(*chosen, *window)[1]["versions"][0]["rows"] == 29
    assert sorted(draw.rows("x.y")["id"].to_pylist()) == [n for n in range(10, 40) if n != 15]
    equal = ["--method", "stratified", "--by", "state", "--allocation", "equal", "--rows", "9", "--pace", "fast"]
    assert command(*chosen, *equal)[1]["versions"][0]["rows"] == 9
    assert sorted(draw.rows("x.y")["state"].to_pylist()) == sorted(["new", "paid", "sent"] * 3)


def test_a_recipe_is_written_and_drawn_again(command: Command, draw: Drawing, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    newest = ["--method", "newest", "--by", "id", "--rows", "7", "--mask", "city_id=null"]
    code, first = command("sample", "prod", "orders", *newest, "--save-recipe", str(recipe))
    assert code == 0
    assert 'by = ["id"]' in recipe.read_text(encoding="utf-8")
    code, again = command("sample", "--recipe", str(recipe))
    assert (code, again["recipe"]) == (0, first["recipe"])
    assert again["versions"][0]["digest"] == first["versions"][0]["digest"]
    assert command("sample", "--recipe", str(recipe), "--rows", "8")[1]["versions"][0]["rows"] == 8
    for wrong in (["sample", "--recipe", str(tmp_path / "no")], ["sample", "prod"], ["sample"]):
        assert command(*wrong)[0] == 2
    assert command("sample", "prod", "orders", "--save-recipe", str(tmp_path / "no" / "file"))[0] == 2
    recipe.write_text("rows = ", encoding="utf-8")
    assert command("sample", "--recipe", str(recipe))[1]["error"]["code"] == "usage"


def test_the_audit_log(command: Command, draw: Drawing) -> None:
    command("sample", "prod", "orders", "--rows", "10")
    command("sample", "prod", "restless")
    code, document = command("audit")
    assert code == 0
    assert [(line["outcome"], line["resource"]) for line in document["entries"]] == [
        ("refused", "prod restless"),
        ("started", "prod restless"),
        ("done", "prod orders"),
        ("started", "prod orders"),
    ]
    assert len(command("audit", "--limit", "1")[1]["entries"]) == 1
    whole = {"valid": True, "entries": 4, "broken": None, "why": "", "signed": 4}
    assert command("audit", "--verify") == (0, whole)
    with draw.headwater.database.transaction() as tx:
        tx.execute("UPDATE audit SET actor = 'bob' WHERE seq = 2")
    code, document = command("audit", "--verify")
    assert (code, document["valid"], document["broken"]) == (1, False, 2)


def test_in_words(draw: Drawing, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_HOME", str(draw.headwater.home.path))

    def words(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        return (run(arguments), *capfd.readouterr())

    assert "prod" in words("sources")[1]
    assert "about 20,000" in words("tables", "prod", "orders")[1]
    code, out, err = words("sample", "prod", "orders", "--rows", "25")
    assert (code, out) == (0, "prod.orders@v1: 25 of 20,000 rows of public.orders, seed 7, masked\n")
    assert "Connecting to prod…" in err
    assert "Nothing was drawn." in words("sample", "prod", "orders", "--dry-run")[1]
    assert "prod orders" in words("audit")[1]


def test_a_home_without_sources(capfd: pytest.CaptureFixture[str], draw: Drawing) -> None:
    empty = draw.headwater.home.path.parent / "empty"
    assert run(["sources", "--home", str(empty)]) == 0
    assert "No source is configured" in capfd.readouterr().out
