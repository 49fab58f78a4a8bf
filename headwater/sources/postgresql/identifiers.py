"""SQL text from names of the catalog and from numbers. Nothing that a person typed becomes SQL."""

from __future__ import annotations


def quoted(identifier: str) -> str:
    """`identifier` as SQL: ``"a ""b"" c"``."""
    return '"' + identifier.replace('"', '""') + '"'
