"""What is asked of a source: checked without it as far as that goes, and then against a table's columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, get_args

from headwater.errors import SampleRefused, UsageError
from headwater.predicate import Predicate
from headwater.predicate.binding import column_not_found
from headwater.predicate.types import column_type
from headwater.sampling.bounds import ORDERED, window
from headwater.sampling.selection import Allocation, Method, Pace, Selection
from headwater.services.audit import SAFE_INTEGER

if TYPE_CHECKING:
    import pyarrow

    from headwater.config import SourceConfig
    from headwater.sample_models import SampleEstimate, SampleRequest, SourceTable

MOST_BY = 8
"""Columns of a stratification or a group."""

_USES: dict[str, frozenset[str]] = {
    "uniform": frozenset(),
    "block": frozenset(),
    "stratified": frozenset({"by", "allocation"}),
    "newest": frozenset({"by"}),
    "window": frozenset({"by", "start", "end"}),
    "top": frozenset({"by", "order", "per"}),
    "keys": frozenset({"keys"}),
    "all": frozenset(),
}
_EMPTY = {"by": (), "allocation": "proportional", "order": None, "per": 10, "start": None, "end": None, "keys": ()}


def check_request(request: SampleRequest, config: SourceConfig) -> None:
    """What can be seen without reaching the source. Raises `UsageError`, `SampleRefused`."""
    _known(request.method, get_args(Method), "method")
    _known(request.allocation, get_args(Allocation), "allocation")
    _known(request.pace, get_args(Pace), "pace")
    if request.rows < 1:
        raise UsageError("A sample has at least one row.", hint="Ask for 1 row or more.", details={"field": "rows"})
    if request.per < 1:
        raise UsageError(
            "A group gives at least one row.", hint="Ask for 1 or more per group.", details={"field": "per"}
        )
    for name, number in (("rows", request.rows), ("seed", request.seed), ("per", request.per)):
        if abs(number) > SAFE_INTEGER:
            raise UsageError(
                f"The {name} of a sample must be a whole number between -{SAFE_INTEGER} and {SAFE_INTEGER}.",
                hint="Beyond that, programs do not agree on a number in JSON.",
                details={"field": name},
            )
    _check_texts(request)
    _check_fields(request)
    if not request.related and (request.children or request.cut or request.links):
        raise UsageError(
            "children, cut and links say nothing without related.",
            hint="Set related, or leave them out.",
            details={"field": "related"},
        )
    if max(request.rows, len(request.keys)) > config.max_rows:
        raise SampleRefused(
            f"{max(request.rows, len(request.keys)):,} rows were asked for; {request.source} gives at most "
            f"{config.max_rows:,} a draw.",
            hint="Ask for fewer rows, or have max_rows raised in headwater.toml.",
            details={"rows": request.rows, "max_rows": config.max_rows},
        )


def _check_texts(request: SampleRequest) -> None:
    """Half of a surrogate pair, which JSON can bring, is in no text that a recipe or a source could have."""
    given = {
        "where": (request.where,), "by": request.by, "order": (request.order,), "start": (request.start,),
        "end": (request.end,), "keys": tuple(part for key in request.keys for part in key), "masks": request.masks,
    }  # fmt: skip
    for name, texts in given.items():
        if any(not _is_text(text) for text in texts if text is not None):
            raise UsageError(
                f"{name} holds a character that no text can have.", hint="Correct it.", details={"field": name}
            )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_fields(request: SampleRequest) -> None:
    """Whether the fields that a method needs are given, and no other ones, whose absence nobody would notice."""
    method, uses = request.method, _USES[request.method]
    for name, empty in _EMPTY.items():
        if name not in uses and getattr(request, name) != empty:
            fitting = " and ".join(one for one, fields in _USES.items() if name in fields)
            raise UsageError(
                f"{name} says nothing to the method {method}.",
                hint=f"Leave it out, or use the method {fitting}.",
                details={"field": name},
            )
    if "by" in uses:
        _check_by(request)
    if method == "top" and request.order is None:
        raise UsageError(
            "The method top needs a column to order by.",
            hint="Give order: the rows with its largest values are taken.",
            details={"field": "order"},
        )
    if method == "window" and request.start is None and request.end is None:
        raise UsageError(
            "A window needs a start, an end or both.", hint="Give start or end.", details={"field": "start"}
        )
    if method == "keys" and not request.keys:
        raise UsageError("The method keys needs keys.", hint="Give one or more keys.", details={"field": "keys"})


def _check_by(request: SampleRequest) -> None:
    one = request.method in ("newest", "window")
    if not request.by or (one and len(request.by) > 1):
        raise UsageError(
            f"The method {request.method} needs {'one column' if one else 'columns'} in by.",
            hint="Give by: the column of time." if one else "Give by: the columns whose values make the groups.",
            details={"field": "by"},
        )
    if len(set(request.by)) != len(request.by) or len(request.by) > MOST_BY:
        raise UsageError(
            f"by has columns twice, or more than {MOST_BY}.", hint="Name each column once.", details={"field": "by"}
        )


def selection_of(request: SampleRequest, config: SourceConfig, table: SourceTable, schema: pyarrow.Schema) -> Selection:
    """The request as a selection of `table`, whose columns come in `schema`.

    Raises
    ------
    UsageError, BadPredicate
        A field that does not fit the table.
    ColumnNotFound
        A column that it has not; the hint names near ones.
    """
    types = {field.name: str(field.type) for field in schema}
    _check_columns(request.by, types, "by")
    if request.order is not None:
        _check_columns((request.order,), types, "order")
        _check_ordered(request.order, types, "order", "largest values")
    if request.method == "newest":
        _check_ordered(request.by[0], types, "by", "newest rows")
    if request.method == "window":
        _check_ordered(request.by[0], types, "by", "windows")
        window(request.by[0], request.start, request.end, types)
    if request.method == "keys":
        _check_keys(request.keys, table)
    return Selection(
        rows=config.max_rows if request.method == "all" else request.rows,
        seed=request.seed,
        method=request.method,
        by=request.by,
        allocation=request.allocation,
        order=request.order,
        per=request.per,
        start=request.start,
        end=request.end,
        keys=request.keys,
        where=Predicate(request.where, types) if request.where is not None else None,
        pace=request.pace,
    )


def asked(request: SampleRequest) -> dict[str, Any]:
    """What a request says beyond table, rows, method and seed, for its recipe: a plain one says nothing."""
    found = {name: getattr(request, name) for name, empty in _EMPTY.items() if getattr(request, name) != empty}
    if request.where is not None:
        found["where"] = request.where
    if request.related:
        found["related"] = True
        found["children"] = tuple(sorted(request.children))
        found["cut"] = tuple(sorted(request.cut))
        found["links"] = tuple(sorted(link.name for link in request.links))
    return {name: _lists(value) for name, value in found.items()}


def in_words(request: SampleRequest, table: str, rows: int, total: int) -> str:
    """What was drawn, for people, without a value of it: ``1,000 newest by booked_at of public.bookings``."""
    by, of = ", ".join(request.by), f"of {total:,} rows of {table}"
    said = {
        "uniform": f"{rows:,} {of}",
        "block": f"{rows:,} {of} in whole blocks",
        "stratified": f"{rows:,} {of}, {'as many each' if request.allocation == 'equal' else 'in proportion'} by {by}",
        "newest": f"{rows:,} newest by {by} of {table}",
        "window": f"{rows:,} {of} in a window of {by}",
        "top": f"{rows:,} {of}: the {request.per:,} largest by {request.order} for each {by}",
        "keys": f"{rows:,} of {len(request.keys):,} keys of {table}",
        "all": f"all {rows:,} rows of {table}",
    }[request.method]
    filtered = ", filtered" if request.where is not None else ""
    return f"{said}{filtered}, seed {request.seed}" if request.method != "all" else f"{said}{filtered}"


def notes(request: SampleRequest, table: SourceTable, estimate: SampleEstimate) -> tuple[str, ...]:
    """What somebody should know of a draw before it is made, in plain words."""
    said = [f"{estimate.limit[:1].upper()}{estimate.limit[1:]}."] if estimate.limit else []
    if request.method == "block":
        said.append(
            "Whole blocks are clustered: rows that lie together come together, so the sample is worth fewer rows than "
            "it has. It comes again only while the table stays as it is."
        )
    if not table.key and request.method != "block":
        said.append(
            f"{table.name} has no key: its rows are told apart by all they hold, and a row that changes is another one."
        )
    return tuple(said)


def _lists(value: Any) -> Any:
    return [_lists(one) for one in value] if isinstance(value, tuple) else value


def _known(value: str, known: Iterable[str], field: str) -> None:
    if value not in known:
        raise UsageError(
            f"There is no {field} {value!r}.", hint=f"There are: {', '.join(known)}.", details={"field": field}
        )


def _check_columns(names: Iterable[str], types: dict[str, str], field: str) -> None:
    for name in names:
        if name not in types:
            error = column_not_found(name, list(types))
            error.details["field"] = field
            raise error


def _check_ordered(name: str, types: dict[str, str], field: str, what: str) -> None:
    kind = column_type(types[name])
    if kind.family not in ORDERED:
        raise UsageError(
            f"The column {name} is {kind.noun}, which has no {what}.",
            hint="Name a column of dates, times or numbers.",
            details={"field": field},
        )


def _check_keys(keys: tuple[tuple[str, ...], ...], table: SourceTable) -> None:
    if not table.key:
        raise SampleRefused(
            f"{table.name} has no key, so no list of keys names its rows.",
            hint="Give a filter with where instead.",
            details={"field": "keys", "table": table.name},
        )
    wrong = next((key for key in keys if len(key) != len(table.key)), None)
    if wrong is not None:
        raise UsageError(
            f"A key of {table.name} has {len(table.key)} parts ({', '.join(table.key)}); one given has {len(wrong)}.",
            hint="Give each key as a list of its parts, in that order.",
            details={"field": "keys"},
        )
    if any("\0" in part for key in keys for part in key):
        raise UsageError("A key holds a character that none can have.", hint="Correct it.", details={"field": "keys"})
