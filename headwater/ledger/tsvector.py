"""The word index on PostgreSQL: one weighted ``tsvector`` a dataset, built here so that its words are ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple

from headwater.ledger.base import Reader, Row, Transaction
from headwater.ledger.words import Facets, SearchDocument, WordIndex, squeezed, words_of, words_of_all
from headwater.naming import namespace_of

_WEIGHTS = {"name": "A", "description": "B", "columns": "C", "tags": "D"}
_BEGINNING = 3


class TsvectorIndex(WordIndex):
    """The table ``dataset_words`` with a GIN index. Facets are lexemes too, with a mark that no word has."""

    def store(self, tx: Transaction, dataset_id: int, document: SearchDocument) -> None:
        tx.execute(
            "INSERT INTO dataset_words (dataset_id, document, words) VALUES (?, ?, CAST(? AS tsvector))"
            " ON CONFLICT (dataset_id) DO UPDATE SET document = excluded.document, words = excluded.words"
            " WHERE dataset_words.document <> excluded.document",
            (dataset_id, json.dumps(astuple(document)), _vector(document)),
        )

    def named(self, reader: Reader, text: str, facets: Facets, limit: int) -> list[int]:
        return self._match(reader, _with_facets(_quoted("=" + squeezed(text)), facets), limit)

    def matching(
        self, reader: Reader, terms: Sequence[str], fields: Sequence[str], facets: Facets, limit: int
    ) -> list[int]:
        weights = "".join(_WEIGHTS[field] for field in fields)
        words = " & ".join(f"{_quoted(term)}:*{weights}" for term in terms)
        return self._match(reader, _with_facets(words, facets), limit)

    def containing(self, reader: Reader, text: str, facets: Facets, limit: int) -> list[int]:
        conditions, params = ["strpos(lower(name), ?) > 0"], [text.lower()]
        if facets.namespace is not None:
            conditions.append("namespace = ?")
            params.append(facets.namespace)
        if facets.kind is not None:
            conditions.append("newest_kind = ?")
            params.append(facets.kind)
        return _ids(
            reader.query(
                f"SELECT id FROM dataset WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?",
                (*params, limit),
            )
        )

    def resembling(self, reader: Reader, terms: Sequence[str], limit: int) -> list[int]:
        words = " | ".join(f"{_quoted(term[:_BEGINNING])}:*A" for term in terms)
        return self._match(reader, words, limit) if words else []

    def _match(self, reader: Reader, expression: str, limit: int) -> list[int]:
        return _ids(
            reader.query(
                "SELECT dataset_id AS id FROM dataset_words WHERE words @@ CAST(? AS tsquery)"
                " ORDER BY dataset_id DESC LIMIT ?",
                (expression, limit),
            )
        )


def _vector(document: SearchDocument) -> str:
    fields = {
        "A": words_of(document.name),
        "B": words_of(document.description),
        "C": words_of_all(document.columns),
        "D": words_of_all(document.tags),
    }
    weights: dict[str, list[str]] = {}
    for weight, words in fields.items():
        for word in words:
            weights.setdefault(word, []).append(weight)
    lexemes = [
        # Only weights matter here; a lexeme needs a position of its own for each of them.
        f"{_quoted(word)}:{','.join(f'{place}{weight}' for place, weight in enumerate(found, start=1))}"
        for word, found in weights.items()
    ]
    own = squeezed(document.name.partition(".")[2])
    facets = ("=" + own, "@" + namespace_of(document.name), "#" + document.kind)
    return " ".join([*lexemes, *(_quoted(facet) for facet in facets)])


def _with_facets(expression: str, facets: Facets) -> str:
    if facets.namespace is not None:
        expression += f" & {_quoted('@' + facets.namespace)}"
    if facets.kind is not None:
        expression += f" & {_quoted('#' + facets.kind)}"
    return expression


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''").replace("\0", "") + "'"


def _ids(rows: list[Row]) -> list[int]:
    return [int(row["id"]) for row in rows]
