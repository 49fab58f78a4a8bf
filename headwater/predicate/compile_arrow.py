"""A bound filter evaluated by pyarrow on a table.

There is no compiler to a `pyarrow.dataset` expression on purpose: a dataset decides a filter from a row
group's minimum and maximum, which leave NaN out, so ``x <> 2`` would lose NaN beside twos. `pruning` knows
better.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from headwater.predicate import bound
from headwater.predicate.patterns import balanced, regex
from headwater.predicate.types import ColumnType

if TYPE_CHECKING:
    import pyarrow


def mask(node: bound.Node, table: pyarrow.Table) -> Any:
    """The truth of `node` for each row of `table`, null where unknown."""
    import pyarrow as pa

    truth = _Compiler(table).node(node)
    if isinstance(truth, pa.Scalar):
        return pa.repeat(truth, table.num_rows)
    return truth


def arrow_type(kind: ColumnType) -> pyarrow.DataType:
    """The Arrow type in which a literal for a column of type `kind` is written."""
    import pyarrow as pa

    family = kind.family
    if family == "integer":
        return pa.int64() if kind.signed else pa.uint64()
    if family == "float":
        return pa.float64()
    if family == "decimal":
        return pa.decimal128(kind.precision, kind.scale) if kind.precision <= 38 else pa.decimal256(
            kind.precision, kind.scale
        )  # fmt: skip
    if family == "timestamp":
        return pa.timestamp(kind.unit, kind.zone)
    if family == "time":
        return pa.time32(kind.unit) if kind.unit in ("s", "ms") else pa.time64(kind.unit)
    if family == "date":
        return pa.date32() if kind.unit is None else pa.date64()
    return pa.bool_() if family == "boolean" else pa.string()


class _Compiler:
    def __init__(self, table: pyarrow.Table) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._column = table.column
        self._pa = pa
        self._pc = pc

    def node(self, node: bound.Node) -> Any:
        pc = self._pc
        match node:
            case bound.Constant(truth):
                return self._truth(truth)
            case bound.Known(column, truth):
                return self._known(self._column(column.name), truth)
            case bound.IsNull(column):
                return pc.is_null(self._column(column.name))
            case bound.Compare():
                return self._compare(node)
            case bound.CompareColumns():
                return self._compare_columns(node)
            case bound.Among():
                return self._among(node)
            case bound.Matches(column, _):
                return self._matches(self._plain(column), node)
            case bound.Not(term):
                return pc.invert(self.node(term))
            case bound.And(terms):
                return balanced(pc.and_kleene, [self.node(term) for term in terms])
            case bound.Or(terms):
                return balanced(pc.or_kleene, [self.node(term) for term in terms])

    def _truth(self, truth: bool | None) -> Any:
        return self._pa.scalar(truth, self._pa.bool_())

    def _compare(self, node: bound.Compare) -> Any:
        pc, column = self._pc, self._plain(node.column)
        literal = self._literals(node.column.type, (node.value,))[0]
        truth = _OPERATIONS[node.operator](pc, column, literal)
        return pc.or_kleene(truth, pc.is_nan(column)) if node.nan and node.column.type.family == "float" else truth

    def _compare_columns(self, node: bound.CompareColumns) -> Any:
        pc = self._pc
        left, right = (self._cast(side, node.common) for side in (node.left, node.right))
        truth = _OPERATIONS[node.operator](pc, left, right)
        if node.common.family != "float" or not node.nan:
            return truth
        truth = balanced(pc.or_kleene, [truth, pc.is_nan(left), pc.is_nan(right)])
        # Without this a NULL beside a NaN would be true, not unknown.
        return balanced(pc.and_kleene, [truth, self._known(left, True), self._known(right, True)])

    def _known(self, column: Any, truth: bool) -> Any:
        pc = self._pc
        if truth:
            return pc.or_kleene(pc.is_valid(column), self._truth(None))
        return pc.and_kleene(pc.is_null(column), self._truth(None))

    def _plain(self, column: bound.Column) -> Any:
        values = self._column(column.name)
        return values.cast(arrow_type(column.type)) if column.type.encoded else values

    def _cast(self, column: bound.Column, common: ColumnType) -> Any:
        # Integers beyond 2**53 lose digits as floats, here as in every engine: a safe cast would refuse them.
        return self._column(column.name).cast(arrow_type(common), safe=common.family != "float")

    def _literals(self, kind: ColumnType, values: tuple[bound.Scalar, ...]) -> Any:
        pa, target = self._pa, arrow_type(kind)
        if kind.family not in ("timestamp", "time", "date"):
            return pa.array(values, target)
        return pa.array(values, pa.int32() if target.bit_width == 32 else pa.int64()).cast(target)

    def _among(self, node: bound.Among) -> Any:
        pc, column = self._pc, self._plain(node.column)
        # is_in answers false for null; the second term makes that unknown.
        absent = pc.and_kleene(pc.is_null(column), self._truth(None))
        return pc.or_kleene(pc.is_in(column, value_set=self._literals(node.column.type, node.values)), absent)

    def _matches(self, column: Any, node: bound.Matches) -> Any:
        return self._pc.match_substring_regex(column, regex(node))


_OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "=": lambda pc, left, right: pc.equal(left, right),
    "<>": lambda pc, left, right: pc.not_equal(left, right),
    "<": lambda pc, left, right: pc.less(left, right),
    "<=": lambda pc, left, right: pc.less_equal(left, right),
    ">": lambda pc, left, right: pc.greater(left, right),
    ">=": lambda pc, left, right: pc.greater_equal(left, right),
}
