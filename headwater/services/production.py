"""Production as it is configured: which sources answer, and which tables and foreign keys they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import HeadwaterError
from headwater.naming import check_dataset, suggest
from headwater.sample_models import Source, SourceList, SourceTablePage, TableLink, TableLinks

if TYPE_CHECKING:
    from headwater.config import Config, SourceConfig
    from headwater.sample_models import SampleRequest, SourceTable
    from headwater.sources.base import Source as OpenSource


class ProductionService:
    """Looks at the sources that ``headwater.toml`` names, without a row of them."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def sources(self) -> SourceList:
        """The configured sources, and whether they answer now."""
        return SourceList(tuple(self._state(config) for config in self._config.sources.values()))

    def tables(self, source: str, query: str = "", cursor: str | None = None, limit: int = 50) -> SourceTablePage:
        """A page of a source's tables. Raises `SourceNotFound`, `SourceUnavailable`."""
        return self._open(source).tables(query, cursor, max(1, min(limit, 500)))

    def links(self, source: str, table: str) -> TableLinks:
        """The foreign keys of one table. Raises `SourceNotFound`, `SourceUnavailable`, `TableNotFound`."""
        opened = self._open(source)
        name = opened.table(table).name
        known = opened.links()
        return TableLinks(
            source,
            name,
            (
                *(TableLink(link, link.name, "parent") for link in known if link.child == name),
                *(TableLink(link, link.name, "child") for link in known if link.parent == name),
            ),
        )

    def _dataset(self, request: SampleRequest, config: SourceConfig, table: SourceTable) -> str:
        if request.dataset is not None:
            return check_dataset(request.dataset)
        schema, _, name = table.name.partition(".")
        # Two schemas can have tables of one name: only those of the first give theirs as it is.
        first = self._open(config.name).first_schema
        return suggest(f"{request.source}.{(name if schema == first else f'{schema}_{name}').replace('.', '_')}")

    def _state(self, config: SourceConfig) -> Source:
        try:
            behind = self._open(config.name).check()
        except HeadwaterError as error:
            return Source(config.name, config.kind, False, str(error), config.max_rows)
        return Source(config.name, config.kind, True, "", config.max_rows, behind)

    def _open(self, name: str) -> OpenSource:
        from headwater.sources.registry import open_source

        return open_source(self._config.source(name))
