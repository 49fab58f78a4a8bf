"""How DuckDB writes what a draw needs."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.sampling.keyed import BITS
from headwater.sources.sql.dialect import Dialect, KeyColumn

_ZONED = "TIMESTAMP WITH TIME ZONE"

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})


class DuckdbDialect(Dialect):
    """DuckDB, without any extension: it has no time zones then, so zoned times are told from their microseconds."""

    text_type = "VARCHAR"
    integer_type = "BIGINT"

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def text(self, column: str, kind: str) -> str:
        if kind == _ZONED:
            return f"CAST(make_timestamp(epoch_us({column})) AS VARCHAR) || '+00'"
        if kind == "BLOB":
            return f"'\\x' || lower(hex({column}))"
        return f"CAST({column} AS VARCHAR)"

    def is_whole(self, kind: str) -> bool:
        return kind in _WHOLE

    def whole(self, column: str) -> str:
        return f"CAST({column} AS BIGINT)"

    def quotient(self, dividend: str, divisor: int) -> str:
        return f"({dividend} // {int(divisor)})"

    def hashed(self, seed: int, key: Sequence[KeyColumn]) -> str:
        texts = [f"({self.text(self.quoted(column.name), column.type)})" for column in key]
        parts = " || ".join(f"CAST(length({text}) AS VARCHAR) || ':' || {text}" for text in texts)
        return self._placed(seed, parts)

    def content(self, columns: Sequence[KeyColumn]) -> str:
        texts = [f"({self.text(self.quoted(column.name), column.type)})" for column in columns]
        return " || ".join(f"coalesce(CAST(length({text}) AS VARCHAR) || ':' || {text}, '-')" for text in texts)

    def content_place(self, seed: int, columns: Sequence[KeyColumn]) -> str:
        return self._placed(seed, self.content(columns))

    def bound(self, number: int, kind: str) -> str:
        return self._typed(f"CAST(${int(number)} AS VARCHAR)", kind)

    def among(self, columns: Sequence[tuple[str, str]], first: int) -> str:
        names = ", ".join(column for column, _ in columns)
        lists = [self._typed(f"unnest(CAST(${first + n} AS VARCHAR[]))", kind) for n, (_, kind) in enumerate(columns)]
        return f"{f'({names})' if len(lists) > 1 else names} IN (SELECT {', '.join(lists)})"

    def listed(self, name: str, columns: Sequence[KeyColumn], first: int) -> str:
        lists = ", ".join(
            f"{self._typed(f'unnest(CAST(${first + n} AS VARCHAR[]))', column.type)} AS {column.name}"
            for n, column in enumerate(columns)
        )
        return f"(SELECT {lists}) AS {name}"

    @staticmethod
    def _placed(seed: int, text: str) -> str:
        return f"CAST('0x' || left(md5('{int(seed)}:' || {text}), {BITS // 4}) AS BIGINT)"

    def _typed(self, text: str, kind: str) -> str:
        return f"unhex(substr({text}, 3))" if kind == "BLOB" else f"CAST({text} AS {kind})"
