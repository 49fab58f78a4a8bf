"""A filter as a condition of PostgreSQL: it keeps the rows that the same filter keeps once they are loaded.

What is compared is the value as it comes (`columns.Fetched.value`): an infinite date is null, a text is compared by its
bytes. Where the column itself decides as well, it is compared too, so that an index can serve.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.errors import BadPredicate, UsageError
from headwater.predicate import bound
from headwater.predicate.compile_sql import ESCAPE, SqlCompiler, like, written
from headwater.predicate.types import ColumnType
from headwater.sources.postgresql.identifiers import quoted
from headwater.sources.sql.dialect import Statement, Value

if TYPE_CHECKING:
    from headwater.predicate.bound import Node
    from headwater.sources.postgresql.columns import Fetched

_MOST_VALUES = 30_000
"""PostgreSQL numbers a statement's markers in 16 bits."""

_TYPES = {
    "boolean": "bool",
    "integer": "int8",
    "float": "float8",
    "decimal": "numeric",
    "text": "text",
    "date": "date",
    "time": "time",
}
_EXACT = {"int16": "int2", "int32": "int4"}


def condition(node: Node, columns: Mapping[str, Fetched]) -> Statement:
    """`node` as a condition on a table of these columns, by name; its markers begin with number 1.

    Raises
    ------
    BadPredicate
        A text that no PostgreSQL can hold.
    UsageError
        More values than one statement takes.
    """
    compiler = _Compiler(columns)
    sql = compiler.node(node)
    if len(compiler.values) > _MOST_VALUES:
        raise UsageError(
            f"The filter compares with {len(compiler.values):,} values, and {_MOST_VALUES:,} is the most.",
            hint="Write a list of values as: column IN (…)",
        )
    return Statement(sql, tuple(compiler.values))


class _Compiler(SqlCompiler):
    def __init__(self, columns: Mapping[str, Fetched]) -> None:
        self._columns = columns
        self.values: list[Value] = []

    def node(self, node: Node) -> str:
        if isinstance(node, bound.Not) and isinstance(node.term, bound.Among):
            # Where the column decides too, it would make a null's answer false, and its opposite true.
            return f"(NOT {self._among(node.term.column, node.term.values, by_column=False)})"
        return super().node(node)

    def bind(self, value: object) -> str:
        text = value if isinstance(value, tuple) else str(value)
        for one in (text,) if isinstance(text, str) else text:
            try:
                one.encode()
            except UnicodeEncodeError:
                raise BadPredicate(
                    "The filter has a character that is none (half of a surrogate pair).",
                    hint="Write the text anew.",
                ) from None
        self.values.append(text)
        return f"${len(self.values)}::pg_catalog.text" + ("" if isinstance(text, str) else "[]")

    def side(self, column: bound.Column) -> str:
        return self._columns[column.name].value

    def literal(self, column: bound.Column, value: bound.Scalar) -> str:
        return f"{self.bind(_text(column.type, value))}::{self._type(column)}"

    def compare(self, node: bound.Compare) -> str:
        column = node.column
        if isinstance(node.value, str) and "\0" in node.value:
            return self._beyond(node, node.value)
        fetched = self._columns[column.name]
        marker = self.literal(column, node.value)
        truth = f"({fetched.value} {node.operator} {marker})"
        if fetched.guard:
            truth = f"({quoted(column.name)} {node.operator} {marker} AND {fetched.guard})"
        elif node.operator == "=" and self._by_bytes(column):
            truth = f"({quoted(column.name)} = {marker} AND {truth})"
        return self.with_nan(node, truth)

    def among(self, column: bound.Column, values: tuple[bound.Scalar, ...]) -> str:
        return self._among(column, values, by_column=self._by_bytes(column) or bool(self._columns[column.name].guard))

    def _among(self, column: bound.Column, values: tuple[bound.Scalar, ...], *, by_column: bool) -> str:
        texts = tuple(_text(column.type, value) for value in values)
        # No text of PostgreSQL has this character.
        known = tuple(text for text in texts if "\0" not in text)
        if not known:
            return self.node(bound.Known(column, False))
        listed = f"{self.bind(known)}::{self._type(column)}[]"
        truth = f"{self.side(column)} = ANY({listed})"
        if by_column:
            truth = f"({quoted(column.name)} = ANY({listed}) AND {truth})"
        return f"({truth})"

    def matches(self, node: bound.Matches) -> str:
        if any(text is not None and "\0" in text for _, text in node.pattern):
            return self.node(bound.Known(node.column, False))
        return f"({self.side(node.column)} LIKE {self.bind(like(node))} ESCAPE '{ESCAPE}')"

    def brought(self, column: bound.Column, common: ColumnType) -> str:
        if common.family == "float":
            return f"({self.side(column)})::pg_catalog.float8"
        if common.family == "timestamp":
            return f"({self.side(column)})::{_moment(common)}"
        return f"({self.side(column)})"

    def is_nan(self, side: str) -> str:
        return f"({side} = 'NaN'::pg_catalog.float8)"

    def _by_bytes(self, column: bound.Column) -> bool:
        """Whether the column is text of its own, so that equal bytes are equal by its collation too."""
        fetched = self._columns[column.name]
        return column.type.family == "text" and fetched.sql == quoted(column.name)

    def _type(self, column: bound.Column) -> str:
        kind, fetched = column.type, self._columns[column.name]
        if kind.family == "timestamp":
            return _moment(kind)
        if kind.family == "integer" and fetched.guard:
            return "pg_catalog.numeric"
        return f"pg_catalog.{_EXACT.get(kind.text, _TYPES[kind.family])}"

    def _beyond(self, node: bound.Compare, value: str) -> str:
        """A text against one that PostgreSQL cannot hold: what comes before the zero decides."""
        if node.operator in ("=", "<>"):
            return self.node(bound.Known(node.column, node.operator == "<>"))
        operator = "<=" if node.operator in ("<", "<=") else ">"
        return f"({self.side(node.column)} {operator} {self.bind(value.partition(chr(0))[0])})"


def _moment(kind: ColumnType) -> str:
    return f"pg_catalog.{'timestamptz' if kind.zoned else 'timestamp'}"


def _text(kind: ColumnType, value: bound.Scalar) -> str:
    if kind.family in ("date", "time", "timestamp"):
        return written(kind, int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
