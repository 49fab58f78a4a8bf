"""Refresh: a sample drawn again by its own recipe, as the next version of the same dataset."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from headwater.sample_models import SampleRequest, request_of
from headwater.services.sample_lines import audited

if TYPE_CHECKING:
    from headwater.sample_models import SampleResult
    from headwater.services.catalog import CatalogService
    from headwater.services.jobs import JobContext
    from headwater.services.sample_lines import SampleLine
    from headwater.services.samples import SampleService


class RefreshService:
    """Draws samples again. The rows that are still there come again; the version before stays as it is."""

    def __init__(self, catalog: CatalogService, samples: SampleService) -> None:
        self._catalog = catalog
        self._samples = samples

    def request(self, ref: str) -> SampleRequest:
        """What the recipe of the version `ref` asks for, with the masks that it had.

        Raises
        ------
        DatasetNotFound, VersionNotFound
            As the catalog, and where the version was not drawn in this home.
        """
        version = self._catalog.resolve(ref)
        document = self._samples.recipe(version)
        asked = {field.name: document[field.name] for field in fields(SampleRequest) if field.name in document}
        return replace(request_of(asked), dataset=version.dataset, notebook=None)

    def refresh(
        self, request: SampleRequest, user: str, context: JobContext, line: SampleLine | None = None
    ) -> SampleResult:
        """Draw `request`, as `request` gave it, again. `line` is as `SampleService.draw` takes it.

        A column that went since is left out. One that came is masked as for a new sample, and so is one whose mask of
        then is proposed anyway: the policy of today holds.

        Raises as `SampleService.draw`.
        """
        line = line or self._samples.announce(request, user)
        with audited(line, context, part=True):
            plan = self._samples.plan(replace(request, masks={}), user, context)
        proposed = {one.column: one.mask for one in plan.masks}
        masks = {
            column: mask
            for column, mask in request.masks.items()
            if "." in column or (column in proposed and proposed[column] != mask)
        }
        return self._samples.draw(replace(request, masks=masks), user, context, line)
