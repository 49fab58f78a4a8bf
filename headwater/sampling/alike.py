"""Masks that keep joins: a column that refers to another is masked as that one is, by the same key.

Columns that links tie together make a group. Its *leader* is the one that the others refer to, itself referring to
nothing; where there are several, or a cycle, one that is masked, then the first by name. Where a link is only said by
a person, and not kept by the source, one that is masked leads in any case: the others might hold what it has not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from headwater.errors import SampleRefused
from headwater.sampling.choice import Choice
from headwater.sampling.finding import Finding

if TYPE_CHECKING:
    from headwater.sample_models import Link

_GONE = frozenset({"null", "drop"})


class Column(NamedTuple):
    """A column of a table, ``schema.table``."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


class TableMasks(NamedTuple):
    """What was found of the columns of one table, and the masks that were chosen for them."""

    findings: Sequence[Finding]
    choices: Sequence[Choice]


def leaders(links: Sequence[Link], tables: Mapping[str, TableMasks]) -> dict[Column, Column]:
    """Each column that is tied to others, with its leader; a leader is its own."""
    masks = {Column(table, one.column): one.mask for table, known in tables.items() for one in known.choices}
    onward: dict[Column, set[Column]] = defaultdict(set)
    near: dict[Column, set[Column]] = defaultdict(set)
    said: set[Column] = set()
    for link in links:
        for mine, theirs in zip(link.columns, link.parent_columns, strict=True):
            child, parent = Column(link.child, mine), Column(link.parent, theirs)
            if child != parent:
                onward[child].add(parent)
                near[child].add(parent)
                near[parent].add(child)
                said |= set() if link.declared else {child, parent}
    found: dict[Column, Column] = {}
    for start in sorted(near):
        if start in found:
            continue
        group, waiting = {start}, [start]
        while waiting:
            for other in near[waiting.pop()] - group:
                group.add(other)
                waiting.append(other)
        # Columns of a key of several, such as a line's number, may be tied to several parents.
        only_said = bool(group & said)
        ranks = {}
        for one in group:
            plain = masks.get(one, "keep") == "keep"
            ranks[one] = (only_said and plain, bool(onward[one]), plain, one)
        leader = min(group, key=ranks.__getitem__)
        found |= dict.fromkeys(group, leader)
    return found


def alike(tables: Mapping[str, TableMasks], led: Mapping[Column, Column]) -> dict[str, TableMasks]:
    """The masks of each table, where columns have the finding and the mask of their leader.

    Raises
    ------
    SampleRefused
        An administrator has set another mask for a column than for its leader, and not one that leaves nothing.
    """
    choices = {Column(table, one.column): one for table, known in tables.items() for one in known.choices}
    findings = {Column(table, one.column): one for table, known in tables.items() for one in known.findings}

    def chosen(column: Column) -> Choice:
        mine, leader = choices[column], led.get(column, column)
        theirs = choices[leader]
        if leader == column or (mine.decided and mine.mask in _GONE):
            return mine
        if mine.decided and mine.mask != theirs.mask:
            raise SampleRefused(
                f"{column} refers to {leader}, but an administrator has set {mine.mask} for it: "
                f"{leader} has {theirs.mask}, so the two would no longer match.",
                hint="Set the same mask for both in headwater.toml, or cut the link.",
                details={"column": str(column), "mask": theirs.mask},
            )
        return Choice(column.name, theirs.mask, f"refers to {leader}", theirs.decided, (theirs.mask,))

    def seen(column: Column) -> Finding:
        leader = led.get(column, column)
        return replace(findings[leader], column=column.name) if leader in findings else findings[column]

    return {
        table: TableMasks(
            [seen(Column(table, one.column)) for one in known.findings],
            [chosen(Column(table, one.column)) for one in known.choices],
        )
        for table, known in tables.items()
    }
