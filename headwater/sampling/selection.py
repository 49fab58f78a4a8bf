"""Which rows of one table a sample takes: the method and its arguments, checked, for a source to make statements of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from headwater.predicate import Predicate

Method = Literal["uniform", "block", "stratified", "newest", "window", "top", "keys", "all"]
Allocation = Literal["proportional", "equal"]
Pace = Literal["gentle", "fast"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What `Drawing.rows` gives.

    Every method gives at most `rows` rows, in the order of the key where there is one; where more fit, those with the
    smallest places (`headwater.sampling.keyed`) by `seed`, so that the same rows come again.

    Attributes
    ----------
    rows, seed:
        How many, and which of those that fit.
    method:
        ``uniform``: any. ``block``: whole blocks of the source, clustered. ``stratified``: by the values of the columns
        `by`, each stratum as `allocation` says, rare ones kept. ``newest``: the last by the one column of `by`.
        ``window``: `start` <= the one column of `by` < `end`. ``top``: for each value of the columns `by`, the `per`
        rows with the largest `order`. ``keys``: those of `keys`. ``all``: every row.
    where:
        Rows that do not meet it are not there, whatever the method; its values are bound, its columns the catalog's.
    keys:
        Key tuples as texts, each column in the order of the table's key.
    pace:
        ``gentle`` reads in small pieces with pauses; ``fast`` does not wait.
    """

    rows: int
    seed: int = 7
    method: Method = "uniform"
    by: tuple[str, ...] = ()
    allocation: Allocation = "proportional"
    order: str | None = None
    per: int = 10
    start: str | None = None
    end: str | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    where: Predicate | None = None
    pace: Pace = "gentle"
