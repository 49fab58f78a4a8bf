"""Tables of a MariaDB that set something in motion when they are read: other servers, functions with effects."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from headwater.errors import SampleRefused

if TYPE_CHECKING:
    from headwater.sources.mariadb.catalog import KnownTable

_ELSEWHERE = frozenset({"FEDERATED", "CONNECT", "SPIDER", "S3", "ODBC"})
"""Engines whose rows are in another place."""

# In a view's definition as the server writes it, names are in back quotes and its own functions are not.
_STORED = re.compile(r"`\s*\(")
_EFFECTS = re.compile(
    r"\b(sleep|benchmark|get_lock|release_lock|release_all_locks|load_file|nextval|setval|lastval|next value|"
    r"master_pos_wait|master_gtid_wait|rand|uuid|uuid_short|sysdate)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`(\s*\()?", re.DOTALL)


def check_reach(known: KnownTable, allow: Collection[str]) -> None:
    """Raise `SampleRefused` for a table that sets something in motion and is not one of `allow`."""
    name = known.shown.name
    if name in allow:
        return
    reason = _reason(known)
    if reason:
        raise SampleRefused(
            f"{name} {reason}.",
            hint=f'If that is harmless, an administrator adds "{name}" to allow in [sources.{known.shown.source}].',
            details={"table": name},
        )


def _reason(known: KnownTable) -> str:
    if known.engine.upper() in _ELSEWHERE:
        return f"is kept by {known.engine}, so its rows are fetched from another place"
    if known.view is None:
        return ""
    if not known.view:
        return "is a view whose definition its user may not see (SHOW VIEW), so it may call anything"
    # What stands in texts is no call, nor is a name that no parenthesis follows.
    plain = _QUOTED.sub(lambda found: "`(" if found[1] else "", known.view)
    if _STORED.search(plain):
        return "is a view that calls stored functions"
    found = _EFFECTS.search(plain)
    return f"is a view that calls {found[1].lower()}, which may do more than read" if found else ""
