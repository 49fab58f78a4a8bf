"""Headwater: which data every number in a notebook came from.

::

    import headwater as hw

    orders = hw.load("sales.orders")           # the version that this notebook is pinned to
    hw.save(result, "marts.revenue", message="by region")

Importing this takes no heavy library with it: pyarrow, pandas, polars or DuckDB is imported by the first call
that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal, overload

    import duckdb
    import pandas
    import polars
    import pyarrow
    import pyarrow.dataset

    from headwater.errors import HeadwaterError
    from headwater.results.datasets import Dataset, DatasetList
    from headwater.results.difference import Difference
    from headwater.results.pins import PinList
    from headwater.results.samples import Sample
    from headwater.results.versions import Version, VersionList

    __version__: str

__all__ = [
    "HeadwaterError",
    "__version__",
    "describe",
    "diff",
    "load",
    "pin",
    "pins",
    "sample",
    "save",
    "scan",
    "search",
    "unpin",
    "versions",
]

if TYPE_CHECKING:

    @overload
    def load(
        ref: str,
        as_: Literal["pandas"] = ...,
        columns: Sequence[str] | None = ...,
        where: str | None = ...,
        limit: int | None = ...,
    ) -> pandas.DataFrame: ...
    @overload
    def load(
        ref: str,
        as_: Literal["polars"],
        columns: Sequence[str] | None = ...,
        where: str | None = ...,
        limit: int | None = ...,
    ) -> polars.DataFrame: ...
    @overload
    def load(
        ref: str,
        as_: Literal["arrow"],
        columns: Sequence[str] | None = ...,
        where: str | None = ...,
        limit: int | None = ...,
    ) -> pyarrow.Table: ...
    @overload
    def load(
        ref: str,
        as_: Literal["duckdb"],
        columns: Sequence[str] | None = ...,
        where: str | None = ...,
        limit: int | None = ...,
    ) -> duckdb.DuckDBPyRelation: ...


def load(
    ref: str,
    as_: Literal["pandas", "polars", "arrow", "duckdb"] = "pandas",
    columns: Sequence[str] | None = None,
    where: str | None = None,
    limit: int | None = None,
) -> Any:
    """Load a dataset: the version that this notebook is pinned to, so that the same rows come for ever.

    Parameters
    ----------
    ref:
        ``"sales.orders"``: the pinned version; the first load of a dataset pins the notebook to the newest
        one. ``"sales.orders@v12"``, ``"sales.orders@month-end"`` (a tag) or ``"sales.orders@3fa9c1"`` (the
        beginning of a content digest): exactly that version, whatever the pin says.
    as_:
        ``"pandas"`` (DataFrame), ``"polars"`` (DataFrame), ``"arrow"`` (`pyarrow.Table`) or ``"duckdb"`` (a
        relation on DuckDB's default connection).
    columns:
        Only these columns, in this order.
    where:
        Only the rows for which this is true, e.g. ``"amount > 100 AND city LIKE 'L%'"``. One SQL subset, with
        the same rows from every engine; described in the users' guide under Filters.
    limit:
        At most this many rows, the first ones that the filter keeps.

    Raises
    ------
    DatasetNotFound, VersionNotFound, ColumnNotFound
        It does not exist; the message names near ones, or how to list what there is.
    BadPredicate
        `where` is outside the language; the message shows the place.
    StoreUnavailable
        A data file is missing or damaged.
    MissingExtra
        The library of `as_` is not installed in this kernel.

    Examples
    --------
    >>> hw.load("sales.orders", columns=["id", "amount"], where="amount > 100", limit=1_000)  # doctest: +SKIP
    """
    from headwater.client import current_client

    return current_client().load(ref, as_, columns, where, limit)


if TYPE_CHECKING:

    @overload
    def scan(ref: str, as_: Literal["polars"] = ...) -> polars.LazyFrame: ...
    @overload
    def scan(ref: str, as_: Literal["arrow"]) -> pyarrow.dataset.Dataset: ...
    @overload
    def scan(ref: str, as_: Literal["duckdb"]) -> duckdb.DuckDBPyRelation: ...


def scan(ref: str, as_: Literal["polars", "duckdb", "arrow"] = "polars") -> Any:
    """Open a dataset lazily: nothing is read until it is asked for.

    Parameters
    ----------
    ref:
        As for `load`.
    as_:
        ``"polars"`` (LazyFrame), ``"duckdb"`` (relation) or ``"arrow"`` (`pyarrow.dataset.Dataset`).

    Raises
    ------
    DatasetNotFound, VersionNotFound, StoreUnavailable, MissingExtra
        As for `load`.
    """
    from headwater.client import current_client

    return current_client().scan(ref, as_)


def save(frame: Any, name: str, message: str = "") -> Version:
    """Save rows as a new version of a dataset, derived from what this kernel has loaded so far.

    Parameters
    ----------
    frame:
        A pandas or polars DataFrame, a LazyFrame, a pyarrow Table or RecordBatchReader, or a DuckDB relation.
    name:
        The dataset, ``"namespace.name"``; it comes into being with its first version.
    message:
        What is new, for the people who will choose between versions.

    Returns
    -------
    Version
        The new version. Its kind is ``derived``; `rests_on` says from what its inputs come.

    Raises
    ------
    BadName, UnsupportedFormat
        A malformed name, or a frame that has no Arrow form; the message says which column.
    HostUnavailable
        The process that writes the store cannot be reached or started.
    DiskFull
        No room; nothing was committed.
    """
    from headwater.client import current_client

    return current_client().save(frame, name, message)


def versions(name: str) -> VersionList:
    """All versions of a dataset, newest first, as a list that shows itself as a table."""
    from headwater.client import current_client

    return current_client().versions(name)


def describe(name: str) -> Dataset:
    """What a dataset is: description, owner, newest version, columns."""
    from headwater.client import current_client

    return current_client().describe(name)


def search(query: str = "", limit: int = 20) -> DatasetList:
    """The datasets that match the words of `query` in name, description, columns or tags, best first."""
    from headwater.client import current_client

    return current_client().search(query, limit)


def diff(before: str, after: str, key: str | Sequence[str] | None = None) -> Difference:
    """What changed from one version to another: columns, rows, values.

    Parameters
    ----------
    before, after:
        ``"sales.orders@v11"``, ``"sales.orders@v12"``; without a version, the newest.
    key:
        The column or columns that say which row is which, so that changed rows can be told from new ones.
        None tries columns that look like a key.

    Returns
    -------
    Difference
        True if anything changed; ``to_dict()`` gives it as JSON values.
    """
    from headwater.client import current_client

    return current_client().diff(before, after, key)


def pin(ref: str, version: str | None = None, reason: str = "") -> PinList:
    """Pin this notebook to a version: ``hw.pin("sales.orders", "v12", reason="year end")``.

    Parameters
    ----------
    ref:
        The dataset, or the dataset with the version: ``"sales.orders@v12"``.
    version:
        A version, tag or digest prefix; None means the newest version.
    reason:
        Why, for whoever reads the notebook later.

    Returns
    -------
    PinList
        All pins of the notebook. They hold from now on, also before the notebook is saved.

    Raises
    ------
    UsageError
        Headwater cannot tell which notebook this is; set ``HEADWATER_NOTEBOOK``.
    DatasetNotFound, VersionNotFound
        There is no such version.
    """
    from headwater.client import current_client

    return current_client().pin(ref, version, reason)


def unpin(name: str) -> PinList:
    """Take this notebook's pin of the dataset `name` away; returns the pins that are left."""
    from headwater.client import current_client

    return current_client().unpin(name)


def pins() -> PinList:
    """The pins of this notebook, each with its state: current, behind, or missing."""
    from headwater.client import current_client

    return current_client().pins()


def sample(
    source: str,
    table: str,
    rows: int | None = None,
    seed: int | None = None,
    name: str | None = None,
    *,
    method: str | None = None,
    by: str | Sequence[str] | None = None,
    allocation: str | None = None,
    order: str | None = None,
    per: int | None = None,
    start: object | None = None,
    end: object | None = None,
    keys: Sequence[object] | None = None,
    where: str | None = None,
    masks: Mapping[str, str] | None = None,
    related: bool | None = None,
    children: Sequence[str] | None = None,
    cut: Sequence[str] | None = None,
    pace: str | None = None,
) -> Sample:
    """Draw a masked, repeatable sample of a production table; the same call gives the same rows again.

    Parameters
    ----------
    source:
        A source that ``headwater.toml`` configures, e.g. ``"prod"``.
    table:
        A table of it, ``"public.customer"``.
    rows:
        How many rows; None takes the default of 100,000.
    seed:
        Another seed draws other rows; None takes the default.
    name:
        The dataset to make; None names it after source and table, ``prod.customer``.
    method:
        Which rows: ``uniform`` (the default), ``stratified`` or ``top`` by columns, ``newest`` or a ``window`` by a
        column of time, a list of ``keys``, ``all``, or whole ``block``s of a huge table.
    by, allocation, order, per, start, end, keys:
        What the method needs. `by` is a column or several; `allocation` is ``proportional`` or ``equal``; of ``top``
        the `per` rows with the largest `order` come for each group; a window has its `start` and not its `end`; a key
        of several columns is a tuple.
    where:
        A filter, as `load` takes it.
    masks:
        Column to mask, where not the one that is proposed.
    related:
        Also the rows of other tables that foreign keys need.
    children, cut:
        Links that are followed down too, and links that are not followed: their columns become null.
    pace:
        ``gentle`` (the default) or ``fast``.

    Returns
    -------
    Sample
        The versions that were made, of kind ``sample``, and the mask of each column.

    Raises
    ------
    SourceNotFound, TableNotFound, SourceUnavailable
        There is no such source or table, or it cannot be reached.
    UsageError, ColumnNotFound
        An argument that does not fit the method or the table.
    SampleRefused
        Policy or the source's budget says no.
    """
    from headwater.client import current_client

    return current_client().sample(
        source,
        table,
        rows=rows,
        seed=seed,
        dataset=name,
        method=method,
        by=by,
        allocation=allocation,
        order=order,
        per=per,
        start=start,
        end=end,
        keys=keys,
        where=where,
        masks=masks,
        related=related,
        children=children,
        cut=cut,
        pace=pace,
    )


def __getattr__(name: str) -> Any:
    # Found without being imported before somebody asks (PEP 562); looking the version up reads package
    # metadata.
    if name == "HeadwaterError":
        from headwater.errors import HeadwaterError

        return HeadwaterError
    if name == "__version__":
        from headwater.version import headwater_version

        return headwater_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
