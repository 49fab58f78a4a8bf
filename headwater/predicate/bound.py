"""A filter after binding: every column is known, every literal has its column's own type, every rule is
decided.

A node's truth is true, false or unknown (SQL's three-valued logic); a row is kept where the whole is true.
What each node means for NULL and NaN is said here once, and the compilers keep to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from headwater.predicate.syntax import Operator
from headwater.predicate.types import ColumnType

Scalar = int | float | Decimal | str | bool
"""A literal as a column stores it: ticks of the column's unit for dates, times and timestamps."""

Wildcard = Literal["any", "one"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Constant:
    """The same truth for every row; None is unknown."""

    truth: bool | None

    def columns(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """`truth` where the column has a value, unknown for NULL: what is left of ``small_int < 1000``."""

    column: Column
    truth: bool

    def columns(self) -> frozenset[str]:
        return frozenset({self.column.name})


@dataclass(frozen=True, slots=True)
class IsNull:
    """True for NULL, false otherwise; NaN is a value."""

    column: Column

    def columns(self) -> frozenset[str]:
        return frozenset({self.column.name})


@dataclass(frozen=True, slots=True)
class Compare:
    """A column against a literal of its own type. Unknown for NULL; for NaN it is what `nan` says."""

    column: Column
    operator: Operator
    value: Scalar
    nan: bool = False

    def columns(self) -> frozenset[str]:
        return frozenset({self.column.name})


@dataclass(frozen=True, slots=True)
class CompareColumns:
    """Two columns, brought to the type `common` first. Unknown if one is NULL, `nan` if one is NaN."""

    left: Column
    operator: Operator
    right: Column
    common: ColumnType
    nan: bool = False

    def columns(self) -> frozenset[str]:
        return frozenset({self.left.name, self.right.name})


@dataclass(frozen=True, slots=True)
class Among:
    """The column, not a float, equals one of `values` (never empty, of its own type). Unknown for NULL."""

    column: Column
    values: tuple[Scalar, ...]

    def columns(self) -> frozenset[str]:
        return frozenset({self.column.name})


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole text fits `pattern`: literal text, ``any`` (zero or more characters) and ``one`` character.

    Case matters, a character is a Unicode code point, and a line break is a character like any other.
    """

    column: Column
    pattern: tuple[tuple[Literal["text"], str] | tuple[Wildcard, None], ...]

    def columns(self) -> frozenset[str]:
        return frozenset({self.column.name})


@dataclass(frozen=True, slots=True)
class Not:
    """Negation stands before these only: `negated` moves it inwards everywhere else."""

    term: IsNull | Among | Matches

    def columns(self) -> frozenset[str]:
        return self.term.columns()


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Node, ...]

    def columns(self) -> frozenset[str]:
        return frozenset().union(*(term.columns() for term in self.terms))


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Node, ...]

    def columns(self) -> frozenset[str]:
        return frozenset().union(*(term.columns() for term in self.terms))


Node = Constant | Known | IsNull | Compare | CompareColumns | Among | Matches | Not | And | Or

_OPPOSITES: dict[Operator, Operator] = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def negated(node: Node) -> Node:
    """NOT `node`, moved inwards.

    Engines skip row groups whose minimum and maximum contradict a filter, and those leave NaN out: told ``NOT
    x > 0``, pyarrow and DuckDB drop groups that hold NaN. So a float comparison carries its answer for NaN
    along.
    """
    match node:
        case Constant(truth):
            return Constant(None if truth is None else not truth)
        case Known(column, truth):
            return Known(column, not truth)
        case Compare(column, operator, value, nan):
            return Compare(column, _OPPOSITES[operator], value, not nan)
        case CompareColumns(left, operator, right, common, nan):
            return CompareColumns(left, _OPPOSITES[operator], right, common, not nan)
        case Not(term):
            return term
        case And(terms):
            return Or(tuple(negated(term) for term in terms))
        case Or(terms):
            return And(tuple(negated(term) for term in terms))
        case _:
            return Not(node)
