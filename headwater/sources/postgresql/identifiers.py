"""SQL text from names of the catalog and from numbers. Nothing that a person typed becomes SQL."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.sampling.keyed import BITS


def quoted(identifier: str) -> str:
    """`identifier` as SQL: ``"a ""b"" c"``."""
    return '"' + identifier.replace('"', '""') + '"'


def place(seed: int, key: Sequence[str]) -> str:
    """SQL for the place of a row by its key columns: the same number as `headwater.sampling.keyed.place`."""
    texts = [f"{quoted(column)}::pg_catalog.text" for column in key]
    parts = " || ".join(f"length({text})::pg_catalog.text || ':' || {text}" for text in texts)
    digest = f"md5(convert_to('{int(seed)}:' || {parts}, 'UTF8'))"
    return f"('x' || left({digest}, {BITS // 4}))::bit({BITS})::pg_catalog.int8"
