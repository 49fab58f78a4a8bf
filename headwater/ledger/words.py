"""Words for the search: how text becomes words, and what a dialect's word index can do.

Text is cut into words here and not by the database, so that every dialect finds the same datasets: names also at
``. _ -`` and between camel case, letters without accents, in lower case.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater.ledger.base import Reader, Transaction

MAX_TERMS = 8
"""More words in a query narrow it no further."""

_MAX_WORD = 64
_MAX_WORDS = 4_000
_RUN = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Facets:
    """What narrows a search besides its words."""

    namespace: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What can be found of one dataset. `columns` and `tags` are names."""

    name: str
    description: str
    columns: tuple[str, ...]
    tags: tuple[str, ...]
    kind: str


class WordIndex(ABC):
    """The part of a search that each dialect does in its own way. Ids are those of datasets, newest first."""

    @abstractmethod
    def store(self, tx: Transaction, dataset_id: int, document: SearchDocument) -> None:
        """Make `document` the one that finds this dataset; costs next to nothing when it did not change."""

    @abstractmethod
    def named(self, reader: Reader, text: str, facets: Facets, limit: int) -> list[int]:
        """Datasets whose name after the dot is `text`, written in any case and with any separators."""

    @abstractmethod
    def matching(
        self, reader: Reader, terms: Sequence[str], fields: Sequence[str], facets: Facets, limit: int
    ) -> list[int]:
        """Datasets that have, in `fields`, a word that begins with each of `terms`."""

    @abstractmethod
    def containing(self, reader: Reader, text: str, facets: Facets, limit: int) -> list[int]:
        """Datasets whose name contains `text`, upper and lower case alike."""

    @abstractmethod
    def resembling(self, reader: Reader, terms: Sequence[str], limit: int) -> list[int]:
        """Datasets whose name shares the beginning of a word with any of `terms`."""


def words_of(text: str) -> list[str]:
    """The distinct words of `text` in order, each run of letters and digits both whole and cut at camel case."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    found: dict[str, None] = {}
    for run in _RUN.findall(plain):
        for word in (run, *_CAMEL.split(run)):
            found.setdefault(word.casefold()[:_MAX_WORD])
        if len(found) >= _MAX_WORDS:
            break
    return list(found)


def words_of_all(texts: Iterable[str]) -> list[str]:
    """The distinct words of several texts."""
    return list(dict.fromkeys(word for text in texts for word in words_of(text)))[:_MAX_WORDS]


def terms_of(query: str) -> list[str]:
    """The words that a query asks for; a word in camel case asks for its parts."""
    terms: dict[str, None] = {}
    for run in _RUN.findall(query):
        for part in _CAMEL.split(run):
            for word in words_of(part):
                terms.setdefault(word)
    return list(terms)[:MAX_TERMS]


def squeezed(text: str) -> str:
    """`text` in lower case without separators or accents: ``Order-Lines`` and ``order_lines`` are one."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return "".join(_RUN.findall(plain)).casefold()[:_MAX_WORD]
