"""Fill a ledger with many datasets directly, so that a benchmark needs no table for each of them."""

from __future__ import annotations

import random
from dataclasses import replace

from headwater.datafile import DataFile
from headwater.ledger.base import Database
from headwater.ledger.datasets import Datasets
from headwater.ledger.versions import NewVersion, Versions
from headwater.models import Column, Kind

_SUBJECTS = [
    "orders",
    "customers",
    "invoices",
    "payments",
    "refunds",
    "shipments",
    "products",
    "prices",
    "stock",
    "suppliers",
    "flights",
    "bookings",
    "airports",
    "planes",
    "weather",
    "sessions",
    "clicks",
    "pageviews",
    "carts",
    "coupons",
    "tickets",
    "agents",
    "calls",
    "surveys",
    "leads",
    "accounts",
    "contracts",
    "claims",
    "policies",
    "premiums",
    "employees",
    "payroll",
    "budgets",
    "forecasts",
    "sensors",
    "readings",
    "alarms",
    "meters",
    "trips",
    "vehicles",
]
_SHAPES = [
    "daily",
    "weekly",
    "monthly",
    "hourly",
    "raw",
    "clean",
    "history",
    "summary",
    "by_region",
    "by_city",
    "by_product",
    "snapshot",
    "delta",
]
_COLUMNS = [
    "id",
    "customer_id",
    "order_id",
    "amount",
    "currency",
    "created_at",
    "updated_at",
    "city",
    "country",
    "status",
    "email",
    "name",
]
_KINDS: tuple[Kind, ...] = ("real", "real", "real", "derived", "derived", "sample", "simulated")
_BATCH = 5_000


def seed_datasets(database: Database, count: int, *, seed: int = 1) -> None:
    """Record `count` datasets of one version each, in about `count` / 500 namespaces.

    Names, descriptions and columns share few words, as they do in a firm: ``daily`` is in every tenth name,
    ``load`` in every description and ``id`` in every schema.
    """
    chance = random.Random(seed)
    datasets, versions = Datasets(database), Versions(database)
    for start in range(0, count, _BATCH):
        with database.transaction() as tx:
            for i in range(start, min(start + _BATCH, count)):
                subject, shape = chance.choice(_SUBJECTS), chance.choice(_SHAPES)
                name = f"team{i % max(1, count // 500):03}.{subject}_{shape}_{i}"
                columns = ("id", *chance.sample(_COLUMNS[1:], 6))
                kind = chance.choice(_KINDS)
                rows = chance.randrange(10, 10_000_000)
                new = NewVersion(
                    dataset=name,
                    digest=f"{chance.getrandbits(256):064x}",
                    files_root=f"{chance.getrandbits(256):064x}",
                    rows=rows,
                    bytes=rows * 20,
                    kind=kind,
                    rests_on=(kind,),
                    message="nightly load",
                    author="ada",
                    schema=tuple(Column(column, "string") for column in columns),
                    created=f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}T03:00:00.{i % 1000:03}Z",
                )
                versions.add(tx, new, [DataFile(f"{name}/0.parquet", rows * 20, rows, "0" * 64, 0)])
                if i % 2 == 0:
                    text = f"The {shape} load of {subject} for the {chance.choice(_SUBJECTS)} team"
                    record = datasets.get(name, tx)
                    assert record is not None
                    datasets.describe(tx, record.id, text)
                    versions.reindex(tx, replace(record, description=text))
