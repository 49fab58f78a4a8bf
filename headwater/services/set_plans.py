"""What a sample of several tables would be: its tables, its links with rows that each brings, and keys not declared.

All of it is estimated from the sizes of the tables and from the rows that were looked at, so that it costs little.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from headwater.sample_models import Link, PlannedLink, SampleRequest
from headwater.sampling.closure import cut_columns
from headwater.sampling.keysets import distinct, tuples

if TYPE_CHECKING:
    from headwater.services.looks import Look
    from headwater.sources.base import Snapshot, Source

_WAVES = 50
_PROBES = 10
"""Guessed keys that are looked up in the source, in one plan."""

_CONTAINED = 0.95
"""The share of values that a column must find in another, to be suggested as a key of it."""

_FEW = 3
_NAMED = re.compile(r"(.+?)_?(?:id|code|key|no|nr|number)", re.IGNORECASE)


class Estimate:
    """Rows of each table, and rows that each link brings, by the same waves as the draw's, on numbers alone.

    Keys are taken to be spread evenly: of D parents, K keys name D (1 - exp(-K / D)), and of those the share that is
    not there yet is new. Rows that another table brought are taken to refer back to those that brought them.
    """

    def __init__(self, root: str, rows: int, seen: Mapping[str, Look]) -> None:
        self._seen = seen
        self.rows: dict[str, float] = {root: float(rows)}
        self._came: dict[tuple[str, str], float] = {(root, ""): float(rows)}
        """Rows of a table by the table that brought them."""
        self._added: dict[tuple[str, bool], float] = {}

    def run(self, links: Sequence[Link], children: Collection[str], cut: Collection[str]) -> None:
        """Follow what is followed."""
        fresh = dict(self._came)
        for _ in range(_WAVES):
            fresh = self._wave([link for link in links if link.name in children], fresh, down=True)
            if not fresh:
                break
        fresh = dict(self._came)
        for _ in range(_WAVES):
            fresh = self._wave([link for link in links if link.name not in cut], fresh, down=False)
            if not fresh:
                break

    def brought(self, link: Link, *, down: bool) -> int:
        """What a link that is followed brings."""
        return round(self._added.get((link.name, down), 0.0))

    def brings(self, link: Link, *, down: bool) -> int | None:
        """What a link that is not followed would bring at first, or None where nobody knows."""
        table = link.parent if down else link.child
        found = self._new(link, self.rows.get(table, 0.0), down=down)
        return None if found is None else round(found)

    def _wave(
        self, links: Sequence[Link], fresh: Mapping[tuple[str, str], float], *, down: bool
    ) -> dict[tuple[str, str], float]:
        more: dict[tuple[str, str], float] = {}
        for link in links:
            near, far = (link.parent, link.child) if down else (link.child, link.parent)
            going = sum(
                rows
                for (table, origin), rows in fresh.items()
                if table == near and (down or origin != far or near == far)
            )
            new = self._new(link, going, down=down) or 0.0
            if new >= 0.5:
                self.rows[far] = self.rows.get(far, 0.0) + new
                self._added[link.name, down] = self._added.get((link.name, down), 0.0) + new
                self._came[far, near] = self._came.get((far, near), 0.0) + new
                more[far, near] = more.get((far, near), 0.0) + new
        return more

    def _new(self, link: Link, rows: float, *, down: bool) -> float | None:
        children, parents = self._size(link.child), self._size(link.parent)
        if not children or not parents:
            return None
        known = 1 - self._nulls(link)
        if down:
            there = self.rows.get(link.child, 0.0) / children
            found: float = min(children, rows * children * known / parents)
            return found * max(0.0, 1 - there)
        there = self.rows.get(link.parent, 0.0) / parents
        return parents * (1 - math.exp(-rows * known / parents)) * max(0.0, 1 - there)

    def _size(self, table: str) -> float | None:
        seen = self._seen.get(table)
        return None if seen is None or seen.table.rows is None else float(seen.table.rows)

    def _nulls(self, link: Link) -> float:
        """The share of child rows whose key has a null part, of those that were looked at."""
        peeked = self._seen[link.child].peeked if link.child in self._seen else None
        if peeked is None or not peeked.num_rows:
            return 0.0
        nulls = [int(peeked.column(name).null_count) for name in link.columns]
        return max(nulls) / int(peeked.num_rows)


def planned_links(
    links: Sequence[Link], below: Collection[str], request: SampleRequest, seen: Mapping[str, Look], estimate: Estimate
) -> Iterator[PlannedLink]:
    """Every link that can be chosen: up from the tables of the set, and down from those that are `below` the root."""
    reached = set(estimate.rows) | set(seen)
    for link in links:
        if link.child in reached and link.child in seen and link.name not in request.children:
            cut = link.name in request.cut
            others = [other for other in links if other.name not in request.cut]
            can_cut = bool(cut_columns(link, seen[link.child].table, others))
            yield PlannedLink(
                link=link,
                name=link.name,
                direction="parent",
                choice="cut" if cut else "follow",
                rows=estimate.brings(link, down=False) if cut else estimate.brought(link, down=False),
                can_cut=can_cut,
                reason="" if can_cut else "its columns cannot be null, or other rows refer to them",
            )
        if link.parent in below:
            followed = link.name in request.children
            yield PlannedLink(
                link=link,
                name=link.name,
                direction="child",
                choice="follow" if followed else "skip",
                rows=estimate.brought(link, down=True) if followed else estimate.brings(link, down=True),
                can_cut=False,
                reason="",
            )


def suggested(source: Source, snapshot: Snapshot, seen: Mapping[str, Look], links: Sequence[Link]) -> tuple[Link, ...]:
    """Keys that the schema does not declare: by the names of columns, their types, and values that are found there."""
    found: list[Link] = []
    left = _PROBES
    linked = {(link.child, name) for link in links for name in link.columns}
    for table, look in seen.items():
        for column in look.table.columns:
            named = _NAMED.fullmatch(column.name)
            if named is None or (table, column.name) in linked or column.name == "id":
                continue
            for link in _guessed(source, table, column.name, named[1], column.nullable):
                if left == 0:
                    return tuple(found)
                left -= 1
                if _holds(snapshot, look, link):
                    found.append(link)
                    break
    return tuple(found)


def _guessed(source: Source, table: str, column: str, stem: str, nullable: bool) -> Iterator[Link]:
    stem = stem.lower()
    names = {stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies" if stem.endswith("y") else stem}
    for other in source.tables(stem.rstrip("y"), None, 20).tables:
        name = other.name.rpartition(".")[2].lower()
        if name in names and len(other.key) == 1 and other.name != table:
            yield Link(table, (column,), other.name, other.key, nullable, declared=False)


def _holds(snapshot: Snapshot, look: Look, link: Link) -> bool:
    """Whether nearly all values that were seen in the child are keys of the parent."""
    import pyarrow as pa
    from pyarrow import types

    parent = snapshot.table(link.parent)
    schema = pa.schema([parent.schema.field(link.parent_columns[0]).remove_metadata()])
    mine, theirs = look.schema.field(link.columns[0]).type, schema.field(0).type
    if not (types.is_integer(mine) and types.is_integer(theirs)) and mine != theirs:
        return False
    keys = distinct(tuples(look.peeked, link.columns, schema))
    if keys.num_rows < _FEW:
        return False
    there: int = sum(batch.num_rows for batch in parent.among(link.parent_columns, keys))
    return bool(there >= _CONTAINED * keys.num_rows)
