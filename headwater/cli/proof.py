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
    document = session.headwater.proofs.proof(ref)
    emit(document, lambda: _sheet(document))


def _sheet(document: dict[str, Any]) -> str:
    groups, canaries = document["k_anonymity"], document["canaries"]
    head = fields(
        [
            ("Table", f"{document['source']} {document['table']}"),
            ("Recipe", document["recipe"]),
            ("Rows", f"{document['drawn']:,} of {document['asked']:,} asked for"),
            ("Orphans", str(document["orphans"])),
            *(("Unique", f"{', '.join(one['columns'])}: {'kept' if one['kept'] else 'not kept'}")
              for one in document["unique"]),
            ("Groups", f"by {', '.join(groups['columns'])}: at least {groups['k']} rows" if groups
             else "no columns that together tell who somebody is"),
            ("Canaries", f"{canaries['found']} found of {canaries['planted']:,} that were looked for"),
            *(("Note", note) for note in document["notes"]),
        ]
    )  # fmt: skip
    columns = table(
        ("Column", "Mask", "Key", "Sure", "Why"),
        [
            (
                one["column"],
                one["mask"],
                f"{one['domain']}/{one['key_id']}" if one["domain"] else "",
                "" if one["confidence"] is None else f"{one['confidence']:.2f}",
                one["reason"],
            )
            for one in document["columns"]
        ],
    )
    return f"{head}\n\n{columns}"
