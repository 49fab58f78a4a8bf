"""The masks of single values: the same value and key give the same result, in every table and every draw.

A mask never gives back the value that it was given, and none can be undone without the key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from headwater.sampling.names import FAMILY, GIVEN, STREETS, WORDS
from headwater.sampling.patterns import category, digits_of, luhn

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

_LONG_NUMBER = 1_000_000
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
        if len(digits) < 8:
            return self.form(value)
        body = digits[0] + "".join(self._digits("card", digits, len(digits) - 2))
        check = next(str(digit) for digit in range(10) if luhn(f"{body}{digit}"))
        return _fill(value, f"{body}{check}") if f"{body}{check}" != digits else self.pseudonym(value)

    def iban(self, value: str) -> str:
        plain = value.replace(" ", "").upper()
        country, rest = plain[:2], plain[4:]
        if not (country.isalpha() and len(rest) >= 8 and rest.isalnum()):
            return self.form(value)
        noise = iter(self._digits("iban", plain, len(rest)))
        body = "".join(next(noise) for _ in rest)
        number = int("".join(str(int(letter, 36)) for letter in f"{body}{country}00"))
        masked = f"{country}{98 - number % 97:02d}{body}"
        return masked if masked != plain else self.pseudonym(value)

    def ip(self, value: str) -> str:
        noise = self.noise("ip", value.strip())
        return f"10.{noise[0]}.{noise[1]}.{noise[2]}"

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
        """The same structure: texts and long numbers masked, keys that look personal too."""
        try:
            document = json.loads(value)
        except (ValueError, RecursionError):
            return self.text(value)
        return json.dumps(self._leaf(document), ensure_ascii=False)

    def leaf(self, value: str) -> str:
        """One text of a document, masked by what it looks like."""
        found = category(value)
        if found is None:
            return self.text(value) if " " in value.strip() else self.pseudonym(value)
        masked = self.named(found)(value) if " " not in value.strip() or found != "email" else self.text(value)
        return masked if masked != value else self.pseudonym(value)

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._field(name): self._leaf(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._leaf(item) for item in value]
        if isinstance(value, str):
            return self.leaf(value) if value else value
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LONG_NUMBER:
            return int(self.form(str(abs(int(value)))))
        return value

    def _field(self, name: str) -> str:
        return self.pseudonym(name) if category(name) else name

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
    if letter.isalpha():
        made = chr(ord("a") + number % 26)
        return made.upper() if letter.isupper() else made
    return letter


def _fill(form: str, digits: str) -> str:
    """`digits` in the places that the digits of `form` have."""
    left = iter(digits)
    return "".join(next(left) if letter.isdigit() else letter for letter in form)


def _other(names: tuple[str, ...], number: int, than: str) -> str:
    """A name by `number` that is not `than`: the next one where chance has given the same."""
    chosen = names[number % len(names)]
    return chosen if chosen.lower() != than else names[(number + 1) % len(names)]
