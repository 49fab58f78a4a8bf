"""What the name of a column, or of a field of a document, promises: something personal, or codes."""

from __future__ import annotations

import re

_PERSONAL: tuple[tuple[str, frozenset[str]], ...] = (
    # Before the names: its agent is no person.
    ("user_agent", frozenset({"useragent", "browseragent"})),
    ("email", frozenset({"email", "mail", "emailaddress"})),
    (
        "phone",
        frozenset(
            {"phone", "mobile", "tel", "telephone", "telefon", "cell", "cellphone", "fax", "msisdn", "contact", "sms",
             "whatsapp"}
        ),
    ),
    ("card", frozenset({"card", "pan", "creditcard", "cardnumber", "cc"})),
    ("iban", frozenset({"iban", "bankaccount"})),
    (
        "national_id",
        frozenset(
            {"ssn", "passport", "nino", "nationalid", "taxid", "tin", "socialsecurity", "licence", "license", "nhs"}
        ),
    ),
    ("date_of_birth", frozenset({"birth", "birthday", "birthdate", "dob", "born", "dateofbirth"})),
    ("ip", frozenset({"ip", "ipv4", "ipv6", "ipaddress", "ipaddr"})),
    (
        "address",
        frozenset(
            {"address", "addr", "street", "postcode", "zip", "zipcode", "postal", "plz", "residence", "residency"}
        ),
    ),
    (
        "name",
        frozenset(
            {
                "firstname", "lastname", "surname", "fullname", "givenname", "familyname", "middlename", "forename",
                "fname", "lname", "mname", "passenger", "holder", "cardholder", "customername", "username", "nickname",
                "nick", "maiden", "maidenname", "handler", "agent", "assignee", "employee", "manager", "clerk", "guest",
                "patient", "doctor", "driver", "captain", "sender", "recipient", "beneficiary", "payee", "payer",
                "signatory", "guardian", "spouse", "mother", "father", "kin", "author", "owner", "salesperson",
            }
        ),
    ),
)  # fmt: skip
_STEMS: tuple[tuple[str, str], ...] = (
    ("email", "email"), ("phone", "phone"), ("passport", "national_id"), ("birth", "date_of_birth"),
    ("surname", "name"), ("firstname", "name"), ("lastname", "name"), ("maiden", "name"), ("address", "address"),
    ("zipcode", "address"), ("postcode", "address"),
)  # fmt: skip
"""Words so telling that they need not stand alone: ``phoneno``, ``homeaddress``."""

_NAMED = frozenset({"first", "last", "full", "given", "family", "middle", "customer", "passenger", "person", "user"})
"""With one of these beside it, ``name`` is a person's."""

_CODES = frozenset(
    {
        "status", "state", "type", "kind", "class", "category", "currency", "country", "region", "city", "carrier",
        "channel", "origin", "dest", "destination", "airport", "tier", "level", "method", "mode", "stage", "phase",
        "priority", "severity", "unit", "units", "language", "locale", "timezone", "tz", "tzone", "gender", "weekday",
        "colour", "color",
    }
)  # fmt: skip
_KEYS = frozenset({"id", "key", "fk", "sk", "seq"})
_MEASURES = frozenset({"count", "total", "sum", "avg", "mean", "score", "rate", "qty", "quantity", "length", "size"})


def tokens(name: str) -> list[str]:
    """The words of a name, lower case, without the digits that end them: ``homePhone2`` is home and phone."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    found = [word for word in re.split(r"[^a-z0-9]+", words) if word]
    return [word.rstrip("0123456789") or word for word in found]


def promised(name: str) -> str | None:
    """The personal category that a name promises, or None."""
    words = tokens(name)
    joined = {"".join(words), *words, *("".join(pair) for pair in zip(words, words[1:], strict=False))}
    # `ipv4` loses its digit with the others.
    joined |= {word for word in re.split(r"[^a-z0-9]+", name.lower()) if word}
    for found, telling in _PERSONAL:
        if joined & telling:
            return found
    for stem, found in _STEMS:
        if any(stem in word for word in words):
            return found
    if "name" in words and (len(words) == 1 or _NAMED & set(words)):
        return "name"
    return None


def promised_of_numbers(name: str) -> str | None:
    """As `promised`, for a column of numbers: ``contact_id`` is the key of a contact, ``email_count`` no address."""
    words = tokens(name)
    found = promised(name)
    if found is None or (words and words[-1] in _MEASURES):
        return None
    return None if words[-1:] and words[-1] in _KEYS and found != "national_id" else found


def promises_codes(name: str) -> bool:
    """Whether a name promises one of a few known values, such as a status."""
    return bool(_CODES & set(tokens(name)))
