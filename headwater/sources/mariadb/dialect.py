"""How MariaDB and MySQL write what a draw needs, and how values are put into their statements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from headwater.sampling.keyed import BITS
from headwater.sources.sql.dialect import Dialect, KeyColumn, Value

_MARKER = re.compile("\0(\\d+)\0")
_EACH = re.compile("\0([,|])\\[(.*?)\0\\]", re.DOTALL)
_BETWEEN = {",": ", ", "|": " UNION ALL "}


class MariadbDialect(Dialect):
    """MariaDB with the settings of `session`. No name there can hold the character 0, which markers are made of."""

    text_type = "varchar"

    exact = "utf8mb4_nopad_bin"
    """The collation in which texts are equal if their characters are."""

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def text(self, column: str, kind: str) -> str:
        base = base_type(kind)
        if base in BYTES:
            return f"CONCAT(CHAR(92 USING utf8mb4), 'x', LOWER(HEX({column})))"
        if base == "bit":
            return f"CONVERT(CAST({column} AS UNSIGNED) USING utf8mb4)"
        text = f"CONVERT({column} USING utf8mb4)"
        if base in ("datetime", "timestamp", "time") and "(" in kind:
            # Without the zeros that end a fraction, as other engines write it.
            text = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))"
        return f"CONCAT({text}, '+00')" if base == "timestamp" else text

    def is_whole(self, kind: str) -> bool:
        base = base_type(kind)
        return base in WHOLE and base != "year" and not (base == "bigint" and "unsigned" in kind)

    def whole(self, column: str) -> str:
        return f"CAST({column} AS SIGNED)"

    def quotient(self, dividend: str, divisor: int) -> str:
        return f"({dividend} DIV {int(divisor)})"

    def hashed(self, seed: int, key: Sequence[KeyColumn]) -> str:
        texts = [self.text(self.quoted(column.name), column.type) for column in key]
        return _placed(seed, ", ".join(f"CHAR_LENGTH({text}), ':', {text}" for text in texts))

    def content(self, columns: Sequence[KeyColumn]) -> str:
        return f"(CONVERT(CONCAT({self._content(columns)}) USING utf8mb4) COLLATE {self.exact})"

    def content_place(self, seed: int, columns: Sequence[KeyColumn]) -> str:
        return _placed(seed, self._content(columns))

    def _content(self, columns: Sequence[KeyColumn]) -> str:
        texts = [self.text(self.quoted(column.name), column.type) for column in columns]
        return ", ".join(f"COALESCE(CONCAT(CHAR_LENGTH({text}), ':', {text}), '-')" for text in texts)

    def bound(self, number: int, kind: str) -> str:
        return _typed(f"\0{int(number)}\0", kind)

    def among(self, columns: Sequence[tuple[str, str]], first: int) -> str:
        names = ", ".join(column for column, _ in columns)
        each = ", ".join(self.bound(first + n, kind) for n, (_, kind) in enumerate(columns))
        return f"{names} IN (\0,[{each}\0])" if len(columns) == 1 else f"({names}) IN (\0,[({each})\0])"

    def among_integers(self, columns: Sequence[tuple[str, str]], numbers: Sequence[Sequence[str]]) -> str | None:
        names = ", ".join(column for column, _ in columns)
        rows = zip(*([str(int(number)) for number in column] for column in numbers), strict=True)
        if len(columns) == 1:
            return f"{names} IN ({', '.join(number for (number,) in rows) or 'NULL'})"
        told = ", ".join(f"({', '.join(row)})" for row in rows)
        return f"({names}) IN ({told or 'NULL'})"

    def listed(self, name: str, columns: Sequence[KeyColumn], first: int) -> str:
        each = ", ".join(f"{self.bound(first + n, kind)} AS {column}" for n, (column, kind) in enumerate(columns))
        return f"(\0|[SELECT {each}\0]) {name}"


class MysqlDialect(MariadbDialect):
    """MySQL, which has other names for collations."""

    exact = "utf8mb4_0900_bin"


BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "year"})


def base_type(kind: str) -> str:
    """The first word of a type: ``bigint`` of ``bigint(20) unsigned``."""
    return re.split(r"[ (]", kind, maxsplit=1)[0].lower()


def filled(sql: str, values: Sequence[Value]) -> str:
    """`sql` with its markers replaced by `values`, as literals of hexadecimal digits: nothing in one can end it."""

    def each(found: re.Match[str]) -> str:
        lists = {int(number) - 1 for number in _MARKER.findall(found[2])}
        rows = range(max((len(values[number]) for number in lists), default=0))
        told = (_replaced(found[2], {number: values[number][row] for number in lists}) for row in rows)
        # Of no keys at all, none is equal to anything.
        return _BETWEEN[found[1]].join(told) or "NULL"

    return _replaced(_EACH.sub(each, sql), dict(enumerate(values)))


def _placed(seed: int, parts: str) -> str:
    digest = f"MD5(CONVERT(CONCAT('{int(seed)}:', {parts}) USING utf8mb4))"
    return f"CAST(CONV(LEFT({digest}, {BITS // 4}), 16, 10) AS UNSIGNED)"


def _replaced(sql: str, values: Mapping[int, Value]) -> str:
    def literal(found: re.Match[str]) -> str:
        value = values[int(found[1]) - 1]
        assert isinstance(value, str)
        return f"_utf8mb4 X'{value.encode('utf-8').hex()}'"

    return _MARKER.sub(literal, sql)


def _typed(text: str, kind: str) -> str:
    base = base_type(kind)
    if base in BYTES:
        return f"UNHEX(SUBSTR({text}, 3))"
    if kind == "bit(1)":
        return f"({text} IN ('1', 'true'))"
    if base in WHOLE or base == "bit":
        return f"CAST({text} AS {'UNSIGNED' if 'unsigned' in kind or base == 'bit' else 'SIGNED'})"
    if base == "decimal":
        return f"CAST({text} AS {kind.split(' ')[0].upper()})"
    if base in ("float", "double"):
        return f"({text} + 0e0)"
    if base == "date":
        return f"CAST({text} AS DATE)"
    if base == "time":
        return f"CAST({text} AS TIME(6))"
    if base == "datetime":
        return f"CAST({text} AS DATETIME(6))"
    if base == "timestamp":
        return f"CAST(REPLACE(REPLACE({text}, '+00', ''), 'Z', '') AS DATETIME(6))"
    return text
