"""What a column of texts holds: what its name promises, and patterns voted over its cells."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice

from headwater.sampling.codes import codes_of
from headwater.sampling.fields import promised, promises_codes
from headwater.sampling.finding import Finding, personal, plural, says, unknown
from headwater.sampling.names import looks_like_name, names_someone
from headwater.sampling.paths import paths_of
from headwater.sampling.patterns import DATE, UUID, category, is_whole
from headwater.sampling.phones import share_of_numbers
from headwater.sampling.places import POINT

UNSEEN = "no value was seen, so it cannot be classified"
_MANY = 0.6
"""The share of values of one category that makes a column one of that category."""

_AGREEING = 100
"""Values that are looked at to see whether a column holds what its name says."""

_CHECKED = frozenset({"card", "iban", "email"})
"""Categories whose values pass a check, or can be nothing else."""

_BORN = (1900, 2020)


def classify_texts(name: str, cells: list[str], key: bool, is_json: bool) -> Finding:
    """The finding of a column `name` with the texts `cells`, none of them empty; `key` says it is one of the table."""
    by_name = promised(name)
    if is_json or _is_json(cells):
        found = paths_of(cells)
        reason = "JSON: each text in it is masked"
        return Finding(name, True, "json", "json", reason, confidence=1.0 if cells else 0.9, paths=found)
    counts = Counter(cells)
    if by_name is not None:
        return _as_promised(name, by_name, counts)
    if not cells:
        return unknown(name, "text", UNSEEN)
    if all(POINT.fullmatch(cell) for cell in counts):
        return personal(name, "geo", "points on the earth", 0.95)
    if found_one := _voted(name, counts):
        return found_one
    if all(UUID.fullmatch(cell) for cell in counts):
        if key:
            return Finding(name, False, "uuid", "keep", "UUIDs", confidence=0.95)
        return Finding(name, True, "id", "pseudonym", "UUIDs that are no key", confidence=0.7)
    if _were_born(counts):
        reason = "dates over decades, such as dates of birth"
        return Finding(name, True, "date_of_birth", "pseudonym", reason, confidence=0.6)
    named = promises_codes(name)
    if codes := codes_of(counts, named):
        reason = f"{len(codes)} short values that repeat"
        return Finding(name, False, "code", "keep", reason, codes, 0.95 if named else 0.8)
    if key:
        return Finding(name, True, "key", "pseudonym", "a key of text", confidence=0.7)
    return unknown(name, "text", "text that cannot be classified")


def _as_promised(name: str, by_name: str, counts: Counter[str]) -> Finding:
    """A column that is personal by its name, surer where its cells agree."""
    seen = list(islice(counts, _AGREEING))
    agreeing = sum(_category(cell) == by_name for cell in seen)
    confidence = 0.7 + 0.3 * agreeing / len(seen) if seen else 0.7
    if by_name == "date_of_birth":
        born = 0.95 if seen and all(DATE.fullmatch(cell) for cell in seen) else 0.7
        return Finding(name, True, by_name, "pseudonym", says(by_name), confidence=born)
    return personal(name, by_name, says(by_name), confidence)


def _category(cell: str) -> str | None:
    return category(cell) or ("name" if looks_like_name(cell) else None)


def _voted(name: str, counts: Counter[str]) -> Finding | None:
    """What the cells look like. One that looks personal is enough: a value that was seen once will come again."""
    votes: dict[str, int] = {}
    whole = 0
    for cell, count in counts.items():
        if UUID.fullmatch(cell):
            continue
        if found := category(cell):
            votes[found] = votes.get(found, 0) + count
            whole += count * is_whole(cell, found)
        elif looks_like_name(cell):
            votes["name"] = votes.get("name", 0) + count
            whole += count
        elif names_someone(cell):
            votes["name"] = votes.get("name", 0) + count
    if not votes:
        return None
    total, cells = sum(votes.values()), counts.total()
    best = max(votes, key=lambda one: votes[one])
    if votes[best] >= _MANY * cells and whole >= 0.9 * total:
        return _whole(name, best, counts, votes[best] / cells)
    reason = f"text that holds personal data: {_share(votes[best], cells)} look like {plural(best)}"
    return Finding(name, True, "text", "text", reason, confidence=0.9)


def _whole(name: str, best: str, counts: Counter[str], share: float) -> Finding:
    """A column whose cells are things of one category."""
    sure = 0.99 if best in _CHECKED else 0.9
    if best == "phone":
        valid = share_of_numbers(cell for cell in counts if category(cell) == "phone")
        if valid < _MANY:
            # Orders and accounts are written in groups of digits, too.
            return personal(name, "number", "digits in groups that are no country's phone numbers", 0.6 * share)
        sure = 0.5 + 0.48 * valid
    part = _share(round(share * counts.total()), counts.total())
    return personal(name, best, f"{part} look like {plural(best)}", sure * share)


def _share(count: int, cells: int) -> str:
    return f"{round(100 * count / cells) or 'under 1'}% of the values"


def _were_born(counts: Counter[str]) -> bool:
    """Whether all texts are days, over decades and none of them new."""
    if not all(DATE.fullmatch(cell) for cell in counts):
        return False
    years = [int(cell[:4]) for cell in counts]
    return max(years) - min(years) >= 30 and _BORN[0] - 20 <= min(years) and max(years) <= _BORN[1]


def _is_json(cells: list[str]) -> bool:
    objects = 0
    for cell in cells[:50]:
        if cell[:1] not in "{[":
            return False
        try:
            json.loads(cell)
        except (ValueError, RecursionError):
            return False
        objects += 1
    return objects > 0
