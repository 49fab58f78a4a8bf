"""A shop with everything that makes related tables hard, in a PostgreSQL of its own schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from production_fixtures import READER, Drawing, configured

from headwater.demo.postgres import Server

# Customers and addresses refer to each other, and so do orders and payments, in one component; customers and
# products refer to themselves; items and returns have keys of several columns, one of which may be null; products are
# shared by all orders; notes refer to customers by their e-mail address.
SHOP = """
CREATE SCHEMA shop;
CREATE TABLE shop.customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, referrer_id bigint, address_id bigint);
CREATE TABLE shop.addresses (id bigint PRIMARY KEY, customer_id bigint NOT NULL, city text);
CREATE TABLE shop.products (id int PRIMARY KEY, parent_id int, sku text NOT NULL);
CREATE TABLE shop.orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, ship_id bigint, payment_id bigint);
CREATE TABLE shop.payments (id uuid PRIMARY KEY, order_id bigint NOT NULL, number bigint UNIQUE);
CREATE TABLE shop.items (order_id bigint NOT NULL, line int NOT NULL, product_id bigint NOT NULL,
  PRIMARY KEY (order_id, line));
CREATE TABLE shop.returns (id bigint PRIMARY KEY, order_id bigint, line int, reason text);
CREATE TABLE shop.notes (id bigint PRIMARY KEY, email text, said text);

INSERT INTO shop.customers SELECT i, 'person' || i || '@canary.example',
  CASE WHEN i % 3 = 0 THEN 1 + (i * 7) % (i - 1) END, CASE WHEN i % 2 = 0 THEN i END FROM generate_series(1, 2000) i;
INSERT INTO shop.addresses SELECT i, CASE WHEN i <= 2000 THEN 1 + (i * 13) % 2000 ELSE i - 2000 END, 'City' || i % 9
  FROM generate_series(1, 3000) i;
INSERT INTO shop.products SELECT i, CASE WHEN i > 10 THEN 1 + i % 10 END, 'SKU-' || i FROM generate_series(1, 100) i;
INSERT INTO shop.payments SELECT md5(i::text)::uuid, i, 5000 + i FROM generate_series(1, 6000) i WHERE i % 2 = 0;
INSERT INTO shop.orders SELECT i, 1 + (i * 17) % 2000, CASE WHEN i % 4 > 0 THEN 1 + (i * 19) % 3000 END,
  CASE WHEN i % 2 = 0 THEN 5000 + i END FROM generate_series(1, 6000) i;
INSERT INTO shop.items SELECT o, l, 1 + (o * 8 + l) % 100
  FROM generate_series(1, 6000) o, generate_series(1, 1 + o % 3) l;
INSERT INTO shop.returns SELECT i, CASE WHEN i % 5 > 0 THEN i * 10 END, CASE WHEN i % 7 > 0 THEN 1 END, 'broken'
  FROM generate_series(1, 600) i;
INSERT INTO shop.notes SELECT i, CASE WHEN i % 4 > 0 THEN 'person' || 1 + i % 2000 || '@canary.example' END, 'hello'
  FROM generate_series(1, 500) i;

ALTER TABLE shop.customers ADD FOREIGN KEY (referrer_id) REFERENCES shop.customers,
  ADD FOREIGN KEY (address_id) REFERENCES shop.addresses;
ALTER TABLE shop.addresses ADD FOREIGN KEY (customer_id) REFERENCES shop.customers;
ALTER TABLE shop.products ADD FOREIGN KEY (parent_id) REFERENCES shop.products;
ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customers,
  ADD FOREIGN KEY (ship_id) REFERENCES shop.addresses, ADD FOREIGN KEY (payment_id) REFERENCES shop.payments (number);
ALTER TABLE shop.payments ADD FOREIGN KEY (order_id) REFERENCES shop.orders;
ALTER TABLE shop.items ADD FOREIGN KEY (order_id) REFERENCES shop.orders;
ALTER TABLE shop.returns ADD FOREIGN KEY (order_id, line) REFERENCES shop.items (order_id, line);
ALTER TABLE shop.notes ADD FOREIGN KEY (email) REFERENCES shop.customers (email);
CREATE INDEX ON shop.orders (customer_id);
CREATE INDEX ON shop.addresses (customer_id);

CREATE SCHEMA other;
CREATE TABLE other.tenants (id int, region text, PRIMARY KEY (region, id));
CREATE TABLE other.parts (id int, on_day date NOT NULL, tenant int, region text NOT NULL, PRIMARY KEY (id, on_day),
  FOREIGN KEY (tenant, region) REFERENCES other.tenants (id, region)) PARTITION BY RANGE (on_day);
CREATE TABLE other.parts_2025 PARTITION OF other.parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE other.uses (id int PRIMARY KEY, part int NOT NULL, on_day date NOT NULL, customer bigint,
  FOREIGN KEY (part, on_day) REFERENCES other.parts, FOREIGN KEY (customer) REFERENCES shop.customers);
CREATE TABLE other.hidden (id int PRIMARY KEY);
CREATE TABLE other.half (id int PRIMARY KEY, secret int REFERENCES other.uses, other int REFERENCES other.hidden);
INSERT INTO other.tenants VALUES (1, 'eu'), (2, 'us');
INSERT INTO other.parts VALUES (7, '2025-03-01', 1, 'eu'), (8, '2025-04-01', NULL, 'us');
INSERT INTO other.uses VALUES (1, 7, '2025-03-01', 5), (2, 8, '2025-04-01', NULL);
GRANT USAGE ON SCHEMA shop, other TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader;
GRANT SELECT ON other.tenants, other.parts, other.uses TO reader;
GRANT SELECT (id, other) ON other.half TO reader;
ANALYZE;
"""


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Server]:
    with server.connect() as connection:
        connection.execute(SHOP.encode())
        yield server
        connection.execute("DROP SCHEMA shop CASCADE; DROP SCHEMA other CASCADE")


@pytest.fixture
def related(shop: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawing]:
    monkeypatch.setenv("TEST_DSN", shop.dsn(READER))
    headwater = configured(tmp_path / "home", schemas=["shop", "other", "public"])
    yield Drawing(headwater)
    headwater.close()
