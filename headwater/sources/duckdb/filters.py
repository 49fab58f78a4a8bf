"""A filter as a condition of DuckDB on a source: over the values as they come, with numbered markers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.predicate import bound
from headwater.predicate.compile_duckdb import BC, DuckdbCompiler, temporal
from headwater.predicate.compile_sql import written
from headwater.predicate.types import ColumnType
from headwater.sources.sql.dialect import Statement, Value

if TYPE_CHECKING:
    from headwater.predicate.bound import Node
    from headwater.sources.duckdb.columns import Fetched

_TYPES = {"boolean": "BOOLEAN", "integer": "BIGINT", "float": "DOUBLE", "text": "VARCHAR"}


def condition(node: Node, columns: Mapping[str, Fetched]) -> Statement:
    """`node` as a condition on a table of these columns, by name; its markers begin with number 1."""
    compiler = _Compiler(columns)
    sql = compiler.node(node)
    return Statement(sql, tuple(compiler.texts))


class _Compiler(DuckdbCompiler):
    def __init__(self, columns: Mapping[str, Fetched]) -> None:
        super().__init__()
        self._columns = columns
        self.texts: list[Value] = []

    def bind(self, value: object) -> str:
        self.texts.append(str(value))
        return f"CAST(${len(self.texts)} AS VARCHAR)"

    def column(self, column: bound.Column) -> str:
        return self._columns[column.name].value

    def literal(self, column: bound.Column, value: bound.Scalar) -> str:
        return f"CAST({self.bind(_text(column.type, value))} AS {_type(column.type)})"

    def among(self, column: bound.Column, values: tuple[bound.Scalar, ...]) -> str:
        self.texts.append(tuple(_text(column.type, value) for value in values))
        listed = f"CAST(unnest(CAST(${len(self.texts)} AS VARCHAR[])) AS {_type(column.type)})"
        return f"({self.side(column)} IN (SELECT {listed}))"


def _type(kind: ColumnType) -> str:
    if kind.family == "decimal":
        return f"DECIMAL({kind.precision}, {kind.scale})"
    return _TYPES.get(kind.family) or temporal(kind)


def _text(kind: ColumnType, value: bound.Scalar) -> str:
    return written(kind, int(value), BC) if kind.family in ("date", "time", "timestamp") else str(value)
