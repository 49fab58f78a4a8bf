"""From what was written to what is meant: columns looked up, types checked, literals made exact.

The rules (documented in ``docs/users/filters.md``):

- NULL compared with anything is unknown, and unknown rows are left out (SQL's three-valued logic).
- NaN is a value that equals nothing and is neither less nor greater than anything, as IEEE 754 and NumPy
  have it.
  It is not PostgreSQL's order, since engines skip row groups by statistics that leave NaN out.
- A number is compared exactly with integer and decimal columns.
- A date is its midnight. A moment without an offset means UTC for a column with a time zone; a moment with
  an offset
  does not fit a column without one.
- Types are never guessed: text is not turned into numbers. Quoted dates and times are read where the column
  asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from headwater.errors import BadPredicate, ColumnNotFound
from headwater.predicate import syntax
from headwater.predicate.bound import (
    Among,
    And,
    Column,
    Compare,
    CompareColumns,
    Constant,
    IsNull,
    Known,
    Matches,
    Node,
    Or,
    Wildcard,
    negated,
)
from headwater.predicate.literals import compare_moment, compare_number, read_moment, read_time
from headwater.predicate.tokens import refusal
from headwater.predicate.types import ColumnType, column_type

_MIRRORED: dict[syntax.Operator, syntax.Operator] = {
    "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip


def bind(tree: syntax.Tree, text: str, types: Mapping[str, str]) -> Node:
    """Check `tree`, parsed from `text`, against columns with their Arrow type texts.

    Raises
    ------
    BadPredicate
        Two things that cannot be compared, or a date or time that is none.
    ColumnNotFound
        A column that is not in `types`; the hint names near ones.
    """
    return _Binder(text, types).node(tree)


class _Binder:
    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        self._text = text
        self._types = types

    def node(self, tree: syntax.Tree) -> Node:
        match tree:
            case syntax.Conjunction(terms):
                return And(tuple(self.node(term) for term in terms))
            case syntax.Disjunction(terms):
                return Or(tuple(self.node(term) for term in terms))
            case syntax.Negation(term):
                return negated(self.node(term))
            case syntax.NullTest(operand, _):
                return self._null_test(operand)
            case syntax.Membership(operand, values, position):
                return self._membership(operand, values, position)
            case syntax.Likeness():
                return self._likeness(tree)
            case syntax.Comparison(left, operator, right, position):
                return self._comparison(left, operator, right, position)
            case syntax.Truth(operand):
                return self._truth(operand)

    def _column(self, name: syntax.ColumnName) -> Column:
        if name.name in self._types:
            return Column(name.name, column_type(self._types[name.name]))
        raise column_not_found(name.name, list(self._types), quoted=name.quoted)

    def _truth(self, operand: syntax.Operand) -> Node:
        if isinstance(operand, syntax.ColumnName):
            column = self._column(operand)
            if column.type.family != "boolean":
                raise self._refuse(
                    operand, f"the column {column.name!r} is {column.type.noun}, and alone it is no condition"
                )
            return Compare(column, "=", True)
        if operand.kind not in ("boolean", "null"):
            raise self._refuse(operand, "a value alone is no condition")
        return Constant(None if operand.value is None else bool(operand.value))

    def _null_test(self, operand: syntax.Operand) -> Node:
        if isinstance(operand, syntax.Value):
            return Constant(operand.value is None)
        return IsNull(self._column(operand))

    def _membership(self, operand: syntax.Operand, values: tuple[syntax.Value, ...], position: int) -> Node:
        tests = [self._comparison(operand, "=", value, position) for value in values]
        if not tests:
            # The empty disjunction is false, for NULL too; the column must still exist.
            if isinstance(operand, syntax.ColumnName):
                self._column(operand)
            return Constant(False)
        equals: list[Compare] = []
        others: list[Node] = []
        for test in tests:
            if isinstance(test, Compare) and test.column.type.family != "float":
                equals.append(test)
            else:
                others.append(test)
        terms: list[Node] = list(dict.fromkeys(others))
        if equals:
            terms.append(Among(equals[0].column, tuple(dict.fromkeys(test.value for test in equals))))
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _likeness(self, tree: syntax.Likeness) -> Node:
        if isinstance(tree.operand, syntax.Value):
            raise self._refuse(tree.operand, "LIKE needs a column before it")
        column = self._column(tree.operand)
        if column.type.family != "text":
            raise self._refuse(tree.operand, f"LIKE needs text, and the column {column.name!r} is {column.type.noun}")
        return Matches(column, self._pattern(tree))

    def _pattern(self, tree: syntax.Likeness) -> tuple[tuple[Literal["text"], str] | tuple[Wildcard, None], ...]:
        parts: list[tuple[Literal["text"], str] | tuple[Wildcard, None]] = []
        letters: list[str] = []

        def flush() -> None:
            if letters:
                parts.append(("text", "".join(letters)))
                letters.clear()

        characters = iter(tree.pattern)
        for character in characters:
            if character == tree.escape:
                escaped = next(characters, None)
                if escaped is None or (escaped not in "%_" and escaped != tree.escape):
                    raise refusal(
                        self._text,
                        tree.position,
                        "in this pattern the escape character is not before %, _ or itself",
                    )
                letters.append(escaped)
            elif character == "%":
                flush()
                if not parts or parts[-1][0] != "any":
                    parts.append(("any", None))
            elif character == "_":
                flush()
                parts.append(("one", None))
            else:
                letters.append(character)
        flush()
        return tuple(parts)

    def _comparison(
        self, left: syntax.Operand, operator: syntax.Operator, right: syntax.Operand, position: int
    ) -> Node:
        if isinstance(left, syntax.Value):
            if isinstance(right, syntax.Value):
                return self._constants(left, operator, right, position)
            return self._against_literal(self._column(right), _MIRRORED[operator], left)
        if isinstance(right, syntax.Value):
            return self._against_literal(self._column(left), operator, right)
        return self._columns(self._column(left), operator, self._column(right), position)

    def _constants(self, left: syntax.Value, operator: syntax.Operator, right: syntax.Value, position: int) -> Node:
        if left.value is None or right.value is None:
            return Constant(None)
        if left.kind != right.kind or left.kind not in ("number", "string", "boolean"):
            raise refusal(self._text, position, "these two values cannot be compared")
        return Constant(_holds(operator, left.value, right.value))

    def _against_literal(self, column: Column, operator: syntax.Operator, value: syntax.Value) -> Node:
        if value.value is None:
            return Constant(None)
        family, kind = column.type.family, value.kind
        if family in ("integer", "float", "decimal") and isinstance(value.value, Decimal):
            return compare_number(column, operator, value.value)
        if family == "text" and kind == "string":
            return Compare(column, operator, str(value.value))
        if family == "boolean" and isinstance(value.value, bool):
            if operator not in ("=", "<>"):
                raise self._refuse(value, "true and false have no order")
            return Compare(column, operator, value.value)
        if family in ("date", "timestamp") and kind in ("date", "timestamp", "string"):
            return self._moment(column, operator, value)
        if family == "time" and kind == "string":
            time = read_time(str(value.value))
            if time is None:
                raise self._refuse(value, f"{value.value!r} is no time of day", "Write it as '12:30:00'.")
            return compare_moment(column, operator, time)
        raise self._mismatch(column, value)

    def _moment(self, column: Column, operator: syntax.Operator, value: syntax.Value) -> Node:
        read = read_moment(str(value.value))
        if read is None:
            raise self._refuse(
                value, f"{value.value!r} is no date or time",
                "Write DATE '2024-05-01' or TIMESTAMP '2024-05-01 12:30:00+02:00'.",
            )  # fmt: skip
        nanoseconds, has_offset = read
        if value.kind == "date" and len(str(value.value).strip()) != 10:
            raise self._refuse(value, "DATE takes a day without a time", "Write TIMESTAMP for a day with a time.")
        if has_offset and not column.type.zoned:
            raise self._refuse(
                value, f"the column {column.name!r} has no time zone, and this time has an offset",
                "Leave the offset out.",
            )  # fmt: skip
        return compare_moment(column, operator, nanoseconds)

    def _columns(self, left: Column, operator: syntax.Operator, right: Column, position: int) -> Node:
        common = _common(left.type, right.type)
        if common is None:
            raise refusal(
                self._text, position,
                f"the columns {left.name!r} ({left.type.text}) and {right.name!r} ({right.type.text}) "
                "cannot be compared with the same result in every engine",
                "Load the rows and compare them in the frame.",
            )  # fmt: skip
        if common.family == "boolean" and operator not in ("=", "<>"):
            raise refusal(self._text, position, "true and false have no order")
        if left.name == right.name and common.family != "float":
            return Known(left, operator in ("=", "<=", ">="))
        return CompareColumns(left, operator, right, common, nan=operator == "<>")

    def _mismatch(self, column: Column, value: syntax.Value) -> BadPredicate:
        if column.type.family == "other":
            return self._refuse(
                value, f"the column {column.name!r} is {column.type.noun}, and only IS NULL can test it"
            )
        hint = ""
        if column.type.family == "text" and value.kind == "number":
            hint = f"Write text in single quotes: '{value.value}'."
        elif value.kind == "string" and column.type.family in ("integer", "float", "decimal"):
            hint = "Write a number without quotes."
        noun = {"number": "a number", "string": "text", "boolean": "true or false"}.get(value.kind, f"a {value.kind}")
        return self._refuse(value, f"the column {column.name!r} is {column.type.noun}, and this is {noun}", hint)

    def _refuse(self, operand: syntax.Operand, reason: str, hint: str = "") -> BadPredicate:
        return refusal(self._text, operand.position, reason, hint)


def column_not_found(name: str, columns: list[str], *, quoted: bool = False) -> ColumnNotFound:
    """The error for a column that a version does not have; the hint names near ones."""
    from difflib import get_close_matches

    folded = {column.lower(): column for column in columns}
    near = [folded[match] for match in get_close_matches(name.lower(), list(folded), n=3, cutoff=0.6)]
    if near:
        hint = f"Did you mean {' or '.join(repr(column) for column in near)}?"
    elif quoted:
        hint = f"Double quotes name a column; text goes in single quotes: '{name}'."
    else:
        shown = ", ".join(columns[:12]) + (", …" if len(columns) > 12 else "")
        hint = f"The columns are: {shown}."
    return ColumnNotFound(f"There is no column {name!r}.", hint=hint, details={"column": name, "near": near})


def _common(left: ColumnType, right: ColumnType) -> ColumnType | None:
    """The type in which two columns compare exactly and alike in every engine, or None."""
    families = {left.family, right.family}
    if families == {"integer"}:
        if left.signed == right.signed:
            return ColumnType("int64" if left.signed else "uint64", "integer", signed=left.signed)
        unsigned = right if left.signed else left
        return ColumnType("int64", "integer") if unsigned.bits < 64 else None
    if families <= {"integer", "float"}:
        return ColumnType("double", "float")
    if families <= {"integer", "decimal"}:
        return _common_decimal(left, right)
    if left.family != right.family:
        if families == {"date", "timestamp"} and not (left.zoned or right.zoned):
            moment = left if left.family == "timestamp" else right
            return moment if moment.unit != "ns" else None
        return None
    if left.family == "timestamp":
        return left if left.zoned == right.zoned and left.unit == right.unit else None
    if left.family == "time":
        return left if left.unit == right.unit else None
    if left.family == "date":
        return ColumnType("date32[day]", "date")
    return None if left.family == "other" else ColumnType(_PLAIN[left.family], left.family)


_PLAIN = {"boolean": "bool", "text": "string"}


def _common_decimal(left: ColumnType, right: ColumnType) -> ColumnType | None:
    scale = max(left.scale, right.scale, 0)
    whole = max(19 if side.family == "integer" else side.precision - side.scale for side in (left, right))
    if whole + scale > 38:
        return None
    return ColumnType(f"decimal128({whole + scale}, {scale})", "decimal", precision=whole + scale, scale=scale)


def _holds(operator: syntax.Operator, left: Decimal | str | bool, right: Decimal | str | bool) -> bool:
    if operator == "=":
        return left == right
    if operator == "<>":
        return left != right
    less, equal = left < right, left == right  # type: ignore[operator]
    return {"<": less, "<=": less or equal, ">": not (less or equal), ">=": not less}[operator]
