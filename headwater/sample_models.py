"""Wire models of production and its samples: what a source has, what is asked of it, and what a draw gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from headwater.models import Version
from headwater.sampling.selection import Allocation, Method, Pace

Direction = Literal["parent", "child"]
"""Where a link leads: up to the one row that a key names, or down to all rows that have the key."""


@dataclass(frozen=True, slots=True)
class Source:
    """A configured source. `lag_s` is how far behind production its replica is, null where it is production itself."""

    name: str
    kind: str
    available: bool
    message: str = ""
    max_rows: int = 1_000_000
    lag_s: float | None = None


@dataclass(frozen=True, slots=True)
class SourceList:
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    name: str
    type: str
    nullable: bool
    key: bool = False


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table of a source, without a single row. `rows` is the source's own estimate, null when unknown."""

    source: str
    name: str
    rows: int | None
    bytes: int | None
    columns: tuple[SourceColumn, ...]
    key: tuple[str, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SourceTablePage:
    tables: tuple[SourceTable, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: `columns` of `child` hold values of `parent_columns` of `parent`; tables are ``schema.table``.

    One that is not `declared` is logical: the schema does not have it, a person confirmed it.
    """

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    nullable: bool = False
    declared: bool = True

    @property
    def name(self) -> str:
        """``public.bookings(customer_id) -> public.customers(id)``."""
        return f"{self.child}({', '.join(self.columns)}) -> {self.parent}({', '.join(self.parent_columns)})"


@dataclass(frozen=True, slots=True)
class TableLink:
    """A link of one table: up to a parent that its rows need, or down to children that need its rows."""

    link: Link
    name: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class TableLinks:
    """The links of one table, to its parents first. A table that refers to itself has that link twice."""

    source: str
    table: str
    links: tuple[TableLink, ...]


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """A recipe as asked for. Only what differs from the default need be given.

    Attributes
    ----------
    rows, seed, method, by, allocation, order, per, start, end, keys, pace:
        As `headwater.sampling.selection.Selection` has them, for the root table.
    where:
        A filter as ``hw.load`` takes it, for the root table.
    masks:
        Column to mask, where not the proposed one: ``column`` of the root table, or ``schema.table.column``.
    dataset:
        What the root's dataset is called; related tables get its namespace and their own names.
    related:
        Also the rows of other tables that foreign keys need.
    children:
        Names of links (`Link.name`) that are followed down too: all children of the rows of the root.
    cut:
        Names of nullable links that are not followed: their columns become null.
    links:
        Logical keys that a person has confirmed.
    """

    source: str
    table: str
    rows: int = 100_000
    method: Method = "uniform"
    seed: int = 7
    masks: dict[str, str] = field(default_factory=dict)
    dataset: str | None = None
    notebook: str | None = None
    by: tuple[str, ...] = ()
    allocation: Allocation = "proportional"
    order: str | None = None
    per: int = 10
    start: str | None = None
    end: str | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    where: str | None = None
    pace: Pace = "gentle"
    related: bool = False
    children: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def request_of(document: Mapping[str, Any]) -> SampleRequest:
    """The request of a JSON document of its fields, whose types are right: one of a host or of the ledger."""
    asked = SampleRequest(**document)
    return replace(
        asked,
        by=tuple(asked.by),
        keys=tuple(tuple(key) for key in asked.keys),
        children=tuple(asked.children),
        cut=tuple(asked.cut),
        links=tuple(link if isinstance(link, Link) else _link_of(link) for link in asked.links),
    )


def _link_of(document: Mapping[str, Any]) -> Link:
    link = Link(**document)
    return replace(link, columns=tuple(link.columns), parent_columns=tuple(link.parent_columns))


@dataclass(frozen=True, slots=True)
class SavedRecipe:
    """A request that somebody keeps by a name, for all users of the home. `changed` is when its request was."""

    name: str
    request: SampleRequest
    owner: str
    created: str
    changed: str


@dataclass(frozen=True, slots=True)
class SavedRecipeList:
    recipes: tuple[SavedRecipe, ...]


@dataclass(frozen=True, slots=True)
class MaskProposal:
    """What will be done to a column, and why. The shapes are patterns (``Xxxx 999``), never values.

    `offered` are the masks that may be chosen for it instead; a locked one was set by an administrator.
    """

    column: str
    type: str
    mask: str
    reason: str
    before_shape: str
    after_shape: str
    locked: bool = False
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleEstimate:
    """What a draw would take. `touches` is what it reads and `limit` what a budget does to it, both in words.

    `cost` is the source's planner's own, null where it has none.
    """

    rows: int
    bytes: int
    seconds: float
    cost: float | None = None
    touches: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A table of a sample of several, the root first. `rows` is estimated, null where the source knows no size."""

    table: str
    dataset: str
    rows: int | None
    root: bool
    masks: tuple[MaskProposal, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """A link of a sample of several tables, and what is done with it.

    Attributes
    ----------
    choice:
        ``follow`` it, ``cut`` it so that its columns become null, or ``skip`` the children it leads to.
    rows:
        What it brings, or would bring at first, estimated; null where nobody knows.
    reason:
        Why it cannot be cut.
    """

    link: Link
    name: str
    direction: Direction
    choice: Literal["follow", "cut", "skip"]
    rows: int | None
    can_cut: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What a draw would do, before it is done. `text` is the recipe as ``headwater sample --recipe`` takes it.

    `tables` and `links` are those of a sample of several tables; `suggested` are keys that the schema does not declare,
    for a person to confirm.
    """

    source: str
    table: str
    dataset: str
    rows: int
    rows_estimate: int | None
    method: str
    seed: int
    key: tuple[str, ...]
    recipe: str
    masks: tuple[MaskProposal, ...]
    available_masks: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    estimate: SampleEstimate | None = None
    text: str = ""
    tables: tuple[PlannedTable, ...] = ()
    links: tuple[PlannedLink, ...] = ()
    suggested: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What a draw made: the versions, and the mask of every column as ``table.column``."""

    recipe: str
    versions: tuple[Version, ...]
    masks: dict[str, str]
    orphans: int
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnMask:
    """What is decided of a column of production, or of a path in one of JSON.

    `by` is who decides its mask: ``administrator`` (headwater.toml), ``steward``, or ``nobody``: then it is masked by
    what it looks like when it is drawn. One that is `open` was decided, or its table was, before it was what it is: it
    is masked until it is decided anew.
    """

    column: str
    type: str
    mask: str | None
    by: Literal["administrator", "steward", "nobody"]
    open: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MaskRevision:
    """One time that a steward decided; null takes a decision back."""

    revision: int
    actor: str
    at: str
    why: str
    masks: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class TableMasks:
    """The decisions on a table of production, and all that led to them, newest first."""

    source: str
    table: str
    revision: int
    columns: tuple[ColumnMask, ...]
    history: tuple[MaskRevision, ...]


@dataclass(frozen=True, slots=True)
class MaskDecision:
    """What a steward decides: column, or column and path, to mask; null takes a decision back.

    `revision` is the one that it was decided on; with another one now it is refused, None decides in any case.
    """

    masks: dict[str, str | None]
    why: str
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ProofColumn:
    """What was done to a column. `distance` is from the source's distribution, null where it is not known."""

    column: str
    mask: str
    domain: str | None
    key_id: str | None
    reason: str
    confidence: float | None
    distance: float | None
    distance_by: str
    lost: int | str | None


@dataclass(frozen=True, slots=True)
class ProofKey:
    """Columns that together are unique in the source, and whether they still are."""

    columns: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class ProofGroups:
    """Columns that together may tell who somebody is: `k` rows are in the smallest group that is alike in them, and
    `rows_below` rows in groups of fewer than five.
    """

    columns: tuple[str, ...]
    k: int
    rows_below: int


@dataclass(frozen=True, slots=True)
class ProofCanaries:
    """Long texts of masked columns that were looked for in what came out of them."""

    planted: int
    found: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof sheet of a sample, as `headwater.sampling.proof` makes it. It holds no value of a row."""

    recipe: str
    source: str
    table: str
    asked: int
    drawn: int
    total: int | None
    orphans: int
    unique: tuple[ProofKey, ...]
    columns: tuple[ProofColumn, ...]
    k_anonymity: ProofGroups | None
    canaries: ProofCanaries
    notes: tuple[str, ...]
