"""Rows that a sample needs: on a model of a database, with schemas and rows made at random."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.errors import SampleRefused, UsageError
from headwater.sample_models import Link, SourceColumn, SourceTable
from headwater.sampling.closure import Budget, Closure, Outcome, cut_columns, orphans, reached
from headwater.sampling.keysets import distinct, key_set, tuples

Row = dict[str, Any]


@pytest.fixture(autouse=True, scope="module")
def few() -> Iterator[None]:
    """Compare what was gathered often, as large tables do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("headwater.sampling.closure._PENDING", 3)
        yield


class Model:
    """Tables in memory, which answer as a source does; `asked` are the questions."""

    def __init__(self, tables: Mapping[str, tuple[pa.Schema, tuple[str, ...], list[Row]]], nullable: set[str]) -> None:
        self._tables = tables
        self._nullable = nullable
        self.asked: list[tuple[str, tuple[str, ...], int]] = []
        self.kept: dict[str, list[Row]] = defaultdict(list)

    def table(self, name: str) -> SourceTable:
        schema, key, _ = self._tables[name]
        columns = tuple(
            SourceColumn(field.name, str(field.type), f"{name}.{field.name}" in self._nullable) for field in schema
        )
        return SourceTable("model", name, None, None, columns, key)

    def schema(self, name: str) -> pa.Schema:
        return self._tables[name][0]

    def batches(self, name: str, rows: Sequence[Row]) -> Iterator[pa.RecordBatch]:
        for start in range(0, len(rows), 2):
            yield pa.RecordBatch.from_pylist(rows[start : start + 2], self.schema(name))

    def among(self, name: str, columns: Sequence[str], keys: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        wanted = list(zip(*(column.to_pylist() for column in keys.columns), strict=True))
        assert len(wanted) == len(set(wanted)), "a key is asked for twice in one question"
        assert not any(part is None for key in wanted for part in key)
        self.asked.append((name, tuple(columns), len(wanted)))
        found = set(wanted)
        yield from self.batches(name, [row for row in self.rows(name) if tuple(row[c] for c in columns) in found])

    def rows(self, name: str) -> list[Row]:
        return self._tables[name][2]

    def keep(self, name: str, batch: pa.RecordBatch) -> None:
        self.kept[name] += batch.to_pylist()

    def closed(
        self, root: str, rows: Sequence[Row], links: Sequence[Link], rows_at_most: int = 10**6, **more: Any
    ) -> Outcome:
        closure = Closure(self, root, links, keep=self.keep, budget=Budget(rows_at_most), **more)
        outcome = closure.run(self.batches(root, rows))
        assert {name: len(rows) for name, rows in self.kept.items() if rows} == {
            name: rows for name, rows in outcome.rows.items() if rows
        }
        return outcome

    def lost(self, links: Sequence[Link]) -> int:
        return sum(
            orphans(
                link, self.batches(link.child, self.kept[link.child]), self.batches(link.parent, self.kept[link.parent])
            )
            for link in links
        )


@st.composite
def databases(draw: st.DrawFn) -> tuple[Model, list[Link], str, list[Row], set[str], set[str]]:
    """A small database whose keys hold, some rows of its root, links followed down and links cut."""
    names = [f"s.t{n}" for n in range(draw(st.integers(1, 5)))]
    kinds = {name: draw(st.sampled_from(["int", "text", "pair"])) for name in names}
    counts = {name: draw(st.integers(0, 6)) for name in names}
    keys: dict[str, tuple[str, ...]] = {name: ("a", "b") if kind == "pair" else ("a",) for name, kind in kinds.items()}
    fields = {
        name: [pa.field("a", pa.string() if kind == "text" else pa.int64())]
        + [pa.field("b", pa.int32())] * (kind == "pair")
        for name, kind in kinds.items()
    }
    rows: dict[str, list[Row]] = {
        name: [
            {"a": f"k{n}" if kinds[name] == "text" else n // 2 if kinds[name] == "pair" else n}
            | ({"b": n % 2} if kinds[name] == "pair" else {})
            for n in range(counts[name])
        ]
        for name in names
    }
    links, nullable = [], set[str]()
    for number in range(draw(st.integers(0, 8))):
        child, parent = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        columns = tuple(f"f{number}{part}" for part in keys[parent])
        may_be_null = draw(st.booleans()) or not rows[parent]
        for column, part in zip(columns, fields[parent], strict=False):
            # A narrower whole number may refer to a wider one.
            kind = pa.int32() if part.type == pa.int64() and draw(st.booleans()) else part.type
            fields[child].append(pa.field(column, kind))
            if may_be_null:
                nullable.add(f"{child}.{column}")
        for row in rows[child]:
            target = draw(st.sampled_from(rows[parent])) if rows[parent] else None
            for column, part in zip(columns, keys[parent], strict=True):
                missing = target is None or (may_be_null and draw(st.booleans()))
                row[column] = None if missing or target is None else target[part]
        links.append(Link(child, columns, parent, keys[parent], may_be_null))
    root = draw(st.sampled_from(names))
    chosen = [row for row in rows[root] if draw(st.booleans())]
    children, below = set[str](), {root}
    for link in links:
        if link.parent in below and draw(st.booleans()):
            children.add(link.name)
            below.add(link.child)
    cut = {link.name for link in links if link.nullable and link.name not in children and draw(st.booleans())}
    tables = {name: (pa.schema(fields[name]), keys[name], rows[name]) for name in names}
    return Model(tables, nullable), links, root, chosen, children, cut


def expected(
    model: Model, links: Sequence[Link], root: str, chosen: list[Row], children: set[str], cut: set[str]
) -> dict[str, list[Row]]:
    """The same by the plainest of ways: row by row, until nothing changes."""

    def seen(table: str, row: Row) -> Row:
        gone = {c for link in links if link.name in cut and link.child == table for c in link.columns}
        return {name: None if name in gone else value for name, value in row.items()}

    def refers(link: Link, child: Row, parent: Row) -> bool:
        mine = [seen(link.child, child)[c] for c in link.columns]
        return None not in mine and mine == [parent[c] for c in link.parent_columns]

    taken: dict[str, list[Row]] = defaultdict(list)
    taken[root] = list(chosen)
    for down in (True, False):
        changed = True
        while changed:
            changed = False
            for link in links:
                if link.name in cut or (down and link.name not in children):
                    continue
                mine, theirs = (link.child, link.parent) if down else (link.parent, link.child)
                for row in model.rows(mine):
                    met = any(refers(link, *((row, o) if down else (o, row))) for o in taken[theirs])
                    if met and not any(row is other for other in taken[mine]):
                        taken[mine].append(row)
                        changed = True
    return {name: [seen(name, row) for row in rows] for name, rows in taken.items() if rows}


def _sorted(rows: dict[str, list[Row]]) -> dict[str, list[str]]:
    return {name: sorted(map(repr, found)) for name, found in rows.items() if found}


@settings(max_examples=300, deadline=None)
@given(databases())
def test_exactly_the_rows_that_are_needed_and_no_orphan(drawn: Any) -> None:
    model, links, root, chosen, children, cut = drawn
    cuttable = {
        link.name
        for link in links
        if link.name in cut and cut_columns(link, model.table(link.child), [o for o in links if o.name not in cut])
    }
    model.closed(root, chosen, links, children=children, cut=cuttable)
    assert _sorted(model.kept) == _sorted(expected(model, links, root, chosen, children, cuttable))
    assert model.lost([link for link in links if link.name not in cuttable]) == 0
    first, model.kept = _sorted(model.kept), defaultdict(list)
    model.closed(root, chosen[::-1], links[::-1], children=children, cut=cuttable)
    assert _sorted(model.kept) == first


def _chain(length: int) -> tuple[Model, Link]:
    """People of whom each was brought by the one before."""
    schema = pa.schema([("id", pa.int64()), ("by", pa.int64())])
    rows = [{"id": n, "by": n - 1 if n else None} for n in range(length)]
    return Model({"s.p": (schema, ("id",), rows)}, {"s.p.by"}), Link("s.p", ("by",), "s.p", ("id",), True)


def test_a_table_that_refers_to_itself_is_followed_to_its_end() -> None:
    model, link = _chain(50)
    outcome = model.closed("s.p", model.rows("s.p")[-1:], [link])
    assert (outcome.rows, outcome.added, outcome.waves) == ({"s.p": 50}, {link.name: 49}, 49)
    assert model.lost([link]) == 0


def test_more_than_the_budget_names_the_link_and_offers_to_cut_it() -> None:
    model, link = _chain(50)
    with pytest.raises(SampleRefused) as raised:
        model.closed("s.p", model.rows("s.p")[-1:], [link], rows_at_most=10)
    assert raised.value.details == {"link": link.name, "rows": 10, "can_cut": True}
    assert "Cut it" in (raised.value.hint or "")
    cut, _ = _chain(50)
    assert cut.closed("s.p", cut.rows("s.p")[-1:], [link], rows_at_most=10, cut=[link.name]).rows == {"s.p": 1}
    assert cut.kept["s.p"] == [{"id": 49, "by": None}]


def test_a_key_that_finds_nothing_is_an_orphan_and_asked_for_once() -> None:
    schema = pa.schema([("id", pa.int64()), ("up", pa.int64())])
    rows = [{"id": 1, "up": 9}, {"id": 2, "up": 9}, {"id": 3, "up": 1}]
    model = Model({"s.a": (schema, ("id",), rows)}, set())
    link = Link("s.a", ("up",), "s.a", ("id",), declared=False)
    model.closed("s.a", rows[1:], [link])
    assert len(model.kept["s.a"]) == 3
    assert model.lost([link]) == 2
    assert [asked for _, _, asked in model.asked] == [2]


def test_a_shared_column_is_not_cut_away_from_another_link() -> None:
    columns = tuple(SourceColumn(name, "int", True) for name in ("tenant", "boss", "id"))
    table = SourceTable("m", "s.c", None, None, columns, ("id",))
    cut = Link("s.c", ("tenant", "boss"), "s.p", ("tenant", "id"), True)
    other = Link("s.c", ("tenant",), "s.t", ("id",), True)
    assert cut_columns(cut, table, [cut, other]) == ("boss",)
    assert cut_columns(Link("s.c", ("id",), "s.p", ("id",), True), table, []) == ()
    refers = Link("s.d", ("b",), "s.c", ("boss",))
    assert cut_columns(Link("s.c", ("boss",), "s.p", ("id",), True), table, [refers]) == ()


def test_what_cannot_be_done_is_said() -> None:
    model, link = _chain(3)
    with pytest.raises(UsageError, match="no link s.p"):
        model.closed("s.p", [], [link], cut=["s.p(no) -> s.p(id)"])
    with pytest.raises(UsageError, match="both cut and followed"):
        model.closed("s.p", [], [link], cut=[link.name], children=[link.name])
    with pytest.raises(UsageError, match="does not lead down to"):
        reached("s.p", [link, far := Link("s.z", ("a",), "s.y", ("b",))], [far.name], [])
    fixed = Model({"s.p": (model.schema("s.p"), ("id",), [])}, set())
    with pytest.raises(SampleRefused, match="cannot be cut"):
        fixed.closed("s.p", [], [link], cut=[link.name])


def test_rows_without_a_key_are_not_told_apart() -> None:
    people, link = _chain(3)
    schema = pa.schema([("one", pa.int64()), ("two", pa.int64())])
    rows: list[Row] = [{"one": 1, "two": 1}, {"one": 2, "two": None}]
    model = Model({"s.p": (people.schema("s.p"), ("id",), people.rows("s.p")), "s.n": (schema, (), rows)}, set())
    one, two = (Link("s.n", (name,), "s.p", ("id",)) for name in ("one", "two"))
    with pytest.raises(SampleRefused, match="has no key"):
        model.closed("s.p", [], [link, one, two], children=[one.name, two.name])
    model.closed("s.p", people.rows("s.p")[1:2], [link, one, two], children=[one.name])
    assert model.kept["s.n"] == rows[:1]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([pa.int64(), pa.int16(), pa.string(), pa.date32(), pa.decimal128(9, 2), pa.binary()]),
    st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=8),
    st.booleans(),
)
def test_a_set_of_keys_is_a_set(kind: pa.DataType, added: list[list[int]], pair: bool) -> None:
    def made(numbers: list[int]) -> pa.RecordBatch:
        values = [
            str(n).encode() if pa.types.is_binary(kind) else str(n) if pa.types.is_string(kind) else n for n in numbers
        ]
        column = pa.array(values, pa.int32()).cast(kind) if pa.types.is_date(kind) else pa.array(values, kind)
        return pa.record_batch(
            [column, pa.array([n % 3 for n in numbers], pa.int8())][: 1 + pair], names=["a", "b"][: 1 + pair]
        )

    known, found = set[int](), key_set(made([]).schema)
    for numbers in added:
        fresh = found.without(made(numbers))
        assert sorted(map(repr, fresh.to_pylist())) == sorted(map(repr, made(sorted(set(numbers) - known)).to_pylist()))
        found.add(made(numbers))
        known |= set(numbers)
        assert len(found) == len(known)
    assert found.has(made(list(range(50)))).tolist() == [n in known for n in range(50)]


def test_keys_fit_the_type_of_the_other_side() -> None:
    wide = pa.record_batch([pa.array([1, 2**40, None, -1], pa.int64())], names=["a"])
    assert tuples(wide, ["a"], pa.schema([("id", pa.int32())]))["id"].to_pylist() == [1, -1]
    assert tuples(wide, ["a"], pa.schema([("id", pa.uint64())]))["id"].to_pylist() == [1, 2**40]
    with pytest.raises(SampleRefused, match="cannot refer"):
        tuples(pa.record_batch([pa.array(["x"])], names=["a"]), ["a"], pa.schema([("id", pa.int32())]))


def test_no_two_keys_of_several_texts_are_one() -> None:
    keys = pa.record_batch([pa.array(["a:1", "a", "ä"]), pa.array(["b", "1:b", ""])], names=["x", "y"])
    assert distinct(keys).num_rows == 3
