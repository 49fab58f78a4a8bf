"""A bound filter as SQL: columns quoted, values bound. Each engine has a subclass for what it writes differently."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, timedelta
from functools import partial

from headwater.predicate import bound
from headwater.predicate.patterns import balanced
from headwater.predicate.types import DAY, ColumnType

ESCAPE = "\\"
"""The escape character of every LIKE that is written."""

_EPOCH = date(1970, 1, 1)
_FIRST = (date.min - _EPOCH).days
_LAST = (date.max - _EPOCH).days


class SqlCompiler(ABC):
    """Writes one filter down; what is to be bound is collected on the way.

    A comparison may be false where it should be unknown: `bound.negated` leaves NOT before `IsNull`, `Among` and
    `Matches` alone, and elsewhere the two keep the same rows.
    """

    def node(self, node: bound.Node) -> str:
        """`node` as a condition for WHERE."""
        match node:
            case bound.Constant(truth):
                return {True: "TRUE", False: "FALSE", None: "CAST(NULL AS BOOLEAN)"}[truth]
            case bound.Known(column, truth):
                return f"CASE WHEN {self.side(column)} IS NOT NULL THEN {'TRUE' if truth else 'FALSE'} END"
            case bound.IsNull(column):
                return f"({self.side(column)} IS NULL)"
            case bound.Compare():
                return self.compare(node)
            case bound.CompareColumns():
                return self._compare_columns(node)
            case bound.Among(column, values):
                return self.among(column, values)
            case bound.Matches():
                return self.matches(node)
            case bound.Not(term):
                return f"(NOT {self.node(term)})"
            case bound.And(terms):
                return balanced(partial(_joined, "AND"), [self.node(term) for term in terms])
            case bound.Or(terms):
                return balanced(partial(_joined, "OR"), [self.node(term) for term in terms])

    @abstractmethod
    def bind(self, value: object) -> str:
        """A marker to which `value` is bound."""

    @abstractmethod
    def side(self, column: bound.Column) -> str:
        """The column's value, null where it is null for who reads it."""

    @abstractmethod
    def literal(self, column: bound.Column, value: bound.Scalar) -> str:
        """A value of the type of `column`, to be compared with its `side`."""

    @abstractmethod
    def brought(self, column: bound.Column, common: ColumnType) -> str:
        """The column's value in the type `common`."""

    @abstractmethod
    def is_nan(self, side: str) -> str:
        """Whether `side`, a float, is NaN."""

    def compare(self, node: bound.Compare) -> str:
        """A column against a literal."""
        side = self.side(node.column)
        return self.with_nan(node, f"({side} {node.operator} {self.literal(node.column, node.value)})")

    def with_nan(self, node: bound.Compare, truth: str) -> str:
        """`truth`, which an engine has for `node`, with the answer for NaN that the filter language has."""
        if node.column.type.family != "float":
            return truth
        nan = self.is_nan(self.side(node.column))
        return f"({truth} OR {nan})" if node.nan else f"({truth} AND NOT {nan})"

    def among(self, column: bound.Column, values: tuple[bound.Scalar, ...]) -> str:
        """Whether the column equals one of `values`."""
        return f"({self.side(column)} IN ({', '.join(self.literal(column, value) for value in values)}))"

    def matches(self, node: bound.Matches) -> str:
        """Whether a text fits a pattern."""
        return f"({self.side(node.column)} LIKE {self.bind(like(node))} ESCAPE {self.bind(ESCAPE)})"

    def _compare_columns(self, node: bound.CompareColumns) -> str:
        left, right = (self.brought(side, node.common) for side in (node.left, node.right))
        truth = f"({left} {node.operator} {right})"
        if node.common.family != "float":
            return truth
        if node.nan:
            truth = f"({truth} OR {self.is_nan(left)} OR {self.is_nan(right)})"
        else:
            truth = f"({truth} AND NOT {self.is_nan(left)} AND NOT {self.is_nan(right)})"
        # Without this a NULL beside a NaN would be false or true, not unknown.
        return f"CASE WHEN {left} IS NOT NULL AND {right} IS NOT NULL THEN {truth} END"


def like(node: bound.Matches, escape: str = ESCAPE) -> str:
    """The pattern for LIKE with an escape character."""
    marks = {"any": "%", "one": "_"}
    return "".join(marks[kind] if text is None else _escaped(text, escape) for kind, text in node.pattern)


def written(kind: ColumnType, ticks: int, bc: str = "{day} {rest} BC") -> str:
    """The text of a date, time or timestamp that SQL engines read back without loss.

    An offset can bring a literal a day out of the years 1 to 9999; `bc` is how the engine writes the year before 1.
    """
    days, rest = divmod(ticks * kind.tick, DAY)
    seconds, nanoseconds = divmod(rest, 1_000_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{nanoseconds:09}"
    if kind.unit != "ns":
        clock = clock[:-3]
    if kind.family == "time":
        return clock
    moment = "" if kind.family == "date" else f"{clock}{'+00' if kind.zoned else ''}"
    if days < _FIRST:
        return bc.format(day="0001-12-31", rest=moment)
    day = "10000-01-01" if days > _LAST else (_EPOCH + timedelta(days=days)).isoformat()
    return f"{day} {moment}".rstrip()


def _escaped(text: str, escape: str) -> str:
    return "".join(escape + character if character in ("%", "_", escape) else character for character in text)


def _joined(word: str, left: str, right: str) -> str:
    return f"({left} {word} {right})"
