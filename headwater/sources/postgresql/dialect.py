"""How PostgreSQL writes what a draw needs."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.sampling.keyed import BITS
from headwater.sources.postgresql.identifiers import quoted
from headwater.sources.sql.dialect import Dialect, KeyColumn

_WHOLE = frozenset({"smallint", "integer", "bigint"})


class PostgresqlDialect(Dialect):
    """PostgreSQL with the settings of `session`: ``pg_catalog`` alone is searched, times are in UTC.

    Parameters
    ----------
    utf8:
        Whether the database's own texts are in UTF-8: then a hash need not have them in it first.
    """

    def __init__(self, utf8: bool = False) -> None:
        self._utf8 = utf8

    text_type = "pg_catalog.text"
    integer_type = "pg_catalog.int8"

    def quoted(self, name: str) -> str:
        return quoted(name)

    def text(self, column: str, kind: str) -> str:
        return f"{column}::pg_catalog.text"

    def is_whole(self, kind: str) -> bool:
        return kind in _WHOLE

    def whole(self, column: str) -> str:
        return f"{column}::pg_catalog.int8"

    def quotient(self, dividend: str, divisor: int) -> str:
        return f"({dividend} / {int(divisor)})"

    def hashed(self, seed: int, key: Sequence[KeyColumn]) -> str:
        return _place_of(self._digest(seed, " || ".join(map(_measured, key))))

    def within(self, seed: int, key: Sequence[KeyColumn], above: int, upto: int) -> str:
        if self.places_whole(key) or above >= (1 << BITS) - 1:
            return super().within(seed, key, above, upto)
        # The digests are compared as texts: to make a number of each costs as much as to hash.
        digest = f'{self._digest(seed, " || ".join(map(_measured, key)))} COLLATE "C"'
        terms = [f"{digest} >= '{_first_digits(above + 1)}'"] if above >= 0 else []
        terms += [f"{digest} < '{_first_digits(upto + 1)}'"] if upto < (1 << BITS) - 1 else []
        return " AND ".join(terms) or "true"

    def _digest(self, seed: int, text: str) -> str:
        seeded = f"'{int(seed)}:' || {text}"
        return f"md5({seeded})" if self._utf8 else f"md5(convert_to({seeded}, 'UTF8'))"

    def content(self, columns: Sequence[KeyColumn]) -> str:
        texts = [self.text(quoted(column.name), column.type) for column in columns]
        return " || ".join(f"coalesce(length({text})::pg_catalog.text || ':' || {text}, '-')" for text in texts)

    def content_place(self, seed: int, columns: Sequence[KeyColumn]) -> str:
        return _place_of(self._digest(seed, self.content(columns)))

    def bound(self, number: int, kind: str) -> str:
        return f"${int(number)}::pg_catalog.text::{kind}"

    def among(self, columns: Sequence[tuple[str, str]], first: int) -> str:
        lists = [f"(${first + n}::pg_catalog.text[])::{kind}[]" for n, (_, kind) in enumerate(columns)]
        names = ", ".join(column for column, _ in columns)
        if len(lists) == 1:
            return f"{names} = ANY({lists[0]})"
        return f"({names}) IN (SELECT * FROM unnest({', '.join(lists)}))"

    def among_integers(self, columns: Sequence[tuple[str, str]], numbers: Sequence[Sequence[str]]) -> str | None:
        # Rows are streamed by COPY, which takes no values.
        lists = [
            f"'{{{','.join(map(str, map(int, column)))}}}'::{kind}[]"
            for column, (_, kind) in zip(numbers, columns, strict=True)
        ]
        names = ", ".join(column for column, _ in columns)
        if len(lists) == 1:
            return f"{names} = ANY({lists[0]})"
        return f"({names}) IN (SELECT * FROM unnest({', '.join(lists)}))"

    def listed(self, name: str, columns: Sequence[KeyColumn], first: int) -> str:
        lists = [f"(${first + n}::pg_catalog.text[])::{column.type}[]" for n, column in enumerate(columns)]
        return f"unnest({', '.join(lists)}) AS {name}({', '.join(column.name for column in columns)})"

    def blocks(self, table: str, percent: float, seed: int) -> str | None:
        return f"{table} TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE ({int(seed)})"


def _place_of(digest: str) -> str:
    return f"('x' || left({digest}, {BITS // 4}))::bit({BITS})::pg_catalog.int8"


def _first_digits(place: int) -> str:
    """What the digest of a key with this place begins with."""
    return f"{int(place):0{BITS // 4}x}"


def _measured(column: KeyColumn) -> str:
    """A column's text with its length before it."""
    text = f"{quoted(column.name)}::pg_catalog.text"
    # The text of a uuid takes as long to make as the rest, and is always as long.
    length = "'36'" if column.type == "uuid" else f"length({text})::pg_catalog.text"
    return f"{length} || ':' || {text}"
