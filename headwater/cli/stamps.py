"""``headwater run``, ``stamp`` and ``verify``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.command import Session, command
from headwater.cli.output import emit, note

if TYPE_CHECKING:
    from headwater.models import VerifyResult
    from headwater.services.runs import FailedCell

_NOTEBOOK = click.Path(path_type=Path, dir_okay=False)


@command("run")
@click.argument("notebook", type=_NOTEBOOK)
@click.option("-o", "--output", type=_NOTEBOOK, help="Write the result here; else the notebook itself is rewritten.")
@click.pass_obj
def run(session: Session, notebook: Path, output: Path | None) -> None:
    """Run NOTEBOOK from top to bottom with its pins, and stamp the result.

    A cell that fails ends the run with exit code 1; what ran until then is written and stamped.
    """
    target = (output or notebook).absolute()
    _start_host(session)
    done = session.headwater.runs.run(
        notebook.absolute(),
        target,
        session.headwater.user,
        lambda cell, cells: note(f"cell {cell} of {cells}"),
    )
    document = _stamp_document(str(output or notebook), done.stamp)
    if done.failed is not None:
        document["failed"] = _failed_document(done.failed)
    emit(document, lambda: _run_text(session, target, done.failed))
    if done.failed is not None:
        click.get_current_context().exit(1)


def _start_host(session: Session) -> None:
    """Have a host with this terminal's credentials: the kernel inherits none, so one that it started had none."""
    import os

    from headwater.config import secret_variables

    if secret_variables(session.headwater.home).isdisjoint(os.environ):
        return
    from headwater.host.client import HostClient

    client = HostClient(session.headwater.home)
    client.take_over()
    client.start()


@command("stamp")
@click.argument("notebook", type=_NOTEBOOK)
@click.pass_obj
def stamp(session: Session, notebook: Path) -> None:
    """Stamp NOTEBOOK, which was run elsewhere: by papermill, nbclient or nbconvert.

    The records that Headwater left in its outputs, which nobody sees, say what each cell read.
    """
    made = session.headwater.stamps.complete(notebook.absolute(), session.headwater.user)
    emit(
        _stamp_document(str(notebook), made),
        lambda: session.headwater.stamps.passport(notebook.absolute()).sentence,
    )


@command("verify")
@click.argument("notebooks", metavar="NOTEBOOK...", type=_NOTEBOOK, nargs=-1, required=True)
@click.option(
    "--key", "keys", multiple=True, metavar="PUBLIC",
    help="Trust this public key, a PEM file or its 32 bytes in hexadecimal or base64, and no other.",
)  # fmt: skip
@click.pass_obj
def verify(session: Session, notebooks: Sequence[Path], keys: Sequence[str]) -> None:
    """Say whether each NOTEBOOK is what its stamp says, and name what changed.

    Exit code 0 when all are valid, else 1. Nothing but the file and a public key is needed.
    """
    results = _results(session, notebooks, keys)
    document = {
        "results": [
            {
                "notebook": result.notebook,
                "verdict": result.verdict,
                "changes": [
                    {"what": change.what, "cell": change.cell, "detail": change.detail} for change in result.changes
                ],
                "stamp": result.stamp,
                "key": result.key_id,
                "notes": list(result.notes),
            }
            for result in results
        ]
    }
    emit(document, lambda: "\n".join(_verdict_text(result) for result in results))
    if any(result.verdict != "valid" for result in results):
        click.get_current_context().exit(1)


def _results(session: Session, notebooks: Sequence[Path], keys: Sequence[str]) -> list[VerifyResult]:
    from headwater.home import Home
    from headwater.stamping.files import verify_file
    from headwater.stamping.sign import read_public_key

    given = [read_public_key(key) for key in keys]
    trusted = {key.id: key for key in given} if keys else None
    if Home.locate(session.home).exists:
        return [session.headwater.stamps.verify(str(notebook), trusted) for notebook in notebooks]
    # A stranger's machine: no home, and none is made for a question that needs none.
    return [verify_file(notebook, trusted or {}) for notebook in notebooks]


def _stamp_document(notebook: str, stamp: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "notebook": notebook,
        "stamp": stamp["stampId"],
        "reads": [_access(access) for access in stamp["reads"]],
        "writes": [_access(access) for access in stamp["writes"]],
    }


def _access(access: Mapping[str, Any]) -> dict[str, Any]:
    dataset, _, version = access["dataset"].partition("@")
    return {"cell": access["cell"], "dataset": dataset, "version": version, "rows": access["rows"]}


def _failed_document(failed: FailedCell) -> dict[str, Any]:
    return {
        "cell": failed.cell,
        "position": failed.position,
        "error": failed.error,
        "message": failed.message,
    }


def _run_text(session: Session, target: Path, failed: FailedCell | None) -> str:
    sentence = session.headwater.stamps.passport(target).sentence
    if failed is None:
        return sentence
    return f"Cell {failed.position} ({failed.title}) failed: {failed.error}: {failed.message}\n{sentence}"


def _verdict_text(result: VerifyResult) -> str:
    meanings = {
        "valid": "valid",
        "changed": "changed since it was stamped",
        "unsigned": "unsigned",
        "untrusted": f"signed with a key that is not trusted here: {result.key_id}",
        "superseded": "superseded",
    }
    lines = [f"{result.notebook}: {meanings[result.verdict]}"]
    for change in result.changes:
        cell = f" [{change.cell}]" if change.cell is not None else ""
        lines.append(f"  {change.what}{cell}: {change.detail}")
    lines += [f"  {note}" for note in result.notes]
    return "\n".join(lines)
