"""A bound filter as DuckDB SQL: column names quoted, values bound to ``?`` markers."""

from __future__ import annotations

from headwater.predicate import bound
from headwater.predicate.compile_sql import SqlCompiler, written
from headwater.predicate.types import ColumnType

BC = "{day} (BC) {rest}"
"""How DuckDB writes the year before 1."""


def condition(node: bound.Node) -> tuple[str, list[object]]:
    """`node` as a condition for WHERE, and its values in the order of the markers."""
    compiler = DuckdbCompiler()
    return compiler.node(node), compiler.values


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class DuckdbCompiler(SqlCompiler):
    """DuckDB's own: what is bound is in `values`, in the order of the markers."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def bind(self, value: object) -> str:
        self.values.append(value)
        return "?"

    def column(self, column: bound.Column) -> str:
        """The column as it is."""
        return quoted(column.name)

    def side(self, column: bound.Column) -> str:
        # Not every DuckDB has a zoned timestamp in nanoseconds; as a number it compares alike in all of them.
        if column.type.family == "timestamp" and column.type.zoned and column.type.unit == "ns":
            return f"epoch_ns({self.column(column)})"
        return self.column(column)

    def with_nan(self, node: bound.Compare, truth: str) -> str:
        # DuckDB puts NaN above every number; only where NaN is kept must it be found in spite of statistics.
        if node.column.type.family == "float" and not node.nan:
            return f"({truth} AND NOT isnan({self.column(node.column)}))"
        return super().with_nan(node, truth)

    def literal(self, column: bound.Column, value: bound.Scalar) -> str:
        kind = column.type
        if kind.family == "decimal":
            return f"CAST({self.bind(str(value))} AS DECIMAL({kind.precision}, {kind.scale}))"
        if kind.family == "float":
            return f"CAST({self.bind(value)} AS DOUBLE)"
        if kind.family == "timestamp" and kind.zoned and kind.unit == "ns":
            return self.bind(value)
        if kind.family in ("date", "time", "timestamp"):
            return f"CAST({self.bind(written(kind, int(value), BC))} AS {temporal(kind)})"
        return self.bind(value)

    def brought(self, column: bound.Column, common: ColumnType) -> str:
        if common.family == "float":
            return f"CAST({self.column(column)} AS DOUBLE)"
        if common.family == "integer":
            return f"CAST({self.column(column)} AS {'BIGINT' if common.signed else 'UBIGINT'})"
        if common.family == "decimal":
            return f"CAST({self.column(column)} AS DECIMAL({common.precision}, {common.scale}))"
        if common.family == "timestamp" and column.type.family == "date":
            return f"CAST({self.column(column)} AS TIMESTAMP)"
        return self.side(column)

    def is_nan(self, side: str) -> str:
        """Whether `side` is NaN, in a form that DuckDB does not decide from a row group's statistics.

        They leave NaN out, and DuckDB 2.0 still skips groups by them for any test of one column, ``isnan(x)``
        included. It never moves a test with a volatile function into the scan.
        """
        return f"isnan({side} + 0 * random())"


def temporal(kind: ColumnType) -> str:
    """DuckDB's type of a date, time or timestamp."""
    if kind.family == "date":
        return "DATE"
    if kind.family == "time":
        return "TIME_NS" if kind.unit == "ns" else "TIME"
    if kind.zoned:
        return "TIMESTAMPTZ"
    return "TIMESTAMP_NS" if kind.unit == "ns" else "TIMESTAMP"
