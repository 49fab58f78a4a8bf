"""What personal data looks like: patterns, confirmed by checksums where the real thing has one."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_interface

_CARD = re.compile(r"(?<![\d.])(?:\d[ -]?){12,18}\d(?![\d.])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{1,4}\)[ .-]?)?(?:\d[ .-])?\d{2,4}(?:[ .-]?\d{2,4}){2,4}(?![\w-])"
)
_NATIONAL_ID = re.compile(r"\b(?:\d{3}-\d{2}-\d{4}|[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])\b")
_IP = re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?:\.\d{1,3}){0,3}(?![\w:])")
IP_ALONE = r"^(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$"
EMAIL_ALONE = r"^[A-Za-z0-9_.+%-]{1,64}@[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+$"
"""For columns of texts (RE2): a text that is one of these and nothing else."""

_ADDRESS = re.compile(
    r"\b\d{1,5}[a-z]? [A-Z][\w'-]+(?: [A-Z][\w'-]+){0,3} "
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Square|Terrace)\b"
    r"|\b[A-ZÄÖÜ][\wäöüß-]{1,40}(?:straße|strasse|weg|gasse|platz|allee)\.? \d{1,4}[a-z]?\b"
)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?")
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is the check digit of the others (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_is_valid(text: str) -> bool:
    """Whether the check digits of an IBAN hold (ISO 13616, modulo 97)."""
    plain = text.replace(" ", "").upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def digits_of(text: str) -> str:
    """The digits of `text`."""
    return "".join(letter for letter in text if letter.isdecimal() and letter.isascii())


def _card(text: str) -> bool:
    return any(luhn(digits_of(found[0])) for found in _CARD.finditer(text))


def _iban(text: str) -> bool:
    return any(iban_is_valid(found[0]) for found in _IBAN.finditer(text))


def _phone(text: str) -> bool:
    # A date has the digits of a phone number and is none.
    plain = DATE.sub(" ", text)
    return any(7 <= len(digits_of(found[0])) <= 15 for found in _PHONE.finditer(plain))


def ip_address(text: str) -> IPv4Address | IPv6Address | None:
    """The network address that `text` is, with or without the length of a prefix."""
    try:
        return ip_interface(text.strip()).ip
    except ValueError:
        return None


def _ip(text: str) -> bool:
    if _IP.search(text):
        return True
    # Two colons that alone would be an address are in many texts.
    return any(found[0].strip(":") and ip_address(found[0]) for found in _IPV6.finditer(text))


TESTS: dict[str, Callable[[str], bool]] = {
    "email": lambda text: _EMAIL.search(text) is not None,
    "iban": _iban,
    "card": _card,
    "national_id": lambda text: _NATIONAL_ID.search(text) is not None,
    "ip": _ip,
    "address": lambda text: _ADDRESS.search(text) is not None,
    "phone": _phone,
}
"""Category to test, the most telling first."""

_WHOLE: dict[str, re.Pattern[str]] = {
    "email": _EMAIL,
    "iban": _IBAN,
    "card": _CARD,
    "national_id": _NATIONAL_ID,
    "phone": _PHONE,
}


def category(text: str) -> str | None:
    """The category of the first personal thing in `text`, or None."""
    return next((name for name, test in TESTS.items() if test(text)), None)


def is_whole(text: str, name: str) -> bool:
    """Whether `text` is one thing of the category, not text that holds one."""
    if name == "ip":
        return ip_address(text) is not None
    pattern = _WHOLE.get(name)
    stripped = text.strip()
    return len(stripped) <= 60 if pattern is None else pattern.fullmatch(stripped) is not None


def spans(text: str, name: str) -> list[tuple[int, int]]:
    """Where the things of the category stand in `text`, from left to right."""
    patterns = (_IP, _IPV6) if name == "ip" else (_WHOLE.get(name, _ADDRESS),)
    test = TESTS[name]
    return sorted(found.span() for pattern in patterns for found in pattern.finditer(text) if test(found[0]))
