"""``hw.sample`` in a kernel: drawn by a host, loaded, stamped with how it was drawn, and no value in the log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from production_fixtures import Drawing

from headwater.host.client import HostClient

_CELLS = (
    "import headwater as hw",
    'made = hw.sample("prod", "orders", rows=20)\nprint(made.versions[0].dataset, made.rows)',
    'orders = hw.load("prod.orders", as_="arrow")\nprint("rows", orders.num_rows)',
)


def test_a_notebook_that_samples_says_what_its_rows_are(draw: Drawing, tmp_path: Path) -> None:
    home = draw.headwater.home
    notebook = tmp_path / "a.ipynb"
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for n, source in enumerate(_CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    document = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(document), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "headwater.cli", "run", str(notebook), "--json"],
            env={**os.environ, "HEADWATER_HOME": str(home.path)},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        HostClient(home).stop()
    shown = json.loads(notebook.read_text(encoding="utf-8"))
    assert "prod.orders 20" in str(shown["cells"][1]["outputs"])
    assert "rows 20" in str(shown["cells"][2]["outputs"])
    sentence = draw.headwater.stamps.passport(notebook).sentence
    assert "These results rest on a masked sample of prod.orders (20 of 20,000 rows, seed 7)." in sentence
    assert draw.outcomes() == ["done", "started"]
    masked = sum(one.mask != "keep" for one in draw.plan("orders").masks)
    (dataset,) = shown["metadata"]["headwater"]["stamp"]["datasets"].values()
    assert dataset["sample"] == {
        "source": "prod",
        "table": "public.orders",
        "of": 20_000,
        "method": "uniform",
        "seed": 7,
        "masked": masked,
        "recipe": draw.headwater.catalog.resolve("prod.orders@v1").recipe,
    }
    assert "canary.example" not in (home.run / "host.log").read_text(encoding="utf-8")


def test_a_sample_drawn_before_recipes_were_kept_is_told_as_before(draw: Drawing) -> None:
    draw("orders", 10)
    with draw.headwater.database.transaction() as tx:
        tx.execute("DELETE FROM drawn")
    known = draw.headwater.stamps._known("prod.orders", "v1")
    assert known is not None and known.sample is None


@pytest.mark.parametrize("rows", [10, 20_000])
def test_what_was_drawn_is_kept_by_version(draw: Drawing, rows: int) -> None:
    from headwater.ledger.recipes import Recipes

    version = draw("orders", rows).versions[0]
    drawn = Recipes(draw.headwater.database).of("prod.orders", "v1")
    assert drawn is not None
    assert (drawn.recipe, drawn.drawn, drawn.total) == (version.recipe, rows, 20_000)
    assert drawn.document["rows"] == rows
