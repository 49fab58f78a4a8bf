"""``headwater init``, ``ls``, ``show`` and ``versions``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, change, emit, fields, kinds, note, size, table, thousands

if TYPE_CHECKING:
    from headwater.models import Dataset, DatasetPage, Kind, SortKey, Version, VersionChange

_RIGHT = ("Rows", "Size", "Change")


@command("init")
@click.pass_obj
def init(session: Session) -> None:
    """Make a home, or check that it is one."""
    from headwater.home import Home

    existed = Home.locate(session.home).exists
    headwater = session.headwater
    home = headwater.home
    with_ledger = headwater.database
    emit(
        {"home": str(home.path), "created": not existed, "ledger": with_ledger.dialect},
        f"{'A Headwater home is already at' if existed else 'Made a Headwater home at'} {home.path}",
    )


@command("ls")
@click.argument("query", default="")
@click.option("--namespace", metavar="NAME", help="Only this namespace.")
@click.option("--kind", type=click.Choice(["real", "sample", "simulated", "derived"]), help="Only this kind.")
@click.option(
    "--sort", type=click.Choice(["relevance", "name", "updated", "rows", "bytes"]), default="relevance",
    help="The order; --descending turns it round.",
)  # fmt: skip
@click.option("--descending", is_flag=True)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many.")
@click.option("--cursor", metavar="TEXT", help="Where the last page ended.")
@click.pass_obj
def ls(
    session: Session,
    query: str,
    namespace: str | None,
    kind: Kind | None,
    sort: SortKey,
    descending: bool,
    limit: int,
    cursor: str | None,
) -> None:
    """List datasets, or find them by QUERY in name, description, columns and tags."""
    page = session.headwater.catalog.search(query, namespace, kind, sort, descending, cursor, limit)
    emit(
        {
            "datasets": [asdict(summary) for summary in page.datasets],
            "next_cursor": page.next_cursor,
            "total": page.total,
            "total_is_capped": page.total_is_capped,
        },
        lambda: _dataset_table(page),
    )
    if not page.datasets:
        note(
            "Nothing was found."
            if query or page.total
            else "There are no datasets yet: headwater import FILE --as NAME"
        )


@command("show")
@click.argument("ref", metavar="NAME[@V]")
@click.option("--recipe", "with_recipe", is_flag=True, help="Print how a sample was drawn, with its filter's values.")
@click.pass_obj
def show(session: Session, ref: str, with_recipe: bool) -> None:
    """Show a dataset and one of its versions, the newest unless told otherwise."""
    catalog = session.headwater.catalog
    version = catalog.resolve(ref)
    if with_recipe:
        recipe = session.headwater.samples.recipe(version)
        emit({"recipe": recipe}, lambda: json.dumps(recipe, indent=2))
        return
    dataset = catalog.dataset(version.dataset, session.headwater.user)
    emit({"dataset": asdict(dataset), "version": asdict(version)}, lambda: _card(dataset, version))


@command("versions")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many.")
@click.option("--cursor", metavar="TEXT", help="Where the last page ended.")
@click.pass_obj
def versions(session: Session, name: str, limit: int, cursor: str | None) -> None:
    """List the versions of a dataset, newest first."""
    page = session.headwater.catalog.versions(name, cursor, limit)
    emit(
        {
            "dataset": page.dataset,
            "versions": [{**asdict(found.version), "rows_change": found.rows_change} for found in page.versions],
            "next_cursor": page.next_cursor,
        },
        lambda: _version_table(page.versions),
    )
    if page.next_cursor:
        note(f"There are more: --cursor {page.next_cursor}")


def _dataset_table(page: DatasetPage) -> str:
    rows = [
        (
            d.name,
            d.version,
            ago(d.updated),
            thousands(d.rows),
            size(d.bytes),
            kinds(d.kind, d.rests_on),
            d.description,
        )
        for d in page.datasets
    ]
    shown = table(("Dataset", "Newest", "Updated", "Rows", "Size", "Kind", "Description"), rows, _RIGHT)
    if page.next_cursor is None:
        return shown
    total = f"more than {thousands(page.total)}" if page.total_is_capped else thousands(page.total)
    return f"{shown}\n{thousands(len(rows))} of {total}; more with --cursor {page.next_cursor}"


def _version_table(versions: tuple[VersionChange, ...]) -> str:
    rows = [
        (
            found.version.version,
            ago(found.version.created),
            thousands(found.version.rows),
            change(found.rows_change),
            size(found.version.bytes),
            kinds(found.version.kind, found.version.rests_on),
            found.version.author,
            ", ".join(found.version.tags),
            _fate(found.version) or found.version.message,
        )
        for found in versions
    ]
    return table(("Version", "Made", "Rows", "Change", "Size", "Kind", "Author", "Tags", "Message"), rows, _RIGHT)


def _fate(version: Version) -> str:
    return f"erased: {version.erased.reason}" if version.erased else ""


def _card(dataset: Dataset, version: Version) -> str:
    facts = fields(
        [
            ("Dataset", dataset.name),
            ("Description", dataset.description),
            ("Owner", dataset.owner),
            ("Versions", thousands(dataset.version_count)),
            ("Version", version.version + (" (newest)" if version.version == dataset.newest.version else "")),
            ("Kind", kinds(version.kind, version.rests_on) or "REAL"),
            ("Message", version.message),
            (
                "Erased",
                f"{ago(version.erased.at)} by {version.erased.by}: {version.erased.reason}" if version.erased else "",
            ),
            ("Expires", version.expires or ""),
            ("Author", version.author),
            ("Made", f"{ago(version.created)} ({version.created})"),
            ("Rows", thousands(version.rows)),
            ("Size", size(version.bytes)),
            ("Tags", ", ".join(version.tags)),
            ("Inputs", ", ".join(version.inputs)),
            ("Recipe", version.recipe or ""),
            ("Digest", version.digest),
            ("Files", version.files),
        ]
    )
    columns = [(c.name, c.type, "" if c.nullable else "never null") for c in version.schema]
    return f"{facts}\n\n{table(('Column', 'Type', 'Nulls'), columns)}"
