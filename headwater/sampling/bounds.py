"""A window over one column, from one bound up to but not with another, in the filter language's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from headwater.errors import BadPredicate, UsageError
from headwater.predicate import syntax
from headwater.predicate.binding import bind
from headwater.predicate.bound import And, Compare, Constant, Known, Node
from headwater.predicate.types import column_type

ORDERED = frozenset({"integer", "float", "decimal", "date", "timestamp"})
"""Families of columns that have a newest value and windows."""


def window(column: str, start: str | None, end: str | None, types: Mapping[str, str]) -> Node:
    """``start <= column < end``; a bound that is None is open.

    Parameters
    ----------
    types:
        Column name to Arrow type text.

    Raises
    ------
    UsageError
        A bound that does not fit the column, or one that leaves nothing.
    """
    terms = []
    if start is not None:
        terms.append(_bound(column, ">=", start, types, "start"))
    if end is not None:
        terms.append(_bound(column, "<", end, types, "end"))
    ends = [term.value for term in terms if isinstance(term, Compare)]
    if len(ends) == 2 and not ends[0] < ends[1]:  # type: ignore[operator]
        raise UsageError(
            "The window's start is not before its end.",
            hint="A window has its start in it and its end not.",
            details={"field": "start"},
        )
    return And(tuple(terms)) if terms else Constant(True)


def _bound(column: str, operator: syntax.Operator, text: str, types: Mapping[str, str], field: str) -> Node:
    family = column_type(types[column]).family
    value = syntax.Value("string", text, 0)
    if family in ("integer", "float", "decimal"):
        value = syntax.Value("number", _number(text, column, field), 0)
    try:
        node = bind(syntax.Comparison(syntax.ColumnName(column, 0, quoted=True), operator, value, 0), text, types)
    except BadPredicate:
        raise _unfit(column, field) from None
    # Beyond what the column can hold the bound is no bound, or keeps nothing.
    assert isinstance(node, Compare | Known)
    return node


def _number(text: str, column: str, field: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _unfit(column, field) from None
    if not number.is_finite() or len(text) > 400 or (number and abs(number.adjusted()) > 307):
        raise _unfit(column, field)
    return number


def _unfit(column: str, field: str) -> UsageError:
    return UsageError(
        f"The {field} of the window does not fit the column {column}.",
        hint="Write a number, a day as 2026-05-01, or a moment as 2026-05-01 12:30:00+02:00 if the column has a zone.",
        details={"field": field},
    )
