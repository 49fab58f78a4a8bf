"""Where the demo's production holds personal data: twenty columns, some of which do not look like it by their names."""

from __future__ import annotations

from typing import NamedTuple


class Planted(NamedTuple):
    """One column of personal data.

    `value` is SQL for what is personal in it. With `anywhere` no such value may be found outside production at all;
    without, values are too few (names, days, numbers) for that, and no row may keep its own.
    """

    table: str
    column: str
    how: str
    value: str
    anywhere: bool = True


PLANTED: tuple[Planted, ...] = (
    Planted("customers", "email", "an obvious name", "email"),
    Planted("customers", "first_name", "an obvious name", "first_name", anywhere=False),
    Planted("customers", "last_name", "an obvious name", "last_name"),
    Planted("customers", "phone", "an obvious name", "phone"),
    Planted("customers", "birth_date", "an obvious name", "birth_date::text", anywhere=False),
    Planted("customers", "address", "an obvious name", "address"),
    Planted("customers", "passport_no", "an obvious name", "passport_no"),
    Planted("customers", "settlement", "a misleading name: IBANs", "settlement"),
    Planted("customers", "login", "a misleading name: e-mail addresses", "login"),
    Planted("customers", "display", "a misleading name: whole names", "display"),
    Planted("customers", "profile", "inside JSON: telephone numbers", "profile #>> '{emergency,reach}'"),
    Planted("customers", "remarks", "inside free text: e-mail addresses", "substring(remarks from '[^ ]+@[^ ,]+')"),
    Planted("bookings", "passenger", "an obvious name", "passenger"),
    Planted("bookings", "reach", "a misleading name: telephone numbers", "reach"),
    Planted("bookings", "special_request", "inside free text: whole names",
            "substring(special_request from 'for ([^,.]+)')"),
    Planted("bookings", "extras", "inside JSON: passport numbers", "extras #>> '{documents,0,number}'"),
    Planted("bookings", "legacy_ref", "a misleading name: telephone numbers as numbers", "legacy_ref::text",
            anywhere=False),
    Planted("payments", "card_number", "an obvious name", "card_number"),
    Planted("payments", "trace", "a misleading name: card numbers as numbers", "trace::text", anywhere=False),
    Planted("payments", "memo", "inside free text: IBANs", "substring(memo from '[A-Z]{2}[0-9]{20}')"),
)  # fmt: skip
