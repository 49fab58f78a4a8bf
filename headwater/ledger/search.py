"""Search over datasets: ranked name > description > columns > tags, from a candidate set of bounded size.

Ranking every dataset that has a common word costs 30 ms and more at 100,000 datasets; ranking the first
`CANDIDATES` of each rank does not, and a person who gets a thousand hits types another word.
"""

from __future__ import annotations

from dataclasses import dataclass

from headwater.cursors import decode_cursor, encode_cursor
from headwater.ledger.base import Database
from headwater.ledger.datasets import Datasets
from headwater.ledger.words import Facets, squeezed, terms_of, words_of
from headwater.models import DatasetPage, DatasetSummary, SortKey

CANDIDATES = 500
"""How many datasets a query ranks; where there are more, the page says that its total is capped."""

_FIELDS = ("name", "description", "columns", "tags")
_BY_PART_OF_NAME = len(_FIELDS) + 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dataset that a query found; `rank` is lower where the match is better."""

    id: int
    rank: int


class Search:
    """Finds datasets by words, beginnings of words and parts of names."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._datasets = Datasets(db)

    def page(
        self,
        query: str,
        facets: Facets,
        sort: SortKey,
        descending: bool,
        cursor: str | None,
        limit: int,
        offset: int = 0,
    ) -> DatasetPage:
        """Up to `limit` datasets that `query` finds, after `cursor`, else from place `offset` on.

        Read by cursors, every one of them is on exactly one page.
        """
        scope = ("search", query, facets.namespace, facets.kind, sort, descending)
        found, capped = self._candidates(query, facets)
        ordered = self._ordered(query, found, sort, descending)
        start = offset
        if cursor is not None:
            last = decode_cursor(scope, cursor, (str, int))
            # A name that is gone since is replaced by the place where it stood.
            start = next((i + 1 for i, name in enumerate(ordered) if name == last[0]), int(last[1]))
        names = list(ordered)[max(start, 0) : max(start, 0) + limit]
        following = None
        if max(start, 0) + limit < len(ordered):
            following = encode_cursor(scope, [names[-1], max(start, 0) + limit])
        rows = self._datasets.summaries([ordered[name] for name in names])
        return DatasetPage(tuple(rows), following, len(ordered), capped)

    def near(self, name: str, limit: int = 3) -> list[str]:
        """Names that resemble `name`, the nearest first: what somebody who misspelt it may have meant."""
        import difflib

        ids = self._db.words.resembling(self._db, words_of(name), CANDIDATES)
        names = sorted(self._datasets.names(ids).values())
        by_lower = {known.lower(): known for known in names}
        close = difflib.get_close_matches(name.lower(), by_lower, n=limit, cutoff=0.6)
        if not close:
            last = name.rpartition(".")[2].lower()
            ends = {known.rpartition(".")[2]: known for known in by_lower}
            close = [ends[end] for end in difflib.get_close_matches(last, ends, n=limit, cutoff=0.75)]
        return [by_lower[known] for known in close]

    def _candidates(self, query: str, facets: Facets) -> tuple[list[Candidate], bool]:
        """The first datasets of each rank, until there are `CANDIDATES`; and whether there may be more."""
        words, terms = self._db.words, terms_of(query)
        ranks: dict[int, int] = {}

        def take(rank: int, ids: list[int]) -> bool:
            for id in ids:
                if len(ranks) >= CANDIDATES and id not in ranks:
                    return True
                ranks.setdefault(id, rank)
            return False

        # A word that every dataset of a namespace has is the costly one: stop when there is nothing more to find.
        everything = self._datasets.count(facets)
        whole = query.rpartition(".")[2]
        if squeezed(whole):
            take(0, words.named(self._db, whole, facets, CANDIDATES))
        for rank in range(1, len(_FIELDS) + 1) if terms else ():
            if len(ranks) >= everything:
                return _as_candidates(ranks), False
            # One more than fits tells a full answer from a capped one.
            if take(rank, words.matching(self._db, terms, _FIELDS[:rank], facets, CANDIDATES + 1)):
                return _as_candidates(ranks), True
        capped = take(_BY_PART_OF_NAME, words.containing(self._db, query.strip(), facets, CANDIDATES + 1))
        return _as_candidates(ranks), capped

    def _ordered(self, query: str, found: list[Candidate], sort: SortKey, descending: bool) -> dict[str, int]:
        """Names and ids of the candidates, best first."""
        if sort == "relevance":
            names = self._datasets.names([candidate.id for candidate in found])
            terms = set(terms_of(query))
            keyed = [
                (candidate.rank, -len(terms & set(words_of(names[candidate.id]))), len(names[candidate.id]),
                 names[candidate.id], candidate.id)
                for candidate in found
            ]  # fmt: skip
            keyed.sort()
            return {key[3]: key[4] for key in keyed}
        summaries = self._datasets.summaries([candidate.id for candidate in found])
        ids = {summary.name: candidate.id for summary, candidate in zip(summaries, found, strict=True)}
        summaries.sort(key=lambda summary: _sort_key(summary, sort), reverse=descending)
        return {summary.name: ids[summary.name] for summary in summaries}


def _as_candidates(ranks: dict[int, int]) -> list[Candidate]:
    return [Candidate(id, rank) for id, rank in ranks.items()]


def _sort_key(summary: DatasetSummary, sort: SortKey) -> tuple[str | int, str]:
    keys: dict[SortKey, str | int] = {
        "updated": summary.updated,
        "rows": summary.rows,
        "bytes": summary.bytes,
    }
    return (keys.get(sort, ""), summary.name)
