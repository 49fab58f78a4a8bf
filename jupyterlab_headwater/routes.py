"""The one table of routes. A row says everything that the contract, the handlers and the tests need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from headwater import models, sample_models
from headwater.policy import Action

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]

PREFIX = "/headwater/v1"

READING = (400, 401, 403, 404, 422, 503)
"""How a route that keeps nothing can fail."""

WRITING = (*READING, 507)
"""How a route that writes into the home can fail: its disk may be full."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter. `type` is what its text is parsed to; `choices` limits a string."""

    name: str
    type: type[str] | type[int] | type[bool] = str
    default: str | int | bool | None = None
    required: bool = False
    description: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One verb on one path. `handler` is ``module.function`` below ``handlers``; `job` answers 202."""

    method: Method
    path: str
    action: Action
    handler: str
    response: type[Any] | None
    summary: str
    query: tuple[Parameter, ...] = ()
    request: type[Any] | None = None
    job: bool = False
    stream: bool = False
    errors: tuple[int, ...] = READING

    @property
    def status(self) -> int:
        """The HTTP status of success."""
        if self.job:
            return 202
        return 200 if self.response is not None else 204


_PATH = Parameter("path", required=True, description="notebook path below the server's root")
_LIMIT = Parameter("limit", int, 50, description="rows in the page, 1 to 500")
_CURSOR = Parameter("cursor", description="where the last page ended; opaque")
_VERSION = "/datasets/{dataset}/versions/{version}"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/status", "read", "status.show", models.Status, "Which Headwater answers, and what the caller may do."
    ),
    Route(
        "GET",
        "/events",
        "read",
        "events.stream",
        models.Event,
        "A WebSocket of events, one JSON document a message; `since` resumes after a sequence number.",
        query=(Parameter("since", int, description="last sequence number seen"),),
        stream=True,
    ),
    Route(
        "GET",
        "/datasets",
        "read",
        "datasets.search",
        models.DatasetPage,
        "Find datasets, ranked when a query is given.",
        query=(
            Parameter("query", default="", description="words or prefixes in name, description, columns and tags"),
            Parameter("namespace"),
            Parameter("kind", choices=("real", "sample", "simulated", "derived")),
            Parameter("sort", default="relevance", choices=("relevance", "name", "updated", "rows", "bytes")),
            Parameter("descending", bool, False),
            Parameter("offset", int, 0, description="place of the first row, instead of a cursor"),
            _CURSOR,
            _LIMIT,
        ),
    ),
    Route(
        "GET",
        "/namespaces",
        "read",
        "datasets.namespaces",
        models.NamespaceList,
        "All namespaces with their number of datasets.",
    ),
    Route("GET", "/datasets/{dataset}", "read", "datasets.show", models.Dataset, "One dataset and its newest version."),
    Route(
        "PATCH",
        "/datasets/{dataset}",
        "write",
        "datasets.change",
        models.Dataset,
        "Change the description.",
        request=models.DatasetPatch,
        errors=WRITING,
    ),
    Route(
        "GET",
        "/datasets/{dataset}/versions",
        "read",
        "versions.list",
        models.VersionPage,
        "Versions, newest first.",
        query=(_CURSOR, _LIMIT),
    ),
    Route("GET", _VERSION, "read", "versions.show", models.Version, "One version, by number, tag or digest prefix."),
    Route(
        "GET",
        _VERSION + "/profile",
        "read",
        "versions.profile",
        models.Profile,
        "Column facts, computed on first use and kept with the version.",
        query=(Parameter("columns", description="comma-separated names, each percent-encoded; all when absent"),),
    ),
    Route(
        "GET",
        _VERSION + "/rows",
        "read",
        "versions.rows",
        models.RowsPage,
        "A window of rows as display text.",
        query=(
            Parameter("offset", int, 0),
            Parameter("limit", int, 100, description="rows in the window, 1 to 1000"),
            Parameter("where", description="the documented filter subset, e.g. `amount > 100`"),
        ),
    ),
    Route(
        "GET",
        _VERSION + "/diff",
        "read",
        "versions.diff",
        models.Difference,
        "What changed since another version of the dataset.",
        query=(Parameter("before", required=True, description="that version, by number, tag or digest prefix"),),
    ),
    Route(
        "POST",
        _VERSION + "/refresh",
        "sample",
        "samples.refresh",
        models.Job,
        "Draw a sample again by its own recipe, as the next version.",
        job=True,
        errors=WRITING,
    ),
    Route(
        "PUT",
        _VERSION + "/tags/{tag}",
        "write",
        "versions.tag",
        models.Version,
        "Give a version a tag; a tag names one version of a dataset.",
        errors=WRITING,
    ),
    Route(
        "DELETE",
        _VERSION + "/tags/{tag}",
        "write",
        "versions.untag",
        models.Version,
        "Take a tag away.",
        errors=WRITING,
    ),
    Route(
        "POST",
        _VERSION + "/erase",
        "erase",
        "versions.erase",
        models.ErasureResult,
        "Remove a version's rows for ever; its name, its digest and the reason are left.",
        request=models.EraseRequest,
        errors=(*WRITING, 409),
    ),
    Route(
        "POST",
        "/imports",
        "write",
        "imports.start",
        models.Job,
        "Make a version from a file.",
        request=models.ImportRequest,
        job=True,
        errors=WRITING,
    ),
    Route(
        "GET",
        "/notebooks/pins",
        "read",
        "notebooks.pins",
        models.NotebookPins,
        "The pins of a notebook.",
        query=(_PATH,),
    ),
    Route(
        "PATCH",
        "/notebooks/pins",
        "pin",
        "notebooks.change_pins",
        models.NotebookPins,
        "Set and remove pins.",
        request=models.PinOperations,
        errors=(*WRITING, 409),
    ),
    Route(
        "POST",
        "/notebooks/open",
        "read",
        "notebooks.open",
        models.NotebookPins,
        "An editor holds this notebook; call again within 180 s to keep it held.",
        request=models.NotebookOpen,
        errors=WRITING,
    ),
    Route(
        "POST",
        "/notebooks/close",
        "read",
        "notebooks.close",
        None,
        "The editor let go.",
        request=models.NotebookOpen,
        errors=WRITING,
    ),
    Route(
        "GET",
        "/notebooks/passport",
        "read",
        "notebooks.passport",
        models.Passport,
        "The stamp of the saved notebook, verified, as people see it.",
        query=(_PATH,),
    ),
    Route(
        "POST",
        "/notebooks/verify",
        "read",
        "notebooks.verify",
        models.VerifyResult,
        "Verify the file on disk.",
        request=models.NotebookPath,
    ),
    Route("GET", "/sources", "read", "sources.list", sample_models.SourceList, "Configured production sources."),
    Route(
        "GET",
        "/sources/{source}/tables",
        "read",
        "sources.tables",
        sample_models.SourceTablePage,
        "Tables with estimates and columns, no rows.",
        query=(Parameter("query", default=""), _CURSOR, _LIMIT),
    ),
    Route(
        "GET",
        "/sources/{source}/tables/{table}/links",
        "read",
        "sources.links",
        sample_models.TableLinks,
        "Foreign keys of a table, to its parents and its children.",
    ),
    Route(
        "GET",
        f"{_VERSION}/proof",
        "read",
        "versions.proof",
        sample_models.Proof,
        "The proof sheet of a sample: what was done to each column, without a value of it.",
    ),
    Route(
        "GET",
        "/sources/{source}/tables/{table}/masks",
        "read",
        "sources.masks",
        sample_models.TableMasks,
        "What is decided of the columns of a table, and who decided it when.",
    ),
    Route(
        "PUT",
        "/sources/{source}/tables/{table}/masks",
        "recall",
        "sources.decide_masks",
        sample_models.TableMasks,
        "Decide masks of columns, for every later sample; adds to what was decided before.",
        request=sample_models.MaskDecision,
        errors=(400, 401, 403, 404, 409, 422, 503, 507),
    ),
    Route(
        "POST",
        "/samples/plan",
        "sample",
        "samples.plan",
        sample_models.SamplePlan,
        "What a draw would do.",
        request=sample_models.SampleRequest,
        errors=WRITING,
    ),
    Route(
        "POST",
        "/samples",
        "sample",
        "samples.start",
        models.Job,
        "Draw a masked sample.",
        request=sample_models.SampleRequest,
        job=True,
        errors=WRITING,
    ),
    Route(
        "GET",
        "/recipes",
        "sample",
        "recipes.list",
        sample_models.SavedRecipeList,
        "The saved recipes of the home, by name.",
        errors=WRITING,
    ),
    Route(
        "GET",
        "/recipes/{name}",
        "sample",
        "recipes.show",
        sample_models.SavedRecipe,
        "One saved recipe.",
        errors=WRITING,
    ),
    Route(
        "PUT",
        "/recipes/{name}",
        "sample",
        "recipes.save",
        sample_models.SavedRecipe,
        "Keep a recipe by a name, for all users of the home.",
        request=sample_models.SampleRequest,
        errors=WRITING,
    ),
    Route(
        "DELETE",
        "/recipes/{name}",
        "sample",
        "recipes.delete",
        sample_models.SavedRecipe,
        "Let a saved recipe go; answers with what it was, which PUT brings back.",
        errors=WRITING,
    ),
    Route("GET", "/jobs", "read", "jobs.list", models.JobList, "Jobs of the last day, newest first."),
    Route("GET", "/jobs/{job}", "read", "jobs.show", models.Job, "One job."),
    Route(
        "DELETE",
        "/jobs/{job}",
        "write",
        "jobs.cancel",
        models.Job,
        "Cancel, also in the source database.",
        errors=WRITING,
    ),
)
