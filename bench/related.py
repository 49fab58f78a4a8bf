"""A related sample of some of the customers of seven tables, with cycles and without, against a COPY drain of its rows.

python bench/related.py [--customers 20000] [--percent 1]

There are some 18 rows for each customer. The drain is the server's own binary COPY of as many rows of the largest table
in the same run: tools on other machines are compared by their ratio to the drain there.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from headwater.assembly import open_headwater
from headwater.demo.postgres import Server
from headwater.sample_models import SampleRequest
from headwater.services.jobs import JobContext

_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, referrer_id bigint, address_id bigint);
CREATE TABLE addresses (id bigint PRIMARY KEY, customer_id bigint NOT NULL, city text);
CREATE TABLE products (id bigint PRIMARY KEY, parent_id bigint, sku text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, ship_id bigint, event_id bigint,
  total numeric(14,2));
CREATE TABLE items (order_id bigint, line int, product_id bigint NOT NULL, price numeric(12,4),
  PRIMARY KEY (order_id, line));
CREATE TABLE returns (id bigint PRIMARY KEY, order_id bigint, line int, reason text);
CREATE TABLE events (id bigint PRIMARY KEY, customer_id bigint NOT NULL, order_id bigint, at timestamptz, kind text);
INSERT INTO customers SELECT i, 'user' || i || '@mail.test', CASE WHEN i % 3 = 0 THEN 1 + (i * 7) % (i - 1) END, i
  FROM generate_series(1, {n}) i;
INSERT INTO addresses SELECT i, 1 + (i - 1) % {n}, 'City' || i % 1000 FROM generate_series(1, {n} * 6 / 5) i;
INSERT INTO products SELECT i, CASE WHEN i > 100 THEN 1 + i % 100 END, 'SKU-' || i FROM generate_series(1, 2000) i;
INSERT INTO orders SELECT i, 1 + (i * 17::bigint) % {n}, 1 + (i * 19::bigint) % {n}, CASE WHEN i % 4 = 0 THEN i END,
  i % 500  FROM generate_series(1, {n} * 4) i;
INSERT INTO items SELECT o, l, 1 + (o * 8 + l) % 2000, o % 100
  FROM generate_series(1, {n} * 4) o, generate_series(1, 1 + o % 3) l;
INSERT INTO returns SELECT i, i * 40, 1, 'reason ' || i % 20 FROM generate_series(1, {n} / 10) i;
INSERT INTO events SELECT i, 1 + (i * 17::bigint) % {n}, CASE WHEN i % 3 = 0 THEN 1 + (i - 1) % ({n} * 4) END,
  '2023-01-01'::timestamptz + i * interval '4 s', 'view' FROM generate_series(1, {n} * 4) i;
CREATE INDEX ON addresses (customer_id); CREATE INDEX ON orders (customer_id); CREATE INDEX ON events (customer_id);
CREATE INDEX ON returns (order_id, line);
ALTER TABLE addresses ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (ship_id) REFERENCES addresses;
ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE returns ADD FOREIGN KEY (order_id, line) REFERENCES items;
ALTER TABLE events ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (order_id) REFERENCES orders;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; ANALYZE;
"""
_CYCLES = """
ALTER TABLE customers ADD FOREIGN KEY (referrer_id) REFERENCES customers,
  ADD FOREIGN KEY (address_id) REFERENCES addresses;
ALTER TABLE products ADD FOREIGN KEY (parent_id) REFERENCES products;
ALTER TABLE orders ADD FOREIGN KEY (event_id) REFERENCES events;
"""
_DOWN = (
    "public.addresses(customer_id) -> public.customers(id)",
    "public.orders(customer_id) -> public.customers(id)",
    "public.items(order_id) -> public.orders(id)",
    "public.returns(order_id, line) -> public.items(order_id, line)",
    "public.events(customer_id) -> public.customers(id)",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--percent", type=float, default=1, help="of the customers; few rows measure what is fixed")
    arguments = parser.parse_args()
    customers = arguments.customers
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgresql") as server:
        with server.connect() as admin:
            admin.execute(f"CREATE ROLE reader LOGIN PASSWORD '{server.password('reader')}'".encode())
            admin.execute(_TABLES.replace("{n}", str(customers)).encode())
        os.environ["BENCH_DSN"] = server.dsn("reader")
        home = Path(folder) / "home"
        home.mkdir()
        (home / "headwater.toml").write_text('[sources.prod]\nkind = "postgresql"\ndsn_env = "BENCH_DSN"\n')
        headwater = open_headwater(home)
        request = SampleRequest(
            "prod",
            "customers",
            max(20, round(customers * arguments.percent / 100)),
            related=True,
            children=_DOWN,
            pace="fast",
        )
        # What is imported and opened once counts for neither.
        headwater.samples.draw(replace(request, rows=20), "bench", JobContext(lambda done, total, message: None))
        speeds = {}
        for name in ("without cycles", "with cycles"):
            if name == "with cycles":
                with server.connect() as admin:
                    admin.execute(_CYCLES.encode())
            start = time.perf_counter()
            drawn = headwater.samples.draw(request, "bench", JobContext(lambda done, total, message: None))
            taken = time.perf_counter() - start
            drained = drain(server, drawn.rows)
            speeds[name] = drawn.rows / taken
            print(
                f"{name:15} {drawn.rows:9,} rows, {drawn.orphans} orphans, {taken:6.2f} s masked and committed, "
                f"{speeds[name]:9,.0f} rows/s, {speeds[name] * drained / drawn.rows:.3f} of the drain's rows/s"
            )
        print(f"with cycles against without: {speeds['with cycles'] / speeds['without cycles']:.2f} of the rows/s")
        headwater.close()


def drain(server: Server, rows: int) -> float:
    start = time.perf_counter()
    with server.connect() as admin, admin.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT * FROM items LIMIT {rows}) TO STDOUT (FORMAT binary)".encode()) as copy:
            for _ in copy:
                pass
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
