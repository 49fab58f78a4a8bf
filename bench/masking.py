"""Masking and classifying against loops and against Presidio, each peer measured in this run, in turns.

python bench/masking.py [--rows 1000000] [--rounds 3]

The peers that are not installed (ff3, presidio-analyzer with spacy) are skipped, and it says so. Presidio runs without
a model: its pattern recognizers are the yardstick.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import logging
import random
import time
from collections.abc import Callable
from statistics import median

import pyarrow as pa

from headwater.sampling.detect import classify
from headwater.sampling.masker import Masker
from headwater.sampling.patterns import category, luhn

_KEY = bytes(range(32))
_BATCH = 8_000
"""About the rows of a draw's batch, which is a megabyte."""

_PEER_CELLS = 20_000
MADE = random.Random(7)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    pseudonyms(asked.rows, asked.rounds)
    digits(asked.rows, asked.rounds)
    classification(asked.rounds)


def pseudonyms(rows: int, rounds: int) -> None:
    for share in (1.0, 0.05):
        people = [f"person.{number}@mail.example" for number in range(int(rows * share))]
        values = people if share == 1 else MADE.choices(people, k=rows)
        column = pa.array(values)
        for batch, how in ((rows, "a column at once"), (_BATCH, f"batches of {_BATCH:,}")):
            ours, theirs = measured(
                rounds,
                lambda column=column, batch=batch: masked(column, "pseudonym", batch),
                lambda values=values: [hmac.new(_KEY, one.encode(), hashlib.sha256).hexdigest() for one in values],
            )
            said(f"pseudonyms, {share:.0%} distinct, {how}", rows / ours, rows / theirs, "a loop of hmac.new SHA-256")


def digits(rows: int, rounds: int) -> None:
    values = [f"+1 {MADE.randrange(200, 1000)}-{MADE.randrange(1000):03d}-{n % 10_000:04d}" for n in range(rows)]
    column = pa.array(values)
    try:
        from ff3 import FF3Cipher
    except ImportError:
        print("format-preserving digits: ff3 is not installed, so there is no peer")
        return
    cipher = FF3Cipher(_KEY.hex(), "D8E7920AFA330A")
    plain = ["".join(filter(str.isdigit, value)) for value in values[:_PEER_CELLS]]
    ours, theirs = measured(
        rounds, lambda: masked(column, "phone", _BATCH), lambda: [cipher.encrypt(number) for number in plain]
    )
    said("digits in strings", rows / ours, len(plain) / theirs, "ff3")


def classification(rounds: int) -> None:
    table, planted = cells(1_000)
    batch = pa.record_batch(table)
    find = presidio()
    if find is None:
        print("classification: presidio-analyzer or spacy is not installed, so there is no peer")
        return
    texts = [cell for column in table.values() for cell in column]
    ours, theirs = measured(rounds, lambda: classify(batch), lambda: [find(text) for text in texts[::10]])
    said("classification, cells", len(texts) / ours, len(texts[::10]) / theirs, "Presidio's patterns")
    for entity, (ours_is, cells_of) in planted.items():
        own = sum(category(cell) is not None for cell in cells_of) / len(cells_of)
        same = sum(category(cell) == ours_is for cell in cells_of) / len(cells_of)
        other = sum(bool(find(cell)) for cell in cells_of) / len(cells_of)
        typed = sum(entity in find(cell) for cell in cells_of) / len(cells_of)
        print(f"  recall {entity:14} {own:5.3f} (as such {same:5.3f})   Presidio {other:5.3f} (as such {typed:5.3f})")


def masked(column: pa.Array, mask: str, batch: int) -> None:
    """Batch after batch, with one masker, as a draw does it."""
    masker = Masker(_KEY, {"c": mask})
    for start in range(0, len(column), batch):
        masker.apply(pa.record_batch({"c": column[start : start + batch]}))


def cells(rows: int) -> tuple[dict[str, list[str]], dict[str, tuple[str, list[str]]]]:
    """Twenty columns, some of them personal, and what was planted by Presidio's entity."""

    def number(pattern: str) -> str:
        return "".join(MADE.choice("0123456789") if sign == "9" else sign for sign in pattern)

    def card() -> str:
        body = number("4" + "9" * 14)
        return next(f"{body}{check}" for check in range(10) if luhn(f"{body}{check}"))

    def iban() -> str:
        body = number("9" * 18)
        return f"DE{98 - int(body + '131400') % 97:02d}{body}"

    words = "the order was sent late and came back from berlin with a note".split()
    planted = {
        "EMAIL_ADDRESS": ("email", [f"user{n}@mail.example.com" for n in range(rows)]),
        "CREDIT_CARD": ("card", [card() for _ in range(rows)]),
        "IBAN_CODE": ("iban", [iban() for _ in range(rows)]),
        "PHONE_NUMBER": ("phone", [number(MADE.choice(["(212) 555-9999", "+44 20 7946 0999"])) for _ in range(rows)]),
        "US_SSN": ("national_id", [number("5") + number("32-4") + number("9-9999") for _ in range(rows)]),
        "IP_ADDRESS": ("ip", [f"192.168.{n % 250}.{n % 199}" for n in range(rows)]),
    }
    table = {entity.lower(): column for entity, (_, column) in planted.items()}
    table = {f"c{place}": column for place, column in enumerate(table.values())}
    for place in range(len(table), 20):
        kind = place % 4
        table[f"c{place}"] = [
            " ".join(MADE.choices(words, k=9))
            if kind == 0
            else MADE.choice(["new", "paid", "sent"])
            if kind == 1
            else number("A-999")
            if kind == 2
            else f"call {number('(212) 555-9999')} about {MADE.choice(words)}"
            for _ in range(rows)
        ]
    return table, planted


def presidio() -> Callable[[str], set[str]] | None:
    """The entities that Presidio finds in a text, by its pattern recognizers alone."""
    logging.disable(logging.WARNING)
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError:
        return None

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

        def is_loaded(self) -> bool:
            return True

        def load(self) -> None:
            return None

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    analyzer = AnalyzerEngine(nlp_engine=Blank(), registry=registry, supported_languages=["en"])
    return lambda text: {result.entity_type for result in analyzer.analyze(text, language="en")}


def measured(rounds: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Medians of CPU seconds, in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for place, work in enumerate((ours, theirs)):
            start = time.process_time()
            work()
            times[place].append(time.process_time() - start)
    return median(times[0]), median(times[1])


def said(what: str, ours: float, theirs: float, peer: str) -> None:
    print(f"{what:48} {ours:12,.0f} a second; {peer} {theirs:10,.0f}; ratio {ours / theirs:6.1f}")


if __name__ == "__main__":
    main()
