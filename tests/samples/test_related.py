"""A root with the rows that its foreign keys need: whole, masked alike, and all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from production_fixtures import READER, Drawing, configured

from headwater.demo.postgres import Server
from headwater.errors import Cancelled, SampleRefused, UsageError
from headwater.ledger.sample_sets import SampleSets
from headwater.sample_models import Link, SampleResult
from headwater.services.jobs import JobContext

DOWN = (
    "shop.addresses(customer_id) -> shop.customers(id)",
    "shop.orders(customer_id) -> shop.customers(id)",
    "shop.items(order_id) -> shop.orders(id)",
    "shop.payments(order_id) -> shop.orders(id)",
    "shop.returns(order_id, line) -> shop.items(order_id, line)",
    "shop.notes(email) -> shop.customers(email)",
)
REFERRER = "shop.customers(referrer_id) -> shop.customers(id)"


def _tables(result: SampleResult) -> dict[str, int]:
    return {version.dataset: version.rows for version in result.versions}


def _lost(related: Drawing, cut: tuple[str, ...] = ()) -> dict[str, int]:
    """Keys of the stored tables that find no row there, by the plainest of ways."""
    tables = {one.name.removeprefix("prod."): related.rows(one.name) for one in _datasets(related)}
    found = {}
    for link in related.headwater.samples._open("prod").links():
        child, parent = (tables.get(name.removeprefix("shop.")) for name in (link.child, link.parent))
        if child is None or parent is None or link.name in cut:
            continue
        there = set(zip(*(parent[name].to_pylist() for name in link.parent_columns), strict=True))
        asked = zip(*(child[name].to_pylist() for name in link.columns), strict=True)
        found[link.name] = sum(None not in key and key not in there for key in asked)
    return found


def _datasets(related: Drawing) -> Any:
    return related.headwater.catalog.search("", limit=100).datasets


def test_a_root_comes_with_its_parents_and_the_children_asked_for(related: Drawing) -> None:
    result = related("customers", 20, related=True, children=DOWN)
    assert [version.dataset for version in result.versions][0] == "prod.customers"
    assert set(_tables(result)) == {
        f"prod.{name}" for name in ("customers", "addresses", "orders", "items", "payments", "returns", "notes")
    }
    lost = _lost(related)
    assert result.orphans == 0
    assert lost == dict.fromkeys(lost, 0)
    assert len(lost) == 10
    assert result.rows == sum(_tables(result).values())
    # Each row once, and all orders of the drawn customers.
    for name, key in (("customers", ["id"]), ("orders", ["id"]), ("items", ["order_id", "line"])):
        rows = related.rows(f"prod.{name}").select(key).to_pylist()
        assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert SampleSets(related.headwater.database).of("prod.items", "v1")[0] == ("prod.customers", "v1")
    assert any(message.startswith("shop.orders: ") for _, _, message in related.told)
    entry = related.headwater.audit.newest(1)[0]
    assert (entry.outcome, entry.details["orphans"], entry.details["tables"]) == ("done", 0, _tables(result))


def test_the_same_set_comes_again(related: Drawing) -> None:
    first, again = (related("customers", 10, related=True, children=DOWN[:2]) for _ in range(2))
    assert [one.digest for one in first.versions] == [one.digest for one in again.versions]
    assert {one.version for one in again.versions} == {"v2"}
    assert again.recipe == first.recipe
    assert related("customers", 10, related=True, children=DOWN[:1]).recipe != first.recipe


def test_a_key_that_is_somebody_is_masked_alike_on_both_sides(related: Drawing, shop: Server) -> None:
    result = related("notes", 50, related=True)
    assert result.masks["shop.notes.email"] == result.masks["shop.customers.email"] == "email"
    notes, customers = related.rows("prod.notes"), related.rows("prod.customers")
    emails = set(customers["email"].to_pylist())
    assert {email for email in notes["email"].to_pylist() if email} <= emails
    assert not any("canary.example" in email for email in emails)
    # The same customer as in production, by keys that nobody masks.
    with shop.connect() as admin:
        pairs = admin.execute("SELECT n.id, c.id FROM shop.notes n JOIN shop.customers c USING (email)").fetchall()
    ids = dict(zip(customers["email"].to_pylist(), customers["id"].to_pylist(), strict=True))
    known = dict(pairs)
    drawn = zip(notes["id"].to_pylist(), notes["email"].to_pylist(), strict=True)
    assert [(note, ids[email]) for note, email in drawn if email] == [
        (note, known[note]) for note in notes["id"].to_pylist() if note in known
    ]


def test_a_mask_of_the_other_side_wins(shop: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DSN", shop.dsn(READER))
    masks = {"shop.customers.email": "pseudonym", "shop.customers.id": "digits"}
    headwater = configured(tmp_path / "home", schemas=["shop"], masks=masks)
    related = Drawing(headwater)
    result = related("notes", 50, related=True)
    assert result.masks["shop.notes.email"] == "pseudonym"
    assert {result.masks[f"shop.{column}"] for column in ("customers.referrer_id", "addresses.customer_id")} == {
        "digits"
    }
    assert result.orphans == 0
    headwater.close()


def test_a_link_that_is_cut_is_null_and_said(related: Drawing) -> None:
    whole = _tables(related("customers", 20, related=True))
    result = related("customers", 20, related=True, cut=[REFERRER])
    assert _tables(result)["prod.customers"] < whole["prod.customers"]
    assert related.rows("prod.customers@v2")["referrer_id"].null_count == _tables(result)["prod.customers"]
    assert related.headwater.samples.recipe(result.versions[0])["cut"] == [REFERRER]
    with pytest.raises(SampleRefused, match="cannot be cut"):
        related("addresses", 20, related=True, cut=[DOWN[0]])


def test_an_explosion_is_refused_with_the_link_that_brings_it(
    shop: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DSN", shop.dsn(READER))
    headwater = configured(tmp_path / "home", schemas=["shop"], max_rows=300)
    related = Drawing(headwater)
    with pytest.raises(SampleRefused) as raised:
        related("customers", 100, related=True, children=DOWN[:2])
    assert raised.value.details["link"] == DOWN[1]
    assert "300 rows" in raised.value.message
    assert related.outcomes() == ["refused", "started"]
    assert list(_datasets(related)) == []
    assert not list(headwater.home.run.glob("sample-set-*"))
    headwater.close()


def test_a_cancel_in_the_middle_leaves_nothing(related: Drawing) -> None:
    context = JobContext(lambda done, total, message: context.cancel() if message.startswith("shop.orders") else None)
    with pytest.raises(Cancelled):
        related("customers", 200, context, related=True, children=DOWN)
    assert list(_datasets(related)) == []
    assert not list(related.headwater.home.run.glob("sample-set-*"))


def test_a_link_that_only_a_person_knows(related: Drawing) -> None:
    link = Link("shop.items", ("product_id",), "shop.products", ("id",), declared=False)
    result = related("items", 50, related=True, links=(link,))
    assert _tables(result)["prod.products"] > 10
    assert result.orphans == 0
    products = set(related.rows("prod.products")["id"].to_pylist())
    assert set(related.rows("prod.items")["product_id"].to_pylist()) <= products
    with pytest.raises(UsageError, match="without related"):
        related("items", 50, links=(link,))


def test_a_link_that_a_person_says_unmasks_nothing(related: Drawing) -> None:
    link = Link("shop.notes", ("said",), "shop.products", ("sku",), declared=False)
    result = related("products", 20, related=True, links=(link,), children=(link.name,))
    assert result.masks["shop.notes.said"] == result.masks["shop.products.sku"] != "keep"
    assert pa.table(related.rows("prod.products"))["sku"].to_pylist()[0][:4] != "SKU-"


def test_names_of_datasets_are_in_the_root_s_namespace(related: Drawing) -> None:
    result = related("other.uses", 20, related=True, dataset="mine.uses")
    assert [version.dataset for version in result.versions] == [
        "mine.uses", "mine.other_parts", "mine.other_tenants", "mine.addresses", "mine.customers",
    ]  # fmt: skip
    assert result.orphans == 0


def test_a_plan_says_what_each_link_brings(related: Drawing) -> None:
    plan = related.plan("customers", 20, related=True, children=DOWN[:2], cut=(REFERRER,))
    assert [(one.table, one.root, one.dataset) for one in plan.tables][0] == ("shop.customers", True, "prod.customers")
    assert {one.table for one in plan.tables} == {
        f"shop.{name}" for name in ("customers", "addresses", "orders", "payments")
    }
    links = {(one.name, one.direction): one for one in plan.links}
    assert links[REFERRER, "parent"].choice == "cut"
    assert links[REFERRER, "parent"].can_cut
    assert links[DOWN[1], "child"].choice == "follow"
    # 6,000 orders of 2,000 customers: some three each.
    assert links[DOWN[1], "child"].rows == pytest.approx(60, abs=5)
    assert links[DOWN[2], "child"].choice == "skip"
    assert not links["shop.payments(order_id) -> shop.orders(id)", "parent"].can_cut
    drawn = related("customers", 20, related=True, children=DOWN[:2], cut=(REFERRER,))
    assert plan.recipe == drawn.recipe
    assert {f"{one.table}.{mask.column}": mask.mask for one in plan.tables for mask in one.masks} == drawn.masks
    total = sum(one.rows or 0 for one in plan.tables)
    assert total / 3 < drawn.rows < 3 * total


def test_a_key_that_the_schema_does_not_have_is_suggested(related: Drawing) -> None:
    plan = related.plan("items", 20, related=True)
    assert Link("shop.items", ("product_id",), "shop.products", ("id",), declared=False) in plan.suggested
