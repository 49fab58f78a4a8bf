"""The word index on SQLite's FTS5. Ids come newest first because FTS5 walks them in that order without sorting."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.ledger.base import Reader, Row, Transaction
from headwater.ledger.words import (
    Facets,
    SearchDocument,
    WordIndex,
    squeezed,
    words_of,
    words_of_all,
)
from headwater.naming import namespace_of

_COLUMNS = ("name", "description", "columns", "tags", "facets")
_TRIGRAM = 3


class Fts5Index(WordIndex):
    """Two FTS5 tables: ``dataset_words`` for words and their beginnings, ``dataset_trigrams`` for parts of names."""

    def store(self, tx: Transaction, dataset_id: int, document: SearchDocument) -> None:
        fresh = (
            " ".join(words_of(document.name)),
            " ".join(words_of(document.description)),
            " ".join(words_of_all(document.columns)),
            " ".join(words_of_all(document.tags)),
            " ".join(_facet_words(document)),
        )
        kept = tx.one(f"SELECT {', '.join(_COLUMNS)} FROM dataset_words WHERE rowid = ?", (dataset_id,))
        if kept is not None:
            if tuple(kept[column] for column in _COLUMNS) == fresh:
                return
            tx.execute("DELETE FROM dataset_words WHERE rowid = ?", (dataset_id,))
        else:
            tx.execute("INSERT INTO dataset_trigrams (rowid, name) VALUES (?, ?)", (dataset_id, document.name))
        tx.execute(
            f"INSERT INTO dataset_words (rowid, {', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
            (dataset_id, *fresh),
        )

    def named(self, reader: Reader, text: str, facets: Facets, limit: int) -> list[int]:
        return self._match(reader, _with_facets(f'facets : "e{squeezed(text)}"', facets), limit)

    def matching(
        self, reader: Reader, terms: Sequence[str], fields: Sequence[str], facets: Facets, limit: int
    ) -> list[int]:
        words = " AND ".join(f"{_quoted(term)} *" for term in terms)
        return self._match(reader, _with_facets(f"{{{' '.join(fields)}}} : ({words})", facets), limit)

    def containing(self, reader: Reader, text: str, facets: Facets, limit: int) -> list[int]:
        if len(text) < _TRIGRAM:
            return []
        conditions, params = ["t.name MATCH ?"], [_quoted(text)]
        if facets.namespace is not None:
            conditions.append("d.namespace = ?")
            params.append(facets.namespace)
        if facets.kind is not None:
            conditions.append("d.newest_kind = ?")
            params.append(facets.kind)
        return _ids(
            reader.query(
                "SELECT t.rowid AS id FROM dataset_trigrams t JOIN dataset d ON d.id = t.rowid"
                f" WHERE {' AND '.join(conditions)} ORDER BY t.rowid DESC LIMIT ?",
                (*params, limit),
            )
        )

    def resembling(self, reader: Reader, terms: Sequence[str], limit: int) -> list[int]:
        words = " OR ".join(f"{_quoted(term[:_TRIGRAM])} *" for term in terms)
        return self._match(reader, f"name : ({words})", limit) if words else []

    def _match(self, reader: Reader, expression: str, limit: int) -> list[int]:
        return _ids(
            reader.query(
                "SELECT rowid AS id FROM dataset_words WHERE dataset_words MATCH ? ORDER BY rowid DESC LIMIT ?",
                (expression, limit),
            )
        )


def _facet_words(document: SearchDocument) -> tuple[str, ...]:
    """Facets are words of the same index, so that a rare namespace under a common word is still found at once."""
    return (
        f"e{squeezed(document.name.partition('.')[2])}",
        f"n{namespace_of(document.name).encode().hex()}",
        f"k{document.kind}",
    )


def _with_facets(expression: str, facets: Facets) -> str:
    if facets.namespace is not None:
        expression += f' AND facets : "n{facets.namespace.encode().hex()}"'
    if facets.kind is not None:
        expression += f" AND facets : {_quoted('k' + facets.kind)}"
    return expression


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""').replace("\0", "") + '"'


def _ids(rows: list[Row]) -> list[int]:
    return [int(row["id"]) for row in rows]
