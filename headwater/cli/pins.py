"""``headwater pin``, ``unpin``, ``pins`` and ``upgrade``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.command import Session, command
from headwater.cli.output import ago, change, emit, kinds, note, table, thousands
from headwater.errors import UsageError
from headwater.models import PinOperation
from headwater.naming import check_dataset, parse_ref

if TYPE_CHECKING:
    from headwater.models import NotebookPins, PinStatus, Version
    from headwater.services.upgrades import Upgrade

_NOTEBOOK = click.Path(path_type=Path, dir_okay=False)


@command("pins")
@click.argument("notebook", type=_NOTEBOOK)
@click.pass_obj
def pins(session: Session, notebook: Path) -> None:
    """List what NOTEBOOK is pinned to."""
    found = session.headwater.pins.get(notebook)
    emit(_document(notebook, found), lambda: _pin_table(found) or f"{notebook.name} has no pins.")


@command("pin")
@click.argument("notebook", type=_NOTEBOOK)
@click.argument("ref", metavar="NAME[@V]")
@click.option("--reason", "-r", default="", help="Why this version, for the people who look at the pin.")
@click.pass_obj
def pin(session: Session, notebook: Path, ref: str, reason: str) -> None:
    """Hold NOTEBOOK to a version of a dataset: the newest, unless told otherwise."""
    parsed = parse_ref(ref)
    changed = _apply(session, notebook, PinOperation("set", parsed.dataset, parsed.spec, reason))
    status = _status_of(changed, parsed.dataset)
    emit(
        _document(notebook, changed),
        lambda: f"{notebook.name} is pinned to {parsed.dataset} {status.pin.version if status.pin else ''}",
    )
    _say_when_written(session, notebook)


@command("unpin")
@click.argument("notebook", type=_NOTEBOOK)
@click.argument("name")
@click.pass_obj
def unpin(session: Session, notebook: Path, name: str) -> None:
    """Let NOTEBOOK go from a dataset: its next load takes the newest version, and pins it."""
    before = session.headwater.pins.get(notebook)
    _pinned(notebook, before, check_dataset(name))
    changed = _apply(session, notebook, PinOperation("remove", name))
    emit(_document(notebook, changed), f"{notebook.name} is not pinned to {name} any more")
    _say_when_written(session, notebook)


@command("upgrade")
@click.argument("notebook", type=_NOTEBOOK)
@click.argument("ref", metavar="NAME[@V]")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--reason", "-r", default="", help="Why, for the people who look at the pin.")
@click.pass_obj
def upgrade(session: Session, notebook: Path, ref: str, dry_run: bool, reason: str) -> None:
    """Move a pin of NOTEBOOK to the newest version, or to another, and show what came in between."""
    from headwater.services.upgrades import compare_versions

    headwater = session.headwater
    before = headwater.pins.get(notebook)
    dataset = parse_ref(ref).dataset
    status = _pinned(notebook, before, dataset)
    if status.pinned is None:
        raise UsageError(
            f"The version of {dataset} that {notebook.name} is pinned to is not in this home, so there is "
            "nothing to compare with.",
            hint=f"Pin the version that you want: headwater pin {notebook.name} {dataset}",
        )
    found = compare_versions(headwater.catalog, status.pinned, headwater.catalog.resolve(ref))
    moves = found.after.version != found.before.version and not dry_run
    if moves:
        operation = PinOperation("set", dataset, found.after.version, reason)
        headwater.pins.apply(notebook, before.revision, [operation], headwater.user)
    emit(
        {"notebook": str(notebook), "applied": moves, **_upgrade_document(found)},
        lambda: _upgrade_text(found, dry_run),
    )
    if moves:
        _say_when_written(session, notebook)


def _apply(session: Session, notebook: Path, operation: PinOperation) -> NotebookPins:
    return session.headwater.pins.apply(notebook, None, [operation], session.headwater.user)


def _say_when_written(session: Session, notebook: Path) -> None:
    if session.headwater.pins.is_held(notebook):
        note("The notebook is open: the change holds there at once, and its next save writes it into the file.")


def _pinned(notebook: Path, pins: NotebookPins, dataset: str) -> PinStatus:
    for status in pins.pins:
        if status.dataset == dataset and status.pin is not None:
            return status
    names = ", ".join(status.dataset for status in pins.pins if status.pin) or "none"
    raise UsageError(
        f"{notebook.name} has no pin of {dataset}.",
        hint=f"Its pins: {names}. Pin it with: headwater pin {notebook.name} {dataset}",
        details={"dataset": dataset},
    )


def _status_of(pins: NotebookPins, dataset: str) -> PinStatus:
    return next(status for status in pins.pins if status.dataset == dataset)


def _document(notebook: Path, pins: NotebookPins) -> dict[str, Any]:
    return {
        "notebook": str(notebook),
        "id": pins.notebook,
        "revision": pins.revision,
        "pins": {status.dataset: _pin_document(status) for status in pins.pins},
    }


def _pin_document(status: PinStatus) -> dict[str, Any]:
    shown = status.pin or status.pinned
    return {
        "version": shown.version if shown else None,
        "digest": shown.digest if shown else None,
        "state": status.state,
        "behind": status.behind,
        "newest": status.newest.version if status.newest else None,
        "kind": shown.kind if shown else None,
        "reason": status.pin.reason if status.pin else None,
        "pinned_by": status.pin.pinned_by if status.pin else None,
        "pinned_at": status.pin.pinned_at if status.pin else None,
    }


def _pin_table(pins: NotebookPins) -> str:
    return table(
        ("Dataset", "Version", "State", "Newest", "Kind", "Rows", "Message", "Pinned", "Reason"),
        [_pin_row(status) for status in pins.pins],
        ("Rows",),
    )


def _pin_row(status: PinStatus) -> tuple[str, ...]:
    pin, version = status.pin, status.pinned
    shown = pin or version
    pinned = f"{ago(pin.pinned_at)} by {pin.pinned_by}" if pin and pin.pinned_at else ""
    return (
        status.dataset,
        shown.version if shown else "",
        f"{status.behind} behind" if status.state == "behind" else status.state,
        status.newest.version if status.newest else "",
        kinds(version.kind, version.rests_on) if version else "",
        thousands(version.rows) if version else "",
        version.message if version else "",
        pinned,
        pin.reason if pin else "",
    )


def _upgrade_document(upgrade: Upgrade) -> dict[str, Any]:
    return {
        "dataset": upgrade.after.dataset,
        "from": upgrade.before.version,
        "to": upgrade.after.version,
        "rows_change": upgrade.after.rows - upgrade.before.rows,
        "bytes_change": upgrade.after.bytes - upgrade.before.bytes,
        "schema": {
            "added": [asdict(column) for column in upgrade.added],
            "removed": [asdict(column) for column in upgrade.removed],
            "changed": [{"name": new.name, "from": old.type, "to": new.type} for old, new in upgrade.retyped],
        },
        "versions": [
            {
                "version": version.version,
                "rows": version.rows,
                "kind": version.kind,
                "message": version.message,
                "author": version.author,
                "created": version.created,
            }
            for version in upgrade.between
        ],
        "more_versions": upgrade.more,
    }


def _upgrade_text(upgrade: Upgrade, dry_run: bool) -> str:
    before, after = upgrade.before, upgrade.after
    if before.version == after.version:
        return f"{after.dataset} is at {after.version} already."
    step = f"{after.dataset} {before.version} -> {after.version}"
    rows = f"{thousands(after.rows)} rows ({change(after.rows - before.rows) or 'as many as before'})"
    lines = [f"{step}: {rows}" + (", not applied" if dry_run else "")]
    lines += [f"  + column {column.name} {column.type}" for column in upgrade.added]
    lines += [f"  - column {column.name} {column.type}" for column in upgrade.removed]
    lines += [f"  ~ column {new.name} {old.type} -> {new.type}" for old, new in upgrade.retyped]
    if upgrade.between:
        lines += ["", _version_table(upgrade.between)]
    if upgrade.more:
        lines.append(f"and {thousands(upgrade.more)} more")
    return "\n".join(lines)


def _version_table(versions: tuple[Version, ...]) -> str:
    rows = [
        (version.version, ago(version.created), thousands(version.rows), version.author, version.message)
        for version in versions
    ]
    return table(("Version", "Made", "Rows", "Author", "Message"), rows, ("Rows",))
