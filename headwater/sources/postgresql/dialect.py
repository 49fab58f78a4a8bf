"""How PostgreSQL writes what a draw needs."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.sources.postgresql.identifiers import place, quoted
from headwater.sources.sql.dialect import Dialect, KeyColumn


class PostgresqlDialect(Dialect):
    """PostgreSQL with the settings of `session`: ``pg_catalog`` alone is searched, times are in UTC."""

    def quoted(self, name: str) -> str:
        return quoted(name)

    def text(self, column: str, kind: str) -> str:
        return f"{column}::pg_catalog.text"

    def place(self, seed: int, key: Sequence[KeyColumn]) -> str:
        return place(seed, [column.name for column in key])

    def bound(self, number: int, kind: str) -> str:
        return f"${int(number)}::pg_catalog.text::{kind}"

    def among(self, columns: Sequence[tuple[str, str]], first: int) -> str:
        lists = [f"(${first + n}::pg_catalog.text[])::{kind}[]" for n, (_, kind) in enumerate(columns)]
        names = ", ".join(column for column, _ in columns)
        if len(lists) == 1:
            return f"{names} = ANY({lists[0]})"
        return f"({names}) IN (SELECT * FROM unnest({', '.join(lists)}))"
