"""The stamp as people see it: `headwater.models.Passport` from a notebook and what verification found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from headwater.models import BadgeState, CellUse, Change, Passport, PassportCell, Pin, Verdict
from headwater.stamping.canonical import METADATA_KEY, cell_ids
from headwater.stamping.sentence import is_altered, sentence
from headwater.stamping.verify import embedded_stamp, key_id, title

_SHOWN_STATUS = ("ok", "error", "inherited")


def make_passport(path: str, content: Mapping[str, Any], verdict: Verdict, changes: Sequence[Change]) -> Passport:
    """The passport of a notebook.

    Parameters
    ----------
    path:
        How the notebook is called where the passport is shown.
    content:
        The notebook's JSON, already known to be a notebook.
    verdict, changes:
        What `headwater.stamping.verify.check` and the ledger said of it.
    """
    stamp = embedded_stamp(content)
    # An altered stamp is evidence of nothing; of its facts only the differences are shown.
    told: Mapping[str, Any] = stamp if stamp is not None and not is_altered(changes) else {}
    own = content.get("metadata", {}).get(METADATA_KEY)
    own = own if isinstance(own, Mapping) else {}
    actor = told.get("actor") or {}
    return Passport(
        path=path,
        notebook=own["id"] if isinstance(own.get("id"), str) else None,
        badge=_badge(stamp, told, verdict),
        sentence=sentence(stamp, verdict, changes),
        stamp=told.get("stampId"),
        created=told.get("createdAt"),
        actor=actor.get("user"),
        actor_source=actor.get("source"),
        key_id=key_id(stamp) if stamp else None,
        linear=bool(told.get("run", {}).get("linear", False)),
        verdict=verdict,
        changes=tuple(changes),
        pins=pins_of(own.get("pins")),
        cells=_cells(content, told, changes),
        environment={
            name: str(value) for name, value in (told.get("environment") or {}).items() if name != "attestedBy"
        },
        git={name: value for name, value in told["git"].items() if name != "attestedBy"} if told.get("git") else None,
    )


def pins_of(section: Any) -> tuple[Pin, ...]:
    """The pins in a notebook's metadata; entries that are none are passed over."""
    found = section.items() if isinstance(section, Mapping) else ()
    return tuple(
        Pin(
            dataset=dataset,
            version=str(pin.get("version", "")),
            digest=str(pin.get("digest", "")),
            kind=pin["kind"] if pin.get("kind") in ("real", "sample", "simulated", "derived") else "real",
            pinned_by=str(pin.get("pinnedBy", "")),
            pinned_at=str(pin.get("pinnedAt", "")),
            reason=str(pin.get("reason") or ""),
        )
        for dataset, pin in found
        if isinstance(pin, Mapping)
    )


def _badge(stamp: Any, told: Mapping[str, Any], verdict: Verdict) -> BadgeState:
    if stamp is None:
        return "none"
    if verdict in ("changed", "superseded"):
        return "changed"
    if verdict in ("unsigned", "untrusted"):
        return "unsigned"
    return "floating" if any(read["floating"] for read in told["reads"]) else "stamped"


def _cells(content: Mapping[str, Any], told: Mapping[str, Any], changes: Sequence[Change]) -> tuple[PassportCell, ...]:
    cells = content["cells"]
    names, _ = cell_ids(cells)
    positions = {name: position for position, name in enumerate(names, start=1)}
    stamped = {cell["id"]: cell for cell in told.get("cells", ())}
    changed = {change.cell for change in changes}
    found = []
    for name, cell in zip(names, cells, strict=True):
        if cell["cell_type"] != "code":
            continue
        facts = stamped.get(name, {})
        status = facts.get("status")
        edited_since_run = facts.get("ranSource") not in (None, facts.get("source"))
        found.append(
            PassportCell(
                cell=name,
                position=positions[name],
                title=title(cell),
                seq=facts.get("seq"),
                status=cast(
                    Literal["ok", "error", "not-run", "inherited"],
                    status if status in _SHOWN_STATUS else "not-run",
                ),
                changed=name in changed or edited_since_run,
                reads=_uses(told, "reads", name, positions),
                writes=_uses(told, "writes", name, positions),
            )
        )
    return tuple(found)


def _uses(told: Mapping[str, Any], what: str, cell: str, positions: Mapping[str, int]) -> tuple[CellUse, ...]:
    return tuple(
        CellUse(
            cell=cell,
            position=positions[cell],
            dataset=access["dataset"].partition("@")[0],
            version=access["dataset"].partition("@")[2],
            rows=access["rows"],
            columns=tuple(access["columns"]) if access.get("columns") is not None else None,
            floating=bool(access.get("floating", False)),
            tag=access.get("tag"),
        )
        for access in told.get(what, ())
        if access["cell"] == cell
    )
