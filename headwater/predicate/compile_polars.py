"""A bound filter as a polars expression."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from headwater.predicate import bound
from headwater.predicate.patterns import balanced, regex
from headwater.predicate.types import NANOSECONDS, ColumnType

if TYPE_CHECKING:
    import polars

_OPERATIONS: dict[str, Callable[[polars.Expr, polars.Expr], polars.Expr]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def expression(node: bound.Node) -> polars.Expr:
    """`node` as an expression over columns."""
    import polars as pl

    match node:
        case bound.Constant(truth):
            return pl.lit(truth, dtype=pl.Boolean)
        case bound.Known(column, truth):
            absent, unknown = pl.col(column.name).is_null(), pl.lit(None, dtype=pl.Boolean)
            return ~absent | unknown if truth else absent & unknown
        case bound.IsNull(column):
            return pl.col(column.name).is_null()
        case bound.Compare():
            return _compare(node)
        case bound.CompareColumns():
            return _compare_columns(node)
        case bound.Among(column, values):
            return _plain(column).is_in(_literals(column.type, values).implode())
        case bound.Matches(column, _):
            return _plain(column).str.contains(regex(node))
        case bound.Not(term):
            return ~expression(term)
        case bound.And(terms):
            return balanced(operator.and_, [expression(term) for term in terms])
        case bound.Or(terms):
            return balanced(operator.or_, [expression(term) for term in terms])


def _compare(node: bound.Compare) -> polars.Expr:
    import polars as pl

    column = _plain(node.column)
    literal = pl.lit(_literals(node.column.type, (node.value,))).first()
    truth = _OPERATIONS[node.operator](column, literal)
    if node.column.type.family != "float":
        return truth
    # polars puts NaN above every number.
    return truth | column.is_nan() if node.nan else truth & column.is_not_nan()


def _compare_columns(node: bound.CompareColumns) -> polars.Expr:
    import polars as pl

    kind = _literal_type(node.common)
    left, right = (
        pl.col(side.name) if _shares(side.type, node.common) else pl.col(side.name).cast(kind)
        for side in (node.left, node.right)
    )
    truth = _OPERATIONS[node.operator](left, right)
    if node.common.family != "float":
        return truth
    numbers = left.is_not_nan() & right.is_not_nan()
    truth = truth | ~numbers if node.nan else truth & numbers
    # Without this a NULL beside a NaN would be false or true, not unknown.
    return pl.when(left.is_not_null() & right.is_not_null()).then(truth)


def _shares(kind: ColumnType, common: ColumnType) -> bool:
    return kind.family == common.family and kind.unit == common.unit and kind.zone == common.zone and (
        common.family in ("timestamp", "time", "boolean") or (common.family == "text" and not kind.encoded)
    )  # fmt: skip


def _plain(column: bound.Column) -> polars.Expr:
    import polars as pl

    expression = pl.col(column.name)
    return expression.cast(_literal_type(column.type)) if column.type.encoded else expression


def _literals(kind: ColumnType, values: tuple[bound.Scalar, ...]) -> polars.Series:
    import polars as pl

    target = _literal_type(kind)
    if kind.family == "time" or (kind.family == "timestamp" and kind.unit == "s"):
        # polars has neither seconds nor any unit but nanoseconds for a time of day.
        factor = kind.tick if kind.family == "time" else kind.tick // NANOSECONDS["ms"]
        return pl.Series([int(value) * factor for value in values], dtype=pl.Int64).cast(target)
    if kind.family in ("timestamp", "date"):
        return pl.Series(values, dtype=pl.Int64).cast(target)
    return pl.Series(values, dtype=target)


def _literal_type(kind: ColumnType) -> Any:
    """The polars type in which a literal for a column of type `kind` is written."""
    import polars as pl

    if kind.family == "integer":
        return pl.Int64 if kind.signed else pl.UInt64
    if kind.family == "decimal":
        return pl.Decimal(kind.precision, kind.scale)
    if kind.family == "timestamp":
        return pl.Datetime("ms" if kind.unit == "s" else kind.unit or "us", kind.zone)
    if kind.family == "date":
        return pl.Date if kind.unit is None else pl.Datetime("ms")
    return {"float": pl.Float64, "time": pl.Time, "boolean": pl.Boolean}.get(kind.family, pl.String)
