"""A filter as a condition of MariaDB: it keeps the rows that the same filter keeps once they are loaded.

What is compared is the value as it comes (`columns.Fetched.value`): a day that no calendar has is null, a text is
compared by its characters. Where the column itself decides as well, it is compared too, so that an index can serve.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.predicate import bound
from headwater.predicate.compile_sql import SqlCompiler, like, written
from headwater.predicate.types import ColumnType
from headwater.sources.mariadb.dialect import MariadbDialect
from headwater.sources.sql.dialect import Statement, Value

if TYPE_CHECKING:
    from headwater.predicate.bound import Node
    from headwater.sources.mariadb.columns import Fetched

_SQL = MariadbDialect()
_ESCAPE = "|"
_BC = "0000-01-01 {rest}"


def condition(node: Node, columns: Mapping[str, Fetched]) -> Statement:
    """`node` as a condition on a table of these columns, by name; its markers begin with number 1."""
    compiler = _Compiler(columns)
    sql = compiler.node(node)
    return Statement(sql, tuple(compiler.values))


class _Compiler(SqlCompiler):
    def __init__(self, columns: Mapping[str, Fetched]) -> None:
        self._columns = columns
        self.values: list[Value] = []

    def node(self, node: Node) -> str:
        if isinstance(node, bound.Constant):
            return {True: "TRUE", False: "FALSE", None: "NULL"}[node.truth]
        return super().node(node)

    def bind(self, value: object) -> str:
        self.values.append(value if isinstance(value, tuple) else str(value))
        return _SQL.bound(len(self.values), "varchar")

    def side(self, column: bound.Column) -> str:
        return self._columns[column.name].value

    def literal(self, column: bound.Column, value: bound.Scalar) -> str:
        self.values.append(_text(column.type, value))
        return _SQL.bound(len(self.values), _type(column.type))

    def compare(self, node: bound.Compare) -> str:
        if isinstance(node.value, float) and not math.isfinite(node.value):
            return self.node(bound.Known(node.column, _beyond(node.operator, node.value)))
        fetched = self._columns[node.column.name]
        marker = self.literal(node.column, node.value)
        if fetched.guard:
            return f"({_SQL.quoted(node.column.name)} {node.operator} {marker} AND {fetched.guard})"
        truth = f"({fetched.value} {node.operator} {marker})"
        if node.operator == "=" and node.column.type.family == "text":
            # What is equal in its characters is equal in the order of the column too, which an index has.
            truth = f"({_SQL.quoted(node.column.name)} = {marker} AND {truth})"
        return truth

    def among(self, column: bound.Column, values: tuple[bound.Scalar, ...]) -> str:
        self.values.append(tuple(_text(column.type, value) for value in values))
        return f"({_SQL.among([(self.side(column), _type(column.type))], len(self.values))})"

    def matches(self, node: bound.Matches) -> str:
        # A backslash would have to be doubled, or not, as the server is set.
        return f"({self.side(node.column)} LIKE {self.bind(like(node, _ESCAPE))} ESCAPE '{_ESCAPE}')"

    def brought(self, column: bound.Column, common: ColumnType) -> str:
        if common.family == "float":
            return f"({self.side(column)} + 0e0)"
        if common.family == "timestamp":
            return f"CAST({self.side(column)} AS DATETIME(6))"
        return f"({self.side(column)})"

    def is_nan(self, side: str) -> str:
        # No float there is one.
        return "FALSE"


def _beyond(operator: str, value: float) -> bool:
    """Whether each finite number compares so with an infinite one, or with NaN."""
    if math.isnan(value):
        return operator == "<>"
    return operator == "<>" or operator in (("<", "<=") if value > 0 else (">", ">="))


def _type(kind: ColumnType) -> str:
    """The type to which a text is brought, as `MariadbDialect.bound` knows it."""
    if kind.family == "boolean":
        return "bit(1)"
    if kind.family == "integer":
        return "bigint" if kind.signed else "bigint unsigned"
    if kind.family == "decimal":
        return f"decimal({kind.precision},{kind.scale})"
    return {"float": "double", "date": "date", "timestamp": "datetime(6)"}.get(kind.family, "varchar")


def _text(kind: ColumnType, value: bound.Scalar) -> str:
    if kind.family == "boolean":
        return str(int(value))
    if kind.family == "float":
        return repr(float(value))
    if kind.family in ("date", "time", "timestamp"):
        return written(kind, int(value), _BC).removesuffix("+00").strip()
    return str(value)
