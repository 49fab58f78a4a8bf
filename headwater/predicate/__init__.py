"""The ``where=`` filter: one documented SQL subset that keeps the same rows in every engine.

A text goes through three steps: `syntax.parse` makes a tree of what was written, `binding.bind` checks it
against a version's columns and brings every literal to its column's own type, and one compiler per engine
(`compile_arrow`, `compile_polars`, `compile_duckdb`) writes the bound tree down. All decisions about NULL,
NaN, time zones and mixed number types are made in `binding`, so that the compilers only spell them out. The
subset is documented for people in ``docs/users/filters.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.predicate.binding import bind
from headwater.predicate.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars
    import pyarrow
    import pyarrow.parquet

    from headwater.predicate.bound import Node

__all__ = ["Predicate"]


class Predicate:
    """A filter that was checked against the columns of one version.

    Parameters
    ----------
    text:
        The filter as the user wrote it, e.g. ``amount > 100 AND city LIKE 'L%'``.
    types:
        Column name to Arrow type text (``{"amount": "decimal128(10, 2)"}``), every column of the version.

    Raises
    ------
    BadPredicate
        The text is outside the subset, or compares things that cannot be compared.
    ColumnNotFound
        It names a column that the version does not have.
    """

    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        self.text = text
        self.bound: Node = bind(parse(text), text, types)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the filter looks at."""
        return self.bound.columns()

    def arrow_mask(self, table: pyarrow.Table) -> Any:
        """The filter evaluated on `table`: a boolean array with each row's truth, null where unknown."""
        from headwater.predicate import compile_arrow

        return compile_arrow.mask(self.bound, table)

    def may_match(self, group: pyarrow.parquet.RowGroupMetaData, positions: Mapping[str, int]) -> bool:
        """Whether a row group can hold a row that the filter keeps, by its statistics; see `pruning`."""
        from headwater.predicate import pruning

        return pruning.may_match(self.bound, pruning.Statistics(group, positions))

    def to_polars(self) -> polars.Expr:
        """The filter for ``LazyFrame.filter`` and ``DataFrame.filter``."""
        from headwater.predicate import compile_polars

        return compile_polars.expression(self.bound)

    def to_duckdb(self) -> tuple[str, list[object]]:
        """The filter as DuckDB SQL with ``?`` markers, and the values to bind to them, in order."""
        from headwater.predicate import compile_duckdb

        return compile_duckdb.condition(self.bound)
