"""Outside the host a recipe shows ``?`` for what was asked for; its digest tells nothing of it either."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785
from production_fixtures import Drawing

from headwater.cli import run
from headwater.errors import KeyUnavailable
from headwater.sampling.recipe import hidden, without_literals
from headwater.sampling.recipe_key import RecipeKey


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("id > 100 AND city = 'Köln'", "id > ? AND city = ?"),
        ("a IN (1, 2,3 , -4)", "a IN (?)"),
        ("a IN ('it''s', 'x')  AND  b = 1.5e3", "a IN (?)  AND  b = ?"),
        ("\"a 'quoted' 1\" = 'v'", "\"a 'quoted' 1\" = ?"),
        ("flag = TRUE OR flag IS NULL", "flag = ? OR flag IS NULL"),
        ("day >= DATE '2026-01-01' AND t BETWEEN -1 AND +2", "day >= DATE ? AND t BETWEEN -? AND +?"),
        ("name LIKE 'A% ' ESCAPE '!'", "name LIKE ? ESCAPE ?"),
    ],
)
def test_literals_of_a_filter_are_hidden(where: str, shown: str) -> None:
    assert hidden(where) == shown


def test_other_literals_are_hidden_too() -> None:
    recipe = {"method": "keys", "keys": [["7", "x"], ["8", "y"]], "start": "2026", "end": None, "seed": 7}
    shown, literals = without_literals(recipe)
    assert shown == {"method": "keys", "keys": "2 keys", "start": "?", "end": None, "seed": 7}
    assert literals == {"keys": [["7", "x"], ["8", "y"]], "start": "2026"}


def test_the_key_is_made_once_and_seals_for_one_name(tmp_path: Path) -> None:
    key = RecipeKey(tmp_path)
    assert (tmp_path / "recipe.key").stat().st_mode & 0o077 == 0
    sealed = key.seal({"where": "id = 7"}, "a")
    assert RecipeKey(tmp_path).open(sealed, "a") == {"where": "id = 7"}
    assert key.seal({"where": "id = 7"}, "a") != sealed
    for text, name in ((sealed, "b"), (sealed[:-8] + "AAAAAAA=", "a"), ("", "a"), ("é", "a")):
        with pytest.raises(KeyUnavailable):
            key.open(text, name)
    with pytest.raises(KeyUnavailable):
        RecipeKey(tmp_path / "other").open(sealed, "a")
    assert (
        RecipeKey(tmp_path / "other").digest({"a": 1}) != key.digest({"a": 1}) == RecipeKey(tmp_path).digest({"a": 1})
    )
    (tmp_path / "recipe.key").write_bytes(b"short")
    with pytest.raises(KeyUnavailable, match="damaged"):
        RecipeKey(tmp_path)


def test_no_byte_of_the_home_tells_what_was_filtered_for(draw: Drawing, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = draw("orders", 500, where="id <= 13131 AND price < 98.7654")
    same = draw.plan("orders", 500, where="id <= 13131 AND price < 98.7654")
    other = draw.plan("orders", 500, where="id <= 13132 AND price < 98.7654")
    assert drawn.recipe == same.recipe != other.recipe
    ref = f"{drawn.versions[0].dataset}@{drawn.versions[0].version}"
    home = draw.headwater.home
    draw.headwater.database.query("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in (path for path in home.path.rglob("*") if path.is_file() and path.suffix != ".parquet"):
        assert b"98.7654" not in path.read_bytes(), path
    document = draw.headwater.samples.recipe(draw.headwater.catalog.resolve(ref))
    assert document["where"] == "id <= 13131 AND price < 98.7654"
    # Who knows all of the recipe cannot tell by its digest: it is no plain hash.
    assert hashlib.sha256(rfc8785.dumps(document)).hexdigest() != drawn.recipe
    (row,) = draw.headwater.database.query("SELECT document FROM recipe")
    assert json.loads(row["document"])["where"] == "id <= ? AND price < ?"
    assert run(["show", ref, "--recipe", "--json", "--home", str(home.path)]) == 0
    assert json.loads(capsys.readouterr().out)["recipe"] == document
