"""Foreign keys as the catalog has them, and rows found by values of their columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from production_fixtures import Drawing

from headwater.cli import run
from headwater.errors import TableNotFound
from headwater.sample_models import Link
from headwater.sources.base import Source
from headwater.sources.postgresql.session import connect
from headwater.sources.registry import open_source


@pytest.fixture
def source(related: Drawing) -> Source:
    return open_source(related.headwater.config.sources["prod"])


def test_links_are_those_whose_tables_and_columns_may_be_read(source: Source) -> None:
    found = source.links()
    assert len(found) == len(set(found)) == 14
    by_name = {link.name: link for link in found}
    assert by_name["shop.orders(payment_id) -> shop.payments(number)"].nullable
    assert by_name["shop.customers(referrer_id) -> shop.customers(id)"].parent == "shop.customers"
    assert not by_name["shop.addresses(customer_id) -> shop.customers(id)"].nullable
    # Of several columns, in the order of the constraint, over schemas, and each once for all partitions.
    assert Link("shop.returns", ("order_id", "line"), "shop.items", ("order_id", "line"), True) in found
    assert Link("other.parts", ("tenant", "region"), "other.tenants", ("id", "region"), True) in found
    assert Link("other.uses", ("part", "on_day"), "other.parts", ("id", "on_day"), False) in found
    assert Link("other.uses", ("customer",), "shop.customers", ("id",), True) in found
    assert not [link for link in found if "half" in link.child or "2025" in link.name]


def test_links_of_one_table_go_both_ways(related: Drawing) -> None:
    found = related.headwater.samples.links("prod", "orders").links
    assert [(one.direction, one.name) for one in found] == [
        ("parent", "shop.orders(customer_id) -> shop.customers(id)"),
        ("parent", "shop.orders(payment_id) -> shop.payments(number)"),
        ("parent", "shop.orders(ship_id) -> shop.addresses(id)"),
        ("child", "shop.items(order_id) -> shop.orders(id)"),
        ("child", "shop.payments(order_id) -> shop.orders(id)"),
    ]
    assert related.headwater.samples.links("prod", "other.parts").table == "other.parts"
    with pytest.raises(TableNotFound):
        related.headwater.samples.links("prod", "no_such")


def test_the_command_lists_them(related: Drawing, capfd: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(related.headwater.home.path)]
    assert run(["tables", "prod", "returns", "--links", "--json", *home]) == 0
    assert [one["direction"] for one in json.loads(capfd.readouterr().out)["links"]] == ["parent"]
    assert run(["tables", "prod", "items", "--links", *home]) == 0
    assert "shop.returns(order_id, line) -> shop.items(order_id, line)" in capfd.readouterr().out


def _among(source: Source, table: str, columns: Sequence[str], keys: dict[str, Any]) -> list[dict[str, Any]]:
    with source.snapshot() as snapshot:
        drawing = snapshot.table(table)
        schema = pa.schema([drawing.schema.field(name).remove_metadata() for name in columns])
        batch = pa.record_batch([pa.array(keys[f.name], f.type) for f in schema], schema=schema)
        rows = [row for found in drawing.among(columns, batch) for row in found.to_pylist()]
    return sorted(rows, key=repr)


def test_rows_are_found_by_their_keys(source: Source) -> None:
    ids = list(range(1990, 2010))
    assert [row["id"] for row in _among(source, "customers", ["id"], {"id": ids})] == list(range(1990, 2001))
    # By a column without an index, and one whose values are shared.
    assert {row["id"] for row in _among(source, "orders", ["ship_id"], {"ship_id": [20]})} == {1, 3001}
    found = _among(source, "items", ["order_id", "line"], {"order_id": [2, 2, 3, 9999], "line": [3, 1, 2, 1]})
    assert [(row["order_id"], row["line"]) for row in found] == [(2, 1), (2, 3)]
    hostile = ["person3@canary.example", "'; DROP TABLE notes; --", '"', "\\", "{}", ""]
    assert [row["id"] for row in _among(source, "customers", ["email"], {"email": hostile})] == [3]


def test_keys_are_compared_in_their_own_types(source: Source) -> None:
    uuids = [row["id"] for row in _among(source, "payments", ["number"], {"number": [5002, 5004]})]
    assert len(uuids) == 2
    assert {row["number"] for row in _among(source, "payments", ["id"], {"id": uuids})} == {5002, 5004}
    found = _among(source, "other.parts", ["id", "on_day"], {"id": [7, 8], "on_day": [date(2025, 3, 1)] * 2})
    assert [(row["id"], row["tenant"]) for row in found] == [(7, 1)]


def test_many_keys_are_asked_for_in_pieces(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headwater.sources.postgresql.draw.PROBED", 7)
    found = _among(source, "customers", ["id"], {"id": list(range(1, 101))})
    assert sorted(row["id"] for row in found) == list(range(1, 101))


def test_a_snapshot_reads_the_catalog_over_one_connection(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def counted(*args: Any) -> Any:
        made.append(args)
        return connect(*args)

    with source.snapshot() as snapshot:
        monkeypatch.setattr("headwater.sources.postgresql.source.connect", counted)
        for name in ("customers", "orders", "items"):
            snapshot.table(name)
    assert len(made) == 1
