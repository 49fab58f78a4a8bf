"""Which rows of other tables a sample needs: children of the drawn rows as asked for, then every parent.

From the rows of one root: *down* along the links that were asked for, to all children, and on from those; then *up*,
along every link that is not cut, to the one row that each key names, until every key of every row that was taken finds
its row; and never down again, which would end with nearly everything. It goes in waves: all keys of a wave are asked
for at once, table by table, and what was asked for before is remembered in sets of keys on our side. Cycles and
references of a table to itself need nothing special: a wave without a new key is the last.

A link that is *cut* is not followed: its columns become null in every row that is taken, before anything else looks at
them. A key of several columns refers to nothing where one of them is null (MATCH SIMPLE).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from headwater.errors import SampleRefused, UsageError
from headwater.sampling.keysets import KeySet, distinct, key_set, tuples

if TYPE_CHECKING:
    import pyarrow

    from headwater.sample_models import Link, SourceTable

_PENDING = 200_000
"""Keys that are gathered before they are compared with those that are known."""

Place = tuple[str, tuple[str, ...]]
"""A table, and columns of it that tell rows apart."""


class Tables(Protocol):
    """What a closure reads from."""

    def table(self, name: str) -> SourceTable:
        """A table, as its catalog has it."""

    def schema(self, name: str) -> pyarrow.Schema:
        """The columns of its rows."""

    def among(self, name: str, columns: Sequence[str], keys: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
        """The rows whose `columns` are among `keys`, distinct tuples in the types of the table's schema."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a set of tables may hold in all."""

    rows: int
    bytes: int | None = None


@dataclass(slots=True)
class Outcome:
    """What a closure took: rows of each table, the root first, and rows that each link brought, by its name."""

    rows: dict[str, int]
    bytes: int = 0
    added: dict[str, int] = field(default_factory=dict)
    waves: int = 0


def cut_columns(link: Link, table: SourceTable, links: Iterable[Link]) -> tuple[str, ...]:
    """The columns of `table` that become null when `link` is cut, or none where it cannot be.

    Never those of the table's key, nor any that other rows refer to; and where it can be helped, none that another
    link of the table uses.
    """
    others = [other for other in links if other.name != link.name]
    held = {*table.key}.union(*(other.parent_columns for other in others if other.parent == table.name))
    held |= {*link.parent_columns} if link.parent == table.name else set()
    free = [column.name for column in table.columns if column.nullable and column.name in link.columns]
    free = [name for name in free if name not in held]
    used = set[str]().union(*(other.columns for other in others if other.child == table.name))
    return tuple(name for name in free if name not in used) or tuple(free)


class Closure:
    """One closure.

    Parameters
    ----------
    links:
        All that are known; those that are not reached from `root` count for nothing.
    children:
        Names of links that are followed down.
    cut:
        Names of links whose columns become null instead.
    keep:
        Takes the rows, each once, as they come.

    Raises
    ------
    UsageError
        `children` or `cut` name a link that is not there or not reached, or one in both.
    SampleRefused
        A link cannot be cut, or cannot be followed down.
    """

    def __init__(
        self,
        tables: Tables,
        root: str,
        links: Sequence[Link],
        *,
        children: Collection[str] = (),
        cut: Collection[str] = (),
        keep: Callable[[str, pyarrow.RecordBatch], None],
        budget: Budget,
    ) -> None:
        self._tables = tables
        self._root = root
        self._keep = keep
        self._budget = budget
        self.links = reached(root, links, children, cut)
        self._down = {link.name for link in self.links} & set(children)
        self._cuts = self._cut_columns(set(cut))
        self._up = [link for link in self.links if link.name not in cut]
        self._known: dict[Place, KeySet] = {}
        self._asked: dict[str, KeySet] = {}
        self._schemas: dict[Place, pyarrow.Schema] = {}
        for link in self.links:
            self._index((link.parent, link.parent_columns))
            self._asked[link.name] = key_set(self._schemas[link.parent, link.parent_columns])
        for table in {root, *(link.child for link in self.links if link.name in self._down)}:
            self._identify(table)
        self._gathering: dict[tuple[str, bool], list[pyarrow.RecordBatch]] = {}
        self._outcome = Outcome({root: 0})

    def run(self, rows: Iterable[pyarrow.RecordBatch]) -> Outcome:
        """Take the root's `rows` and all that they need.

        Raises
        ------
        SampleRefused
            It would be more than the budget.
        """
        for batch in rows:
            self._take(self._root, batch, down=True)
        while self._go_down() or self._go_up():
            self._outcome.waves += 1
        return self._outcome

    def _go_down(self) -> bool:
        """A wave of children; whether there was one."""
        went = False
        for link in self.links:
            keys = self._gathered(link, down=True)
            if keys is None:
                continue
            went = True
            keys = self._asked[link.name].without(keys)
            self._asked[link.name].add(keys)
            theirs = self._schema(link.child, link.columns)
            fitting = tuples(keys, link.parent_columns, theirs)
            if fitting.num_rows:
                for batch in self._tables.among(link.child, link.columns, fitting):
                    self._take(link.child, self._fresh(link.child, batch), down=True, link=link)
        return went

    def _go_up(self) -> bool:
        """A wave of parents; whether there was one."""
        went = False
        for place in dict.fromkeys((link.parent, link.parent_columns) for link in self._up):
            known = self._known[place]
            wanted: list[pyarrow.RecordBatch] = []
            for link in self._up:
                keys = self._gathered(link, down=False) if (link.parent, link.parent_columns) == place else None
                if keys is None:
                    continue
                # Those that are asked for are known from here on: one that is not there is not asked for again.
                keys = known.without(keys)
                known.add(keys)
                wanted.append(keys)
                self._note(link, keys.num_rows)
                self._check(sum(self._outcome.rows.values()) + sum(batch.num_rows for batch in wanted))
            keys = _joined(wanted)
            if keys is not None and keys.num_rows:
                went = True
                for batch in self._tables.among(*place, distinct(keys)):
                    self._take(place[0], batch, down=False)
        return went

    def _take(self, table: str, batch: pyarrow.RecordBatch, *, down: bool, link: Link | None = None) -> None:
        """Keep rows that nobody has taken yet, and note what they refer to."""
        if not batch.num_rows:
            return
        batch = _with_nulls(batch, self._cuts.get(table, ()))
        rows = self._outcome.rows
        rows[table] = rows.get(table, 0) + batch.num_rows
        self._outcome.bytes += batch.nbytes
        if link is not None:
            self._note(link, batch.num_rows)
        self._check(sum(rows.values()))
        for place, known in self._known.items():
            if place[0] == table:
                known.add(tuples(batch, place[1], self._schemas[place]))
        for other in self._up:
            if other.child == table:
                self._gather(other, tuples(batch, other.columns, self._target(other)), down=False)
        if down:
            for other in self.links:
                if other.parent == table and other.name in self._down:
                    self._gather(other, tuples(batch, other.parent_columns, self._target(other)), down=True)
        self._keep(table, batch)

    def _fresh(self, table: str, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        """The rows of `batch` that were not taken before."""
        import pyarrow as pa

        place = (table, self._tables.table(table).key)
        if not place[1]:
            return batch
        keys = tuples(batch, place[1], self._schemas[place])
        return batch.filter(pa.array(~self._known[place].has(keys)))

    def _gather(self, link: Link, keys: pyarrow.RecordBatch, *, down: bool) -> None:
        gathered = self._gathering.setdefault((link.name, down), [])
        gathered.append(keys)
        # Compared when the new ones are as many as those before, so that each key is compared a few times at most.
        if sum(batch.num_rows for batch in gathered[1:]) > max(_PENDING, gathered[0].num_rows):
            whole = _joined(gathered)
            assert whole is not None
            known = self._known[link.parent, link.parent_columns]
            gathered[:] = [distinct(whole) if down else known.without(whole)]

    def _gathered(self, link: Link, *, down: bool) -> pyarrow.RecordBatch | None:
        return _joined(self._gathering.pop((link.name, down), []))

    def _note(self, link: Link, rows: int) -> None:
        added = self._outcome.added
        added[link.name] = added.get(link.name, 0) + rows

    def _check(self, rows: int) -> None:
        over_bytes = self._budget.bytes is not None and self._outcome.bytes > self._budget.bytes
        if rows <= self._budget.rows and not over_bytes:
            return
        limit = f"{self._budget.bytes:,} bytes" if over_bytes else f"{self._budget.rows:,} rows"
        added = self._outcome.added
        if not added:
            raise SampleRefused(
                f"The rows of {self._root} alone are more than the {limit} that a sample may have.",
                hint="Ask for fewer rows.",
                details={"table": self._root},
            )
        name = max(sorted(added), key=lambda one: added[one])
        link = next(link for link in self.links if link.name == name)
        raise SampleRefused(
            f"The rows that belong to the sample are more than the {limit} that it may have: "
            f"the link {name} brings {added[name]:,} of them.",
            hint=self._way_out(link),
            details={"link": name, "rows": added[name], "can_cut": self._can_cut(link)},
        )

    def _way_out(self, link: Link) -> str:
        if link.name in self._down:
            return "Leave out this link to children, or ask for fewer rows."
        if self._can_cut(link):
            return f"Cut it, so that {', '.join(link.columns)} become null, or ask for fewer rows."
        return "Ask for fewer rows, or cut a link that leads there."

    def _can_cut(self, link: Link) -> bool:
        return link.name not in self._down and bool(cut_columns(link, self._tables.table(link.child), self.links))

    def _cut_columns(self, cut: set[str]) -> dict[str, tuple[str, ...]]:
        followed = [link for link in self.links if link.name not in cut]
        found: dict[str, tuple[str, ...]] = {}
        for link in self.links:
            if link.name not in cut:
                continue
            columns = cut_columns(link, self._tables.table(link.child), followed)
            if not columns:
                raise SampleRefused(
                    f"The link {link.name} cannot be cut: its columns cannot be null, or other rows refer to them.",
                    hint="Follow it.",
                    details={"link": link.name},
                )
            found[link.child] = (*found.get(link.child, ()), *columns)
        return found

    def _index(self, place: Place) -> None:
        if place not in self._known:
            self._schemas[place] = self._schema(*place)
            self._known[place] = key_set(self._schemas[place])

    def _identify(self, table: str) -> None:
        """See that rows of `table`, which come down on several ways, are told apart."""
        key = self._tables.table(table).key
        ways = sum(link.child == table and link.name in self._down for link in self.links) + (table == self._root)
        if key:
            self._index((table, key))
        elif ways > 1:
            raise SampleRefused(
                f"{table} has no key, so rows of it that come by several links cannot be told apart.",
                hint="Follow only one link down to it.",
                details={"table": table},
            )

    def _target(self, link: Link) -> pyarrow.Schema:
        return self._schemas[link.parent, link.parent_columns]

    def _schema(self, table: str, columns: Sequence[str]) -> pyarrow.Schema:
        import pyarrow as pa

        schema = self._tables.schema(table)
        return pa.schema([schema.field(column).remove_metadata() for column in columns])


def reached(root: str, links: Sequence[Link], children: Collection[str], cut: Collection[str]) -> list[Link]:
    """The links of the tables that are reached from `root`, by name; those that are cut are among them.

    Raises `UsageError` as `Closure` does.
    """
    named = {link.name: link for link in links}
    for name in [*children, *cut]:
        if name not in named:
            raise UsageError(
                f"There is no link {name}.",
                hint="List those of a table with: headwater tables SOURCE TABLE --links",
                details={"link": name},
            )
    if both := sorted(set(children) & set(cut)):
        raise UsageError(
            f"The link {both[0]} is both cut and followed to children.",
            hint="Do one of the two.",
            details={"link": both[0]},
        )
    below = _spread({root}, [(named[name].parent, named[name].child) for name in sorted(children)])
    for name in children:
        if named[name].parent not in below:
            raise UsageError(
                f"The link {name} leads down from {named[name].parent}, which {root} does not lead down to.",
                hint="Follow the links between them down too, or leave this one out.",
                details={"link": name},
            )
    tables = _spread(below, [(link.child, link.parent) for link in links if link.name not in cut])
    return sorted((link for link in named.values() if link.child in tables), key=lambda link: link.name)


def orphans(link: Link, children: Iterable[pyarrow.RecordBatch], parents: Iterable[pyarrow.RecordBatch]) -> int:
    """How many of the rows `children` refer to a row that is not among `parents`."""
    import pyarrow as pa

    known: KeySet | None = None
    schema = pa.schema([])
    for batch in parents:
        if known is None:
            schema = pa.schema([batch.schema.field(name).remove_metadata() for name in link.parent_columns])
            known = key_set(schema)
        known.add(tuples(batch, link.parent_columns, schema))
    lost = 0
    for batch in children:
        if known is None:
            theirs = pa.schema([batch.schema.field(name).remove_metadata() for name in link.columns])
            lost += tuples(batch, link.columns, theirs).num_rows
        else:
            keys = tuples(batch, link.columns, schema)
            lost += keys.num_rows - int(known.has(keys).sum())
    return lost


def _spread(start: Collection[str], steps: Iterable[tuple[str, str]]) -> set[str]:
    """Every table that `steps` lead to from `start`."""
    onward: dict[str, list[str]] = defaultdict(list)
    for one, other in steps:
        onward[one].append(other)
    found, waiting = set(start), list(start)
    while waiting:
        for other in onward[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _joined(batches: Sequence[pyarrow.RecordBatch]) -> pyarrow.RecordBatch | None:
    import pyarrow as pa

    if len(batches) < 2:
        return batches[0] if batches else None
    schema = batches[0].schema
    return pa.record_batch(
        [pa.concat_arrays([batch.column(place) for batch in batches]) for place in range(len(schema))], schema=schema
    )


def _with_nulls(batch: pyarrow.RecordBatch, columns: Collection[str]) -> pyarrow.RecordBatch:
    import pyarrow as pa

    if not columns:
        return batch
    return pa.record_batch(
        [
            pa.nulls(batch.num_rows, field.type) if field.name in columns else batch.column(place)
            for place, field in enumerate(batch.schema)
        ],
        schema=batch.schema,
    )
