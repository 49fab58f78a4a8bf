"""Samples of production: planned, drawn, masked, kept as versions, and each draw written into the audit log."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headwater.errors import HeadwaterError, VersionNotFound
from headwater.ledger.recipes import Recipes
from headwater.models import Version
from headwater.recipe_text import recipe_text
from headwater.sample_models import (
    PlannedTable,
    SamplePlan,
    SampleRequest,
    SampleResult,
    SourceTable,
)
from headwater.sampling.alike import TableMasks
from headwater.sampling.disclosure import check_selection, enough
from headwater.sampling.masks import MASKS
from headwater.sampling.recipe import recipe_of, without_literals
from headwater.services.budgets import Meter, within
from headwater.services.commits import Part
from headwater.services.draw_queue import DrawQueue, ordinal
from headwater.services.looks import Look, Looks
from headwater.services.production import ProductionService
from headwater.services.proofs import keep_proof
from headwater.services.proposals import proposals
from headwater.services.sample_lines import SampleLine, audited
from headwater.services.sample_requests import asked, check_request, in_words, notes, selection_of
from headwater.services.sample_sets import (
    SetTables,
    datasets_of,
    fill,
    masks_asked,
    root_masks,
    spooled,
    unique_columns,
)
from headwater.services.set_plans import Estimate, planned_links, suggested

if TYPE_CHECKING:
    import pyarrow

    from headwater.config import Config, SourceConfig
    from headwater.home import Home
    from headwater.ledger.base import Database
    from headwater.sampling.apart import Apart
    from headwater.sampling.choice import Choice
    from headwater.sampling.domains import MaskKeys
    from headwater.sampling.finding import Finding
    from headwater.sampling.masker import Masker
    from headwater.sampling.recipe_key import RecipeKey
    from headwater.sampling.selection import Selection
    from headwater.services.audit import AuditService
    from headwater.services.commits import CommitService
    from headwater.services.jobs import JobContext
    from headwater.services.masks import MaskService
    from headwater.services.quotas import QuotaService
    from headwater.sources.base import Drawing, Snapshot

_PEEK = 1_000
_DRAW = "sample"
_PLAN = "sample.plan"

log = logging.getLogger(__name__)


class SampleService(ProductionService):
    """Draws from the sources that ``headwater.toml`` names. Rows pass through masks before anything is written."""

    def __init__(
        self,
        home: Home,
        config: Config,
        database: Database,
        commits: CommitService,
        audit: AuditService,
        masks: MaskService,
        quotas: QuotaService,
    ) -> None:
        super().__init__(config)
        self._quotas = quotas
        self._masks = masks
        self._home = home
        self._db = database
        self._recipes = Recipes(database)
        self._looks = Looks()
        self._commits = commits
        self._audit = audit
        self._queue = DrawQueue(home.run / "draws")

    @cached_property
    def _recipe_key(self) -> RecipeKey:
        from headwater.sampling.recipe_key import RecipeKey

        return RecipeKey(self._home.keys)

    def plan(self, request: SampleRequest, user: str, context: JobContext) -> SamplePlan:
        """What a draw would do. It looks at up to 1,000 rows, which stay in this process for a minute at most.

        The audit log gets lines when production is reached, and one when the plan is refused.

        Raises
        ------
        SourceNotFound, TableNotFound, SourceUnavailable
            There is nothing to draw from.
        UsageError, SampleRefused
            Too many rows, a mask that is not allowed, or a choice of rows that would tell what is masked.
        Cancelled
            `context` says so.
        """
        with audited(SampleLine(self._audit, user, _PLAN, request), context) as line:
            config = self._config.source(request.source)
            check_request(request, config)

            said = repr((request.rows, request.method, request.pace, asked(request)))

            def look() -> Look:
                with self._opened(request, line, context) as drawing:
                    peeked = drawing.peek(request.seed, _PEEK)
                    found = Look(drawing.table, drawing.schema, drawing.warnings, peeked)
                    found.gauges[said] = drawing.gauge(self._agreed(request, config, found)[0])
                    return found

            seen = self._looks.get((request.source, request.table, request.seed), look, context)
            selection, findings, choices = self._agreed(request, config, seen)
            if said not in seen.gauges:
                with self._opened(request, line, context) as drawing:
                    seen.gauges[said] = drawing.gauge(selection)
            request, estimate = within(request, seen.gauges[said], config)
            plan = SamplePlan(
                source=request.source,
                table=seen.table.name,
                dataset=self._dataset(request, config, seen.table),
                rows=request.rows,
                rows_estimate=seen.table.rows,
                method=request.method,
                seed=request.seed,
                key=seen.table.key,
                recipe=self._recipe_key.digest(self._recipe(request, seen.table, choices)),
                masks=proposals(seen, findings, choices, self._mask_keys(request, seen.table)),
                available_masks=tuple(MASKS),
                warnings=(*notes(request, seen.table, estimate), *seen.warnings),
                estimate=estimate,
                text=recipe_text(request),
            )
            return self._with_related(plan, request, line, context) if request.related else plan

    @contextmanager
    def _opened(self, request: SampleRequest, line: SampleLine, context: JobContext) -> Iterator[Drawing]:
        line.begin()
        with self._open(request.source).snapshot() as snapshot:
            context.on_cancel(snapshot.cancel)
            yield snapshot.table(request.table)

    def announce(self, request: SampleRequest, user: str) -> SampleLine:
        """Write into the audit log that a draw was asked for, before it waits its turn; for `draw`, or to be ended.

        Raises `SampleRefused` where a quota is used up.
        """
        line = SampleLine(self._audit, user, _DRAW, request)
        line.begin(self._quotas.guard(user))
        return line

    def draw(
        self, request: SampleRequest, user: str, context: JobContext, line: SampleLine | None = None
    ) -> SampleResult:
        """Draw, mask and commit. `line` is what `announce` gave, where it was called.

        Whatever happens, the audit log gets its lines. A draw that was stopped or failed leaves nothing, in the source
        or here.

        Raises
        ------
        As `plan`, and `DiskFull`.
        """
        with audited(line or self.announce(request, user), context) as told:
            draw = self._draw_set if request.related else self._draw
            return draw(request, user, context, told)

    @contextmanager
    def _turn(self, request: SampleRequest, config: SourceConfig, context: JobContext) -> Iterator[Snapshot]:
        """A snapshot of the source, once it is this draw's turn."""

        def waiting(place: int) -> None:
            context.check()
            context.progress(0, request.rows, f"{ordinal(place)} in line at {request.source}")

        with self._queue.turn(request.source, config.max_draws, waiting):
            context.progress(0, request.rows, f"Connecting to {request.source}")
            with self._open(request.source).snapshot() as snapshot:
                context.on_cancel(snapshot.cancel)
                yield snapshot

    def _draw(self, request: SampleRequest, user: str, context: JobContext, line: SampleLine) -> SampleResult:
        import pyarrow as pa

        from headwater.sampling.masker import Masker
        from headwater.sampling.proof import Tally, kept, sheet

        config = self._config.source(request.source)
        check_request(request, config)
        meter = Meter(request.source, config.budget)
        with ExitStack() as stack:
            snapshot = stack.enter_context(self._turn(request, config, context))
            drawing = snapshot.table(request.table)
            context.progress(0, request.rows, f"Looking at the columns of {drawing.table.name}")
            peeked = drawing.peek(request.seed, _PEEK)
            seen = Look(drawing.table, drawing.schema, drawing.warnings, peeked)
            selection, findings, choices = self._agreed(request, config, seen)
            request, estimate = within(request, drawing.gauge(selection), config)
            stack.enter_context(meter.running(snapshot.cancel))
            selection = selection_of(request, config, seen.table, seen.schema)
            dataset = self._dataset(request, config, drawing.table)
            masks = {choice.column: choice.mask for choice in choices}
            document = self._recipe(request, drawing.table, choices)
            recipe = self._recipe_key.digest(document)
            line.details["masks"] = masks
            line.expect(dataset, recipe)
            masker = Masker(
                self._mask_keys(request, drawing.table),
                masks,
                {finding.column: finding for finding in findings},
                frozenset(choice.column for choice in choices if choice.decided and choice.mask == "keep"),
                drawing.table.key,
            )
            schema = masker.schema(drawing.schema)
            self._keep(recipe, document)
            total = drawing.count()
            rows = min(selection.rows, total)
            context.progress(0, rows, f"Choosing {rows:,} of {total:,} rows")
            state = "masked" if any(mask != "keep" for mask in masks.values()) else "nothing to mask"
            state += f", {estimate.limit}" if estimate.limit else ""
            tally = Tally(masks, drawing.table.key, peeked, drawing.statistics(kept(masks)))
            given = enough(drawing.rows(selection), selection, config.policy)
            version = self._commits.commit(
                dataset,
                pa.RecordBatchReader.from_batches(
                    schema, tally.passing(_masked(meter.counted(given), masker, context, rows))
                ),
                kind="sample",
                author=user,
                message=lambda drawn: ", ".join(
                    [
                        f"{in_words(request, drawing.table.name, drawn, total)}, {state}",
                        # Known when the last row was read.
                        *(f"{column}: {lost}" for column, lost in drawing.losses.items()),
                    ]
                ),
                recipe=recipe,
                cancelled=context.cancelled,
            )
        line.details.update(version=version.version, drawn=version.rows, of=total)
        proof = sheet(
            recipe=recipe, source=request.source, table=drawing.table.name, asked=request.rows, total=total,
            tally=tally, orphans=0, choices=choices, findings=findings,
            keys=document["mask_keys"], unique=drawing.table.key, notes=drawing.warnings,
            losses=drawing.losses,
        )  # fmt: skip
        self._note(version, recipe, total, proof)
        context.progress(version.rows, rows, f"{dataset} {version.version}: {version.message}")
        return SampleResult(
            recipe=recipe,
            versions=(version,),
            masks={f"{drawing.table.name}.{column}": mask for column, mask in masks.items()},
            orphans=0,
            rows=version.rows,
        )

    def _draw_set(self, request: SampleRequest, user: str, context: JobContext, line: SampleLine) -> SampleResult:
        """The root's rows and all that they need, as one set of versions, the root's first."""
        import pyarrow as pa

        from headwater.sampling.masker import Masker
        from headwater.sampling.proof import Tally, kept, sheet

        config = self._config.source(request.source)
        check_request(request, config)
        source = self._open(request.source)
        meter = Meter(request.source, config.budget)
        with ExitStack() as held:
            with ExitStack() as stack:
                snapshot = stack.enter_context(self._turn(request, config, context))
                root = snapshot.table(request.table)
                selection = selection_of(request, config, root.table, root.schema)
                tables = SetTables(snapshot, root, source.links(), request, meter)
                names = list(tables.drawings)
                seen = {}
                for name, drawing in tables.drawings.items():
                    context.progress(0, request.rows, f"Looking at the columns of {name}")
                    peeked = drawing.peek(request.seed, _PEEK)
                    seen[name] = Look(drawing.table, drawing.schema, drawing.warnings, peeked)
                chosen, alike = tables.masks(
                    {
                        name: TableMasks(
                            *self._masks.choose(request.source, seen[name], masks_asked(request, name, names))
                        )
                        for name in names
                    }
                )
                masks = {name: {one.column: one.mask for one in chosen[name].choices} for name in names}
                check_selection(selection, root.table.key, masks[tables.root], config.policy)
                request, estimate = within(request, root.gauge(selection), config)
                selection = selection_of(request, config, root.table, root.schema)
                keys = {name: self._mask_keys(request, tables.table(name), alike[name]) for name in names}
                apart: dict[str, Apart] = {}
                maskers = {
                    name: Masker(
                        keys[name],
                        masks[name],
                        {finding.column: finding for finding in chosen[name].findings},
                        frozenset(one.column for one in chosen[name].choices if one.decided and one.mask == "keep"),
                        unique_columns(name, tables.table(name).key, tables.links),
                        {column: alike[name].get(column, f"{name}.{column}") for column in tables.schema(name).names},
                        apart,
                    )
                    for name in names
                }
                schemas = {name: maskers[name].schema(tables.schema(name)) for name in names}
                whole = {f"{name}.{column}": mask for name in names for column, mask in masks[name].items()}
                document = self._set_recipe(request, root.table, masks, keys)
                recipe = self._recipe_key.digest(document)
                datasets = datasets_of(
                    tables.root, self._dataset(request, config, root.table), names, source.first_schema
                )
                line.details["masks"] = whole
                line.expect(datasets[tables.root], recipe)
                self._keep(recipe, document)
                stack.enter_context(meter.running(snapshot.cancel))
                spool = held.enter_context(spooled(self._home.run, schemas))
                statistics = {name: tables.drawings[name].statistics(kept(masks[name])) for name in names}
                total = root.count()
                rows = meter.counted(enough(root.rows(selection), selection, config.policy))
                drawn = fill(tables, rows, request, maskers, spool, config.max_rows, context)
            context.progress(sum(drawn.rows.values()), None, "Checking that every key finds its row")
            lost = spool.orphans(tables.links)
            state = "masked" if any(mask != "keep" for mask in whole.values()) else "nothing to mask"
            state += f", {estimate.limit}" if estimate.limit else ""
            said = {
                name: f"{drawn.rows.get(name, 0):,} rows of {name} that belong to {datasets[tables.root]}, {state}"
                for name in names
            }
            said[tables.root] = (
                f"{in_words(request, tables.root, min(selection.rows, drawn.rows[tables.root]), total)}, "
                f"with the rows of {len(names) - 1:,} other tables that belong to them, {state}"
            )
            tallies = {
                name: Tally(masks[name], tables.table(name).key, seen[name].peeked, statistics[name]) for name in names
            }
            readers = {
                name: pa.RecordBatchReader.from_batches(schemas[name], tallies[name].passing(spool.reader(name)))
                for name in names
            }
            versions = self._commits.commit_together(
                [Part(datasets[name], readers[name], said[name]) for name in names],
                kind="sample",
                author=user,
                recipe=recipe,
                cancelled=context.cancelled,
            )
        rows_drawn = sum(version.rows for version in versions)
        line.details.update(
            version=versions[0].version,
            drawn=rows_drawn,
            of=total,
            tables={version.dataset: version.rows for version in versions},
            orphans=sum(lost.values()),
        )
        for place, (name, version) in enumerate(zip(names, versions, strict=True)):
            proof = sheet(
                recipe=recipe, source=request.source, table=name, asked=request.rows if place == 0 else None,
                total=total if place == 0 else None, tally=tallies[name],
                orphans=sum(lost.values()), choices=chosen[name].choices, findings=chosen[name].findings,
                keys=keys[name].names(masks[name]), unique=tables.table(name).key,
                notes=seen[name].warnings, losses=tables.drawings[name].losses,
            )  # fmt: skip
            self._note(version, recipe, total if place == 0 else None, proof)
        context.progress(rows_drawn, rows_drawn, f"{versions[0].dataset} {versions[0].version}: {versions[0].message}")
        return SampleResult(recipe, versions, whole, sum(lost.values()), rows_drawn)

    def _set_recipe(
        self,
        request: SampleRequest,
        root: SourceTable,
        masks: Mapping[str, Mapping[str, str]],
        keys: Mapping[str, MaskKeys],
    ) -> dict[str, Any]:
        """The recipe of several tables, whose masks are by ``schema.table.column``."""
        document = self._recipe(request, root, ())
        document["masks"] = {
            f"{name}.{column}": mask for name in sorted(masks) for column, mask in sorted(masks[name].items())
        }
        document["mask_keys"] = {
            f"{name}.{column}": key
            for name in sorted(masks)
            for column, key in sorted(keys[name].names(masks[name]).items())
        }
        return document

    def _with_related(
        self, plan: SamplePlan, request: SampleRequest, line: SampleLine, context: JobContext
    ) -> SamplePlan:
        """The plan with the tables, links and masks of a sample of several tables."""
        source, config = self._open(request.source), self._config.source(request.source)
        line.begin()
        with source.snapshot() as snapshot:
            context.on_cancel(snapshot.cancel)
            tables = SetTables(
                snapshot, snapshot.table(request.table), source.links(), request, Meter("", config.budget)
            )
            names = list(tables.drawings)
            seen = {}
            for name, drawing in tables.drawings.items():

                def look(drawing: Drawing = drawing) -> Look:
                    return Look(drawing.table, drawing.schema, drawing.warnings, drawing.peek(request.seed, _PEEK))

                seen[name] = self._looks.get((request.source, name, request.seed), look, context)
            found = suggested(source, snapshot, seen, tables.known)
        chosen, alike = tables.masks(
            {
                name: TableMasks(*self._masks.choose(request.source, seen[name], masks_asked(request, name, names)))
                for name in names
            }
        )
        masks = {name: {one.column: one.mask for one in chosen[name].choices} for name in names}
        keys = {name: self._mask_keys(request, tables.table(name), alike[name]) for name in names}
        datasets = datasets_of(tables.root, plan.dataset, names, source.first_schema)
        estimate = Estimate(tables.root, min(request.rows, plan.rows_estimate or request.rows), seen)
        estimate.run(tables.known, request.children, request.cut)
        below = {tables.root, *(link.child for link in tables.links if link.name in request.children)}
        planned = {
            name: PlannedTable(
                name,
                datasets[name],
                round(estimate.rows.get(name, 0.0)) if seen[name].table.rows is not None else None,
                name == tables.root,
                proposals(seen[name], chosen[name].findings, chosen[name].choices, keys[name]),
                seen[name].warnings,
            )
            for name in names
        }
        return replace(
            plan,
            recipe=self._recipe_key.digest(self._set_recipe(request, seen[tables.root].table, masks, keys)),
            masks=planned[tables.root].masks,
            tables=tuple(planned.values()),
            links=tuple(planned_links(tables.known, below, request, seen, estimate)),
            suggested=found,
        )

    def recipe(self, version: Version) -> dict[str, Any]:
        """The whole recipe of a version, with the values that were asked for: for whoever has the home.

        Raises `VersionNotFound` when the version is no sample that was drawn here.
        """
        drawn = self._recipes.of(version.dataset, version.version)
        if drawn is None:
            raise VersionNotFound(
                f"{version.dataset} {version.version} was not drawn here, so its recipe is not known.",
                hint="Ask for the recipe of a sample of this home.",
            )
        literals = self._recipe_key.open(drawn.sealed, drawn.recipe) if drawn.sealed else {}
        return {**drawn.document, **literals}

    def _keep(self, recipe: str, document: Mapping[str, Any]) -> None:
        """Keep a recipe by its digest, what somebody asked for in it sealed."""
        shown, literals = without_literals(document)
        sealed = self._recipe_key.seal(literals, recipe) if literals else None
        with self._db.transaction() as tx:
            self._recipes.keep(tx, recipe, shown, sealed)

    def _note(self, version: Version, recipe: str, total: int | None, proof: dict[str, Any]) -> None:
        try:
            with self._db.transaction() as tx:
                self._recipes.note_drawn(tx, version.dataset, version.version, recipe, version.rows, total)
                keep_proof(tx, version.dataset, version.version, proof)
        except HeadwaterError as error:
            # The version is there; a stamp then says that it is a sample, and not of how many rows.
            log.warning("headwater: how %s was drawn is not kept: %s", version.dataset, error.code)

    def _agreed(
        self, request: SampleRequest, config: SourceConfig, seen: Look
    ) -> tuple[Selection, list[Finding], list[Choice]]:
        """The rows and the masks that are asked for, where they may be. The source is told of neither before."""
        selection = selection_of(request, config, seen.table, seen.schema)
        findings, choices = self._masks.choose(
            request.source, seen, root_masks(request, seen.table.name, seen.schema.names)
        )
        check_selection(selection, seen.table.key, {one.column: one.mask for one in choices}, config.policy)
        return selection, findings, choices

    def _mask_keys(
        self, request: SampleRequest, table: SourceTable, alike: Mapping[str, str] | None = None
    ) -> MaskKeys:
        from headwater.sampling.domains import MaskKeys
        from headwater.sampling.key import Keyring

        return MaskKeys(Keyring(self._home.keys), self._config.mask_domains, request.source, table.name, alike)

    def _recipe(self, request: SampleRequest, table: SourceTable, choices: Sequence[Choice]) -> dict[str, Any]:
        masks = {choice.column: choice.mask for choice in choices}
        return recipe_of(
            source=request.source,
            table=table.name,
            rows=request.rows,
            method=request.method,
            seed=request.seed,
            key=table.key,
            masks=masks,
            mask_keys=self._mask_keys(request, table).names(masks),
            asked=asked(request),
        )


def _masked(
    batches: Iterator[pyarrow.RecordBatch], masker: Masker, context: JobContext, rows: int
) -> Iterator[pyarrow.RecordBatch]:
    done = 0
    for batch in masker.stream(batches):
        context.check()
        yield batch
        done += batch.num_rows
        context.progress(done, rows, "Drawing and masking")
