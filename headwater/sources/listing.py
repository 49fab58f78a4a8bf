"""Lists of tables where a source has no catalog that pages and searches: by name, in the order of code points."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from headwater.cursors import decode_cursor, encode_cursor
from headwater.errors import TableNotFound
from headwater.sample_models import SourceTable, SourceTablePage


def page_of(
    source: str,
    names: Iterable[str],
    shown: Callable[[str], SourceTable],
    query: str,
    cursor: str | None,
    limit: int,
) -> SourceTablePage:
    """The page after `cursor` of those tables that have `query` in a name of theirs or of a column of theirs.

    `shown` is asked only for tables that are looked at. Raises `UsageError` for a cursor of another list.
    """
    scope = ("tables", source, query)
    after = str(decode_cursor(scope, cursor, (str,))[0]) if cursor else ""
    wanted = query.strip().casefold()
    found: list[SourceTable] = []
    for name in sorted(name for name in names if name > after):
        if len(found) == limit:
            return SourceTablePage(tuple(found), encode_cursor(scope, [found[-1].name]))
        table = shown(name)
        if wanted in name.casefold() or any(wanted in column.name.casefold() for column in table.columns):
            found.append(table)
    return SourceTablePage(tuple(found), None)


def whole_name(source: str, name: str, names: Iterable[str], schemas: Iterable[str]) -> str:
    """``schema.table`` for what a person wrote, which may leave out the first schema. Raises `TableNotFound`."""
    known = set(names)
    first = next(iter(schemas), "")
    for candidate in (name, f"{first}.{name}"):
        if candidate in known:
            return candidate
    near = difflib.get_close_matches(name if "." in name else f"{first}.{name}", sorted(known)[:10_000], n=3)
    # A surrogate or a control character of it must not reach a terminal or a log as it is.
    told = "".join(each if each.isprintable() else "?" for each in name)
    raise TableNotFound(
        f"The source {source} has no table {told} that Headwater may read.",
        hint=f"Did you mean {', '.join(near)}?" if near else f"List them with: headwater tables {source}",
        details={"source": source, "table": told},
    )
