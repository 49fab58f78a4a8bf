"""The masks of single values: the same value and key give the same result, in every table and every draw.

A mask never gives back the value that it was given, and none can be undone without the key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from ipaddress import IPv6Address
from math import isfinite
from typing import Any

from headwater.sampling.fields import promised, promised_of_numbers, promises_codes
from headwater.sampling.names import FAMILY, GIVEN, ORDINARY, STREETS, WORDS, looks_like_name, names_someone
from headwater.sampling.patterns import category, digits_of, ip_address, luhn

MASKS: dict[str, str] = {
    "keep": "left as it is",
    "email": "another e-mail address",
    "phone": "other digits in the same form",
    "name": "another name",
    "address": "another address",
    "card": "another number that passes the check of card numbers",
    "iban": "another IBAN of the same country",
    "national_id": "other digits and letters in the same form",
    "ip": "another address of a private network",
    "digits": "another number with as many digits",
    "date_of_birth": "another day of the same year",
    "pseudonym": "a code; equal values keep equal codes",
    "text": "other words",
    "json": "the same structure, its texts and long numbers masked",
    "null": "empty",
    "drop": "the column is left out",
}
"""Every mask, and what it makes of a value."""

_LONG_RUN = re.compile(r"\d{6}")
_FIELD = re.compile(r"[a-z][A-Za-z0-9_-]*|(?:[A-Z][a-z0-9]+){2,5}|[A-Z]+(?:_[A-Z]+)+")
_LONGEST_FIELD = 40
_CARD_SIGNS = re.compile(r"[0-9 .-]+")
_DOMAINS = ("example.com", "example.net", "example.org")


class ValueMasks:
    """Masks for single texts, keyed.

    Parameters
    ----------
    key:
        32 bytes that the home keeps; without it nobody can tell whether a value was in the source.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def named(self, mask: str) -> Callable[[str], str]:
        """The function behind a mask of text."""
        functions: dict[str, Callable[[str], str]] = {
            "email": self.email,
            "phone": self.form,
            "name": self.name,
            "address": self.address,
            "card": self.card,
            "iban": self.iban,
            "national_id": self.form,
            "ip": self.ip,
            "digits": self.form,
            "pseudonym": self.pseudonym,
            "text": self.text,
            "json": self.json,
        }
        return functions[mask]

    def email(self, value: str) -> str:
        noise = self.noise("email", value.strip().lower())
        local = base64.b32encode(noise[:8]).decode().rstrip("=").lower()
        return f"{local}@{_DOMAINS[noise[8] % len(_DOMAINS)]}"

    def name(self, value: str) -> str:
        noise = self.noise("name", value.strip().lower())
        plain = value.strip().lower()
        given = _other(GIVEN, int.from_bytes(noise[:4], "big"), plain)
        if len(plain.split()) <= 1:
            return given
        taken = plain.removeprefix(f"{given.lower()} ")
        return f"{given} {_other(FAMILY, int.from_bytes(noise[4:8], 'big'), taken)}"

    def address(self, value: str) -> str:
        noise = self.noise("address", value.strip().lower())
        number = 1_000 + int.from_bytes(noise[:2], "big") % 9_000
        return f"{number} {STREETS[noise[2] % len(STREETS)]} Street"

    def card(self, value: str) -> str:
        digits = digits_of(value)
        if len(digits) < 8 or not _CARD_SIGNS.fullmatch(value):
            return self.form(value)
        body = digits[0] + "".join(self._digits("card", digits, len(digits) - 2))
        check = next(str(digit) for digit in range(10) if luhn(f"{body}{digit}"))
        return _fill(value, f"{body}{check}") if f"{body}{check}" != digits else self.pseudonym(value)

    def iban(self, value: str) -> str:
        plain = value.replace(" ", "").upper()
        country, rest = plain[:2], plain[4:]
        if not (country.isalpha() and len(rest) >= 8 and plain.isalnum() and plain.isascii()):
            return self.form(value)
        noise = iter(self._digits("iban", plain, len(rest)))
        body = "".join(next(noise) for _ in rest)
        number = int("".join(str(int(letter, 36)) for letter in f"{body}{country}00"))
        masked = f"{country}{98 - number % 97:02d}{body}"
        return masked if masked != plain else self.pseudonym(value)

    def ip(self, value: str) -> str:
        noise = self.noise("ip", value.strip())
        address = ip_address(value)
        if address is not None and address.version == 6:
            # Of the private network that RFC 4193 keeps free.
            masked = str(IPv6Address(b"\xfd" + noise[:15]))
        else:
            masked = f"10.{noise[0]}.{noise[1]}.{noise[2]}"
        return masked if masked != value else self.pseudonym(value)

    def form(self, value: str) -> str:
        """Other digits and letters in the places of the old ones; signs and spaces stay."""
        noise = self._stream("form", value.strip(), len(value))
        masked = "".join(_like(letter, number) for letter, number in zip(value, noise, strict=True))
        return masked if masked != value else self.pseudonym(value)

    def pseudonym(self, value: str) -> str:
        return "p" + base64.b32encode(self.noise("pseudonym", value)[:10]).decode().lower()

    def text(self, value: str) -> str:
        """As many words as there were, at most thirty."""
        count = min(30, max(1, len(value.split())))
        noise = self._stream("text", value, count)
        return " ".join(WORDS[number % len(WORDS)] for number in noise)

    def json(self, value: str) -> str:
        """The same structure: texts and long numbers masked, the names of fields too unless they look like such."""
        try:
            return json.dumps(self._leaf(json.loads(value), ""), ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.text(value)

    def leaf(self, value: str) -> str:
        """One text of a document, masked by what it looks like."""
        found = category(value)
        if found is None:
            return self.text(value) if " " in value.strip() else self.pseudonym(value)
        masked = self.named(found)(value) if " " not in value.strip() or found != "email" else self.text(value)
        return masked if masked != value else self.pseudonym(value)

    def _leaf(self, value: Any, field: str) -> Any:
        if isinstance(value, dict):
            return {self._field(name): self._leaf(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._leaf(item, field) for item in value]
        if isinstance(value, str):
            return self.leaf(value) if value else value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value, promised_of_numbers(field) is not None)
        return value

    def _number(self, value: float, personal: bool) -> float | None:
        """A number with other digits where it is long or its field's name is personal; null for one beyond all."""
        # JSON has larger numbers than a float holds, and no way to write down what they become.
        if isinstance(value, float) and not isfinite(value):
            return None
        written = str(abs(value))
        if not personal and not _LONG_RUN.search(written):
            return value
        number = iter(self._stream("number", written, len(written)))
        masked = "".join(str(1 + next(number) % 9) if sign.isdigit() else sign for sign in written.split("e")[0])
        made = float(masked) if isinstance(value, float) else int(masked)
        return made if made != abs(value) else None

    def _field(self, name: str) -> str:
        """The name of a field. Documents that are keyed by people have theirs there."""
        if name in ORDINARY:
            return name
        plain = len(name) <= _LONGEST_FIELD and _FIELD.fullmatch(name)
        known = plain or (" " not in name and (promised(name) is not None or promises_codes(name)))
        personal = _LONG_RUN.search(name) or category(name) or looks_like_name(name) or names_someone(name)
        return name if known and not personal else self.pseudonym(name)

    def _digits(self, purpose: str, value: str, count: int) -> list[str]:
        return [str(number % 10) for number in self._stream(purpose, value, count)]

    def _stream(self, purpose: str, value: str, count: int) -> list[int]:
        """Numbers of 16 bits, as many as wanted, so that their remainders are even enough."""
        data = hashlib.shake_256(self.noise(purpose, value)).digest(2 * count)
        return [int.from_bytes(data[place : place + 2], "big") for place in range(0, 2 * count, 2)]

    def noise(self, purpose: str, value: str) -> bytes:
        """32 bytes that depend on the key, the purpose and the value, and on nothing else."""
        return hashlib.blake2b(
            value.encode("utf-8", "surrogatepass"), key=self._key, person=purpose.encode(), digest_size=32
        ).digest()


def _like(letter: str, number: int) -> str:
    if letter.isdigit():
        return str(number % 10)
    if letter.isalpha() or not letter.isascii():
        made = chr(ord("a") + number % 26)
        return made.upper() if letter.isupper() else made
    return letter


def _fill(form: str, digits: str) -> str:
    """`digits` in the places that the digits of `form`, all of them ASCII, have."""
    left = iter(digits)
    return "".join(next(left) if letter.isdigit() else letter for letter in form)


def _other(names: tuple[str, ...], number: int, than: str) -> str:
    """A name by `number` that is not `than`: the next one where chance has given the same."""
    chosen = names[number % len(names)]
    return chosen if chosen.lower() != than else names[(number + 1) % len(names)]
