"""``headwater sources``, ``tables`` and ``audit``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, emit, size, table, thousands

if TYPE_CHECKING:
    from headwater.models import AuditEntry
    from headwater.sample_models import Source, SourceTablePage, TableLinks

T = TypeVar("T")


@command("sources")
@click.pass_obj
def sources(session: Session) -> None:
    """List the production sources and whether they answer."""
    found = session.headwater.samples.sources()
    emit(
        asdict(found),
        lambda: (
            table(
                ("Source", "Kind", "Answers", "At most"),
                [(one.name, one.kind, _answers(one), f"{one.max_rows:,} rows") for one in found.sources],
            )
            or "No source is configured. Add one to headwater.toml, as [sources.NAME]."
        ),
    )


def _answers(source: Source) -> str:
    if not source.available:
        return f"no: {source.message}"
    return "yes" if source.lag_s is None else f"yes, a replica {source.lag_s:,.0f} s behind"


@command("tables")
@click.argument("source")
@click.argument("query", default="")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True, help="How many.")
@click.option("--cursor", metavar="TEXT", help="Where the last page ended.")
@click.option("--links", is_flag=True, help="The foreign keys of the one table that QUERY names.")
@click.pass_obj
def tables(session: Session, source: str, query: str, limit: int, cursor: str | None, links: bool) -> None:
    """List the tables of SOURCE that may be sampled; no row of them is read."""
    if links:
        found = session.headwater.samples.links(source, query)
        emit(asdict(found), lambda: _links(found) or f"{found.table} has no foreign keys, and none refers to it.")
        return
    page = session.headwater.samples.tables(source, query, cursor, limit)
    emit(asdict(page), lambda: _tables(page) or "No table was found.")


@command("audit")
@click.option("--verify", is_flag=True, help="Check that no line was changed or taken out.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many lines.")
@click.option("--export", "export_as", type=click.Choice(["jsonl"]), help="Write every line, oldest first, as JSON.")
@click.option("--after", type=click.IntRange(0), default=0, help="With --export: only lines after this number.")
@click.pass_obj
def audit(session: Session, verify: bool, limit: int, export_as: str | None, after: int) -> None:
    """Show the audit log, newest first, check it, or write it out for another system."""
    service = session.headwater.audit
    if export_as is not None:
        for line in service.lines(after):
            click.echo(json.dumps(asdict(line), sort_keys=True))
        return
    if not verify:
        lines = service.newest(limit)
        emit({"entries": [asdict(line) for line in lines]}, lambda: _lines(lines) or "The audit log is empty.")
        return
    verdict = service.verify()
    good = verdict.broken is None
    emit(
        {
            "valid": good,
            "entries": verdict.entries,
            "broken": verdict.broken,
            "why": verdict.why,
            "signed": verdict.signed,
        },
        f"The audit log is whole: {verdict.entries} lines, signed up to line {verdict.signed}."
        if good
        else f"The audit log is broken: {verdict.why}.",
    )
    if not good:
        click.get_current_context().exit(1)


def _tables(page: SourceTablePage) -> str:
    return table(
        ("Table", "Rows", "Size", "Key", "Columns"),
        [
            (
                one.name,
                "about " + thousands(one.rows) if one.rows is not None else "unknown",
                size(one.bytes) if one.bytes is not None else "",
                ", ".join(one.key) or "none",
                ", ".join(column.name for column in one.columns),
            )
            for one in page.tables
        ],
        right=("Rows", "Size"),
    )


def _links(found: TableLinks) -> str:
    return table(
        ("Leads to", "Table", "By", "May be null"),
        [
            (
                "a parent" if one.direction == "parent" else "children",
                one.link.parent if one.direction == "parent" else one.link.child,
                one.name,
                "yes" if one.link.nullable else "no",
            )
            for one in found.links
        ],
    )


def _lines(lines: list[AuditEntry]) -> str:
    return table(
        ("No.", "When", "Who", "What", "Of", "Outcome"),
        [(str(one.seq), ago(one.at), one.actor, one.action, one.resource, one.outcome) for one in lines],
        right=("No.",),
    )
