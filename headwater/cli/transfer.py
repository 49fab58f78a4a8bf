"""``headwater import`` and ``export``: files in, files out."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, kinds, size, thousands
from headwater.cli.progress import progress, stoppable


def _types(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    types: dict[str, str] = {}
    for text in given:
        column, equals, kind = text.partition("=")
        if not (column and equals and kind):
            raise click.BadParameter(f"{text!r} is not COLUMN=TYPE, for example amount=decimal128(12, 2).")
        types[column] = kind
    return types


@command("import")
@click.argument("path", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option("--as", "name", metavar="NAME", required=True, help="The dataset, as namespace.name.")
@click.option("--message", "-m", default="", help="What this version is, for the people who choose one.")
@click.option(
    "--type", "types", multiple=True, metavar="COLUMN=TYPE", callback=_types,
    help="The Arrow type of a column, where the inferred one is not wanted. May be repeated.",
)  # fmt: skip
@click.pass_obj
def import_(session: Session, path: Path, name: str, message: str, types: dict[str, str]) -> None:
    """Make a version from a CSV, Parquet, Arrow or JSON lines file, or from a directory of one of them."""
    headwater = session.headwater
    with progress() as tell, stoppable() as stopped:
        version = headwater.imports.import_file(
            path, name, message=message, types=types, author=headwater.user, progress=tell, cancelled=stopped
        )
    emit(
        {
            "dataset": version.dataset,
            "version": version.version,
            "digest": version.digest,
            "files": version.files,
            "rows": version.rows,
            "bytes": version.bytes,
            "kind": version.kind,
        },
        f"{version.dataset} {version.version}: {thousands(version.rows)} rows, {size(version.bytes)}",
    )


@command("export")
@click.argument("ref", metavar="NAME[@V]")
@click.option("--to", "path", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--force", is_flag=True, help="Replace FILE when it is there.")
@click.pass_obj
def export(session: Session, ref: str, path: Path, force: bool) -> None:
    """Write a version to a CSV, Parquet, Arrow or JSON lines file, by its ending."""
    headwater = session.headwater
    version = headwater.catalog.resolve(ref)
    with progress() as tell, stoppable() as stopped:
        headwater.exports.export_file(version, path, replace=force, progress=tell, cancelled=stopped)
    kind = kinds(version.kind, version.rests_on)
    emit(
        {
            "dataset": version.dataset,
            "version": version.version,
            "digest": version.digest,
            "rows": version.rows,
            "kind": version.kind,
            "rests_on": list(version.rests_on),
            "file": str(path),
            "bytes": path.stat().st_size,
        },
        f"{version.dataset} {version.version} to {path}: {thousands(version.rows)} rows"
        + (f", {kind}" if kind else ""),
    )
