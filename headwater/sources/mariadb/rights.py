"""What the configured user of a MariaDB could do there beyond reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymysql

_GRANT = re.compile(r"GRANT (.+?) ON (.+?) TO ", re.DOTALL)
_ROLE = re.compile(r"GRANT (`.+?`@`.*?`|`.+?`|'.+?') TO ")
_HARMLESS = frozenset({"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES"})


def powers(connection: pymysql.Connection[Any]) -> tuple[str, ...]:
    """What the user could do beyond SELECT; each a part of a sentence after "may"."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW GRANTS")
        grants = [str(row[0]) for row in cursor.fetchall()]
    found: list[str] = []
    limited = False
    for grant in grants:
        limited = limited or "MAX_USER_CONNECTIONS" in grant
        if role := _ROLE.match(grant):
            found.append(f"do what the role {role[1]} may")
        elif told := _GRANT.match(grant):
            # Columns in parentheses may hold commas of their own.
            rights = {right.strip() for right in re.sub(r"\([^)]*\)", "", told[1]).split(",")}
            rights -= _HARMLESS
            if "ALL PRIVILEGES" in rights:
                found.append(f"do everything on {told[2]}")
            elif rights:
                found.append(f"{', '.join(sorted(rights))} on {told[2]}")
            if "WITH GRANT OPTION" in grant:
                found.append(f"give its rights on {told[2]} to others")
    if not limited:
        found.append("open any number of connections")
    return tuple(found)
