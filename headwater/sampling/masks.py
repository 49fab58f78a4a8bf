"""The masks of texts: the same value and key give the same result, in every table and every draw.

A mask never gives back the value that it was given, and none can be undone without the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from headwater.sampling.bins import binned_points
from headwater.sampling.digits import DigitForms
from headwater.sampling.documents import Documents
from headwater.sampling.names import FAMILY, GIVEN, STREETS, WORDS
from headwater.sampling.noise import Noise
from headwater.sampling.patterns import iban_is_valid, ip_address
from headwater.sampling.permutation import Permutation
from headwater.sampling.redaction import redacted

if TYPE_CHECKING:
    import numpy
    import pyarrow

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
    "bin": "the beginning of its range: `bin:10` of ten, `bin:year` of its year",
    "noise": "up to a tenth more or less; sums stay, with `noise:region` also those of each region",
    "date_of_birth": "another day of the same year",
    "shift_days": "the same weeks later or earlier for each person: `shift_days:customer_id`",
    "pseudonym": "a code; equal values keep equal codes",
    "text": "other words",
    "redact": "free text in which what patterns find is blacked out; names may remain",
    "json": "the same structure, its texts and long numbers masked",
    "null": "empty",
    "drop": "the column is left out",
}
"""Every mask, and what it makes of a value."""

_DOMAINS = ("@example.com", "@example.net", "@example.org")


class Secrets:
    """What masks with one key: its noise, and its permutations, whose tables are made once."""

    def __init__(self, key: bytes) -> None:
        self.noise = Noise(key)
        self.forms = DigitForms(key, self.noise)
        self.numbers = Permutation(key, b"digits")


class TextMasks:
    """Masks for columns of texts, keyed.

    Parameters
    ----------
    secrets:
        What a mask's values are masked with, by the mask: those in a document have masks of their own.
    paths:
        The masks of paths of documents that were decided.
    """

    def __init__(self, secrets: Callable[[str], Secrets], paths: Mapping[str, str] | None = None) -> None:
        self._secrets = secrets
        self._documents = Documents(self, paths or {})

    def one(self, mask: str, value: str) -> str:
        """One text, masked."""
        import pyarrow as pa

        made: str = self.column(mask, pa.array([value], pa.string()))[0].as_py()
        return made

    def column(self, mask: str, values: pyarrow.Array) -> pyarrow.Array:
        """Distinct texts (string, no nulls), masked by any mask but ``keep``, ``null``, ``drop`` and a day's."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if mask == "json":
            # A document without texts or long numbers stays as it is.
            return self._documents.masked(values)
        base = mask.partition(":")[0]
        if mask == "redact":
            return pa.array([redacted(value) for value in values.to_pylist()], pa.string())
        secrets = self._secrets(base)
        if mask == "pseudonym" or not len(values):
            return pseudonyms(secrets.noise, values)
        if mask == "email":
            made = _emails(secrets.noise, values)
        elif mask in ("phone", "national_id", "digits"):
            made = secrets.forms.forms(values)
        elif mask == "card":
            made = secrets.forms.cards(values)
        elif base == "bin":
            # A place has so few bins that one may be its own; what is no place becomes other words.
            binned = pa.array(binned_points(values.to_pylist(), mask), pa.string())
            return pc.coalesce(binned, self.column("text", values)) if binned.null_count else binned
        elif mask == "ip":
            made = _ips(secrets.noise, values)
        elif mask == "iban":
            made = pa.array(_ibans(secrets.forms, values.to_pylist()), pa.string())
        else:
            made = pa.array([_SINGLE[mask](secrets.noise, value) for value in values.to_pylist()], pa.string())
        # What chance has left as it is gets a pseudonym, which has no other value's form.
        same = pc.fill_null(pc.equal(made, values), True)
        if not pc.any(same).as_py():
            return made
        return pc.replace_with_mask(made, same, pseudonyms(secrets.noise, values.filter(same)))


def pseudonyms(noise: Noise, values: pyarrow.Array) -> pyarrow.Array:
    """A code for each text."""
    return base32(noise.many("pseudonym", values), "p", ("",))


def _emails(noise: Noise, values: pyarrow.Array) -> pyarrow.Array:
    import pyarrow as pa

    plain = pa.array([value.strip().lower() for value in values.to_pylist()], pa.string())
    return base32(noise.many("email", plain), "", _DOMAINS)


def _name(noise: Noise, value: str) -> str:
    code = noise.of("name", value.strip().lower())
    plain = value.strip().lower()
    given = _other(GIVEN, int.from_bytes(code[:4], "big"), plain)
    if len(plain.split()) <= 1:
        return given
    taken = plain.removeprefix(f"{given.lower()} ")
    return f"{given} {_other(FAMILY, int.from_bytes(code[4:8], 'big'), taken)}"


def _address(noise: Noise, value: str) -> str:
    code = noise.of("address", value.strip().lower())
    number = 1_000 + int.from_bytes(code[:2], "big") % 9_000
    return f"{number} {STREETS[code[2] % len(STREETS)]} Street"


def _ibans(forms: DigitForms, values: list[str]) -> list[str | None]:
    """Others of the same country whose check digits (ISO 13616) are right; no IBAN gets other digits."""
    import pyarrow as pa

    plain = [value.replace(" ", "").upper() for value in values]
    valid = [text.isascii() and text.isalnum() and text[:2].isalpha() and iban_is_valid(text) for text in plain]
    bodies = [text[4:] if known else value for text, known, value in zip(plain, valid, values, strict=True)]
    made = forms.forms(pa.array(bodies, pa.string())).to_pylist()
    return [
        _checked(value, text[:2], body) if known and body is not None else body
        for value, text, known, body in zip(values, plain, valid, made, strict=True)
    ]


def _ips(noise: Noise, values: pyarrow.Array) -> pyarrow.Array:
    """Addresses of a private network; for one of IPv6, of that which RFC 4193 keeps free."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = noise.many("ip", pc.utf8_trim_whitespace(values))
    octets = pa.array([str(number) for number in range(256)], pa.string())
    parts = [octets.take(pa.array(codes[:, place])) for place in range(3)]
    made = pc.binary_join_element_wise("10", *parts, ".")
    colons = pc.match_substring(values, ":")
    if not pc.any(colons).as_py():
        return made
    longer = [
        str(IPv6Address(b"\xfd" + code.tobytes()[:15])) if _is_ipv6(value) else short
        for value, short, code in zip(
            values.filter(colons).to_pylist(),
            made.filter(colons).to_pylist(),
            codes[colons.to_numpy(zero_copy_only=False)],
            strict=True,
        )
    ]
    return pc.replace_with_mask(made, colons, pa.array(longer, pa.string()))


def _is_ipv6(value: str) -> bool:
    address = ip_address(value)
    return address is not None and address.version == 6


def _text(noise: Noise, value: str) -> str:
    """As many words as there were, at most thirty."""
    count = min(30, max(1, len(value.split())))
    return " ".join(WORDS[number % len(WORDS)] for number in noise.stream("text", value, count))


_SINGLE: dict[str, Callable[[Noise, str], str]] = {"name": _name, "address": _address, "text": _text}


def base32(rows: numpy.ndarray, before: str, after: tuple[str, ...]) -> pyarrow.Array:
    """80 bits of each row of 16 bytes as 16 letters and digits, with one of `after`, all as long, behind them."""
    import numpy as np
    import pyarrow as pa

    start, width = len(before), len(before) + 16 + len(after[0])
    texts = np.empty((len(rows), width), np.uint8)
    texts[:, :start] = np.frombuffer(before.encode(), np.uint8)
    # Ten bits are two signs, and eight times ten are the first ten bytes.
    signs = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
    pairs = np.stack([np.repeat(signs, 32), np.tile(signs, 32)], axis=1).view(np.uint16).ravel()
    numbers = np.ascontiguousarray(rows[:, :10]).view(">u2").astype(np.uint64).reshape(-1, 5)
    high = (numbers[:, 0] << np.uint64(16)) | numbers[:, 1]
    low = (numbers[:, 2] << np.uint64(32)) | (numbers[:, 3] << np.uint64(16)) | numbers[:, 4]
    high = (high << np.uint64(8)) | (low >> np.uint64(40))
    made = np.empty((len(rows), 8), np.uint16)
    for place in range(4):
        down = np.uint64(30 - 10 * place)
        made[:, place] = pairs.take((high >> down) & np.uint64(1023))
        made[:, 4 + place] = pairs.take((low >> down) & np.uint64(1023))
    texts[:, start : start + 16] = made.view(np.uint8)
    ends = np.frombuffer("".join(after).encode(), np.uint8).reshape(len(after), -1)
    if ends.shape[1]:
        texts[:, start + 16 :] = ends[rows[:, 10] % len(after)]
    offsets = np.arange(0, (len(rows) + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(rows), [None, pa.py_buffer(offsets), pa.py_buffer(texts)])


def _checked(form: str, country: str, body: str) -> str:
    """The IBAN of a country and body, with spaces where `form` has some."""
    number = int("".join(str(int(sign, 36)) for sign in f"{body}{country}00"))
    signs = iter(f"{country}{98 - number % 97:02d}{body}")
    return "".join(" " if sign == " " else next(signs) for sign in form)


def _other(names: tuple[str, ...], number: int, than: str) -> str:
    """A name by `number` that is not `than`: the next one where chance has given the same."""
    chosen = names[number % len(names)]
    return chosen if chosen.lower() != than else names[(number + 1) % len(names)]
