"""A bound filter as DuckDB SQL: column names quoted, values bound to ``?`` markers."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from headwater.predicate import bound
from headwater.predicate.patterns import balanced
from headwater.predicate.types import DAY, ColumnType

_EPOCH = date(1970, 1, 1)
_ESCAPE = "\\"


def condition(node: bound.Node) -> tuple[str, list[object]]:
    """`node` as a condition for WHERE, and its values in the order of the markers."""
    values: list[object] = []
    return _Compiler(values).node(node), values


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class _Compiler:
    def __init__(self, values: list[object]) -> None:
        self._values = values

    def node(self, node: bound.Node) -> str:
        match node:
            case bound.Constant(truth):
                return {True: "TRUE", False: "FALSE", None: "CAST(NULL AS BOOLEAN)"}[truth]
            case bound.Known(column, truth):
                return f"CASE WHEN {quoted(column.name)} IS NOT NULL THEN {'TRUE' if truth else 'FALSE'} END"
            case bound.IsNull(column):
                return f"({quoted(column.name)} IS NULL)"
            case bound.Compare():
                return self._compare(node)
            case bound.CompareColumns():
                return _compare_columns(node)
            case bound.Among(column, values):
                listed = ", ".join(self._literal(column.type, value) for value in values)
                return f"({_side(column)} IN ({listed}))"
            case bound.Matches():
                return self._matches(node)
            case bound.Not(term):
                return f"(NOT {self.node(term)})"
            case bound.And(terms):
                return balanced(partial(_joined, "AND"), [self.node(term) for term in terms])
            case bound.Or(terms):
                return balanced(partial(_joined, "OR"), [self.node(term) for term in terms])

    def _bind(self, value: object) -> str:
        self._values.append(value)
        return "?"

    def _compare(self, node: bound.Compare) -> str:
        truth = f"({_side(node.column)} {node.operator} {self._literal(node.column.type, node.value)})"
        if node.column.type.family != "float":
            return truth
        # DuckDB puts NaN above every number.
        name = quoted(node.column.name)
        return f"({truth} OR {_is_nan(name)})" if node.nan else f"({truth} AND NOT isnan({name}))"

    def _matches(self, node: bound.Matches) -> str:
        marks = {"any": "%", "one": "_"}
        pattern = "".join(marks[kind] if text is None else _escaped(text) for kind, text in node.pattern)
        return f"({quoted(node.column.name)} LIKE {self._bind(pattern)} ESCAPE {self._bind(_ESCAPE)})"

    def _literal(self, kind: ColumnType, value: bound.Scalar) -> str:
        if kind.family == "decimal":
            return f"CAST({self._bind(str(value))} AS DECIMAL({kind.precision}, {kind.scale}))"
        if kind.family == "float":
            return f"CAST({self._bind(value)} AS DOUBLE)"
        if kind.family == "timestamp" and kind.zoned and kind.unit == "ns":
            return self._bind(value)
        if kind.family in ("date", "time", "timestamp"):
            return f"CAST({self._bind(_written(kind, int(value)))} AS {_temporal(kind)})"
        return self._bind(value)


def _is_nan(side: str) -> str:
    """Whether `side` is NaN, in a form that DuckDB does not decide from a row group's statistics.

    They leave NaN out, and DuckDB 2.0 still skips groups by them for any test of one column, ``isnan(x)``
    included. It never moves a test with a volatile function into the scan.
    """
    return f"isnan({side} + 0 * random())"


def _joined(word: str, left: str, right: str) -> str:
    return f"({left} {word} {right})"


def _escaped(text: str) -> str:
    return "".join(_ESCAPE + character if character in "%_\\" else character for character in text)


def _side(column: bound.Column) -> str:
    # Not every DuckDB has a zoned timestamp in nanoseconds; as a number it compares alike in all of them.
    if column.type.family == "timestamp" and column.type.zoned and column.type.unit == "ns":
        return f"epoch_ns({quoted(column.name)})"
    return quoted(column.name)


def _temporal(kind: ColumnType) -> str:
    if kind.family == "date":
        return "DATE"
    if kind.family == "time":
        return "TIME_NS" if kind.unit == "ns" else "TIME"
    if kind.zoned:
        return "TIMESTAMPTZ"
    return "TIMESTAMP_NS" if kind.unit == "ns" else "TIMESTAMP"


def _written(kind: ColumnType, ticks: int) -> str:
    """The text of a date, time or timestamp that DuckDB reads back without loss."""
    days, rest = divmod(ticks * kind.tick, DAY)
    seconds, nanoseconds = divmod(rest, 1_000_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{nanoseconds:09}"
    if kind.unit != "ns":
        clock = clock[:-3]
    if kind.family == "time":
        return clock
    day = (_EPOCH + timedelta(days=days)).isoformat()
    if kind.family == "date":
        return day
    return f"{day} {clock}{'+00' if kind.zoned else ''}"


def _compare_columns(node: bound.CompareColumns) -> str:
    left, right = (_brought(side, node.common) for side in (node.left, node.right))
    truth = f"({left} {node.operator} {right})"
    if node.common.family != "float":
        return truth
    if node.nan:
        truth = f"({truth} OR {_is_nan(left)} OR {_is_nan(right)})"
    else:
        truth = f"({truth} AND NOT isnan({left}) AND NOT isnan({right}))"
    # Without this a NULL beside a NaN would be false or true, not unknown.
    return f"CASE WHEN {left} IS NOT NULL AND {right} IS NOT NULL THEN {truth} END"


def _brought(column: bound.Column, common: ColumnType) -> str:
    if common.family == "float":
        return f"CAST({quoted(column.name)} AS DOUBLE)"
    if common.family == "integer":
        return f"CAST({quoted(column.name)} AS {'BIGINT' if common.signed else 'UBIGINT'})"
    if common.family == "decimal":
        return f"CAST({quoted(column.name)} AS DECIMAL({common.precision}, {common.scale}))"
    if common.family == "timestamp" and column.type.family == "date":
        return f"CAST({quoted(column.name)} AS TIMESTAMP)"
    return _side(column)
