"""``headwater proof``."""

from __future__ import annotations

from typing import Any

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, fields, table


@command("proof")
@click.argument("ref", metavar="NAME@V")
@click.pass_obj
def proof(session: Session, ref: str) -> None:
    """Show the proof sheet of a sample: what was done to each column, and what was seen of the masked rows."""
    found = session.headwater.proofs.proof(ref)
    document = {"dataset": found.dataset, "version": found.version, **found.sheet}
    emit(document, lambda: _sheet(document))


def _sheet(document: dict[str, Any]) -> str:
    asked = document["rows_asked"]
    groups, canaries = document["quasi_identifiers"], document["canaries"]
    head = fields(
        [
            ("Version", f"{document['dataset']}@{document['version']}"),
            ("Recipe", document["recipe"]),
            ("Rows", f"{document['rows']:,}" + (f" of {asked:,} asked for" if asked is not None else "")),
            ("Orphans", str(document["orphans"])),
            *(("Unique", f"{', '.join(one['columns'])}: {_kept(one['kept'])}") for one in document["unique"]),
            ("Groups", f"by {', '.join(groups['columns'])}: at least {groups['smallest_group']} rows"
             if groups["columns"] else "no columns that together tell who somebody is"),
            ("Canaries", f"{canaries['found']} found of {canaries['searched']:,} searched"),
            *(("Lost", one) for one in document["lost"]),
            *(("Note", f"{one['column']}: {one['warning']}") for one in document["columns"] if one["warning"]),
        ]
    )  # fmt: skip
    columns = table(
        ("Column", "Mask", "Key", "Sure", "Distance", "Why"),
        [
            (
                one["column"], one["mask"], one["key"] or "",
                "" if one["confidence"] is None else f"{one['confidence']:.2f}", one["distance"] or "", one["reason"],
            )
            for one in document["columns"]
        ],
    )  # fmt: skip
    return f"{head}\n\n{columns}"


def _kept(kept: bool | None) -> str:
    return "left out" if kept is None else "kept" if kept else "not kept"
