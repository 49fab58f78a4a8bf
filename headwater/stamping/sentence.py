"""The sentence that a passport opens with. It says what the evidence supports, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headwater.clock import as_datetime
from headwater.models import Change, Verdict
from headwater.stamping.build import RAN

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WHAT = {
    "source": "text",
    "output": "outputs",
    "attachments": "attachments",
    "tags": "tags",
    "format": "format",
    "type": "type",
}


def sentence(stamp: Mapping[str, Any] | None, verdict: Verdict, changes: Sequence[Change]) -> str:
    """What a manager reads first.

    Parameters
    ----------
    stamp:
        The notebook's stamp, of the shape of ``api/stamp/v1.json``, or None.
    verdict, changes:
        What verification of the notebook against it found.
    """
    if stamp is None:
        return "This notebook has no stamp: nothing is known of the data behind its results."
    if is_altered(changes):
        return f"This notebook's stamp was altered, so nothing in it can be relied on: {changes[0].detail}."
    if verdict == "changed":
        told = _rest(stamp, "What was stamped rested on")
        return f"This notebook is not what was stamped: {_changed(stamp, changes)}. {told}"
    vouched = verdict in ("valid", "superseded")
    opening = "These results rest on" if vouched else "By its own account, these results rest on"
    parts = [_rest(stamp, opening), _written(stamp), _ran(stamp), _signature(verdict)]
    return " ".join(part for part in parts if part)


def is_altered(changes: Sequence[Change]) -> bool:
    """Whether the stamp itself, not only the notebook around it, was changed."""
    return any(change.what in ("signature", "stamp") for change in changes)


def _rest(stamp: Mapping[str, Any], opening: str) -> str:
    cells = {cell["id"]: cell for cell in stamp["cells"]}
    here: list[str] = []
    inherited: list[str] = []
    floating: dict[str, str] = {}
    for read in stamp["reads"]:
        cell = cells.get(read["cell"])
        borrowed = cell is not None and cell.get("status") == "inherited"
        (inherited if borrowed else here).append(read["dataset"])
        if read["floating"]:
            # Without a pin is the weaker word: it stays when another cell names a tag.
            by_tag = f"read by the tag {read['tag']}, which can be moved" if read.get("tag") else None
            if by_tag is None or read["dataset"] not in floating:
                floating[read["dataset"]] = by_tag or "read without a pin"
    inherited = [key for key in inherited if key not in here]
    if not here and not inherited:
        ran = any(cell.get("status") in RAN for cell in stamp["cells"])
        return "No cell read a dataset through Headwater." if ran else "No cell was seen to run here."
    parts = []
    if here:
        parts.append(f"{opening} {_named(stamp, here, floating)}.")
    if inherited:
        parts.append(f"Inherited from a copy, not run here: {_named(stamp, inherited, floating)}.")
    return " ".join(parts)


def _named(stamp: Mapping[str, Any], keys: Iterable[str], floating: Mapping[str, str]) -> str:
    year = as_datetime(stamp["createdAt"]).year
    return _listed([_dataset(stamp["datasets"][key], year, floating.get(key)) for key in dict.fromkeys(keys)])


def _dataset(dataset: Mapping[str, Any], year: int, floating: str | None) -> str:
    unpinned = f", {floating}" if floating else ""
    sample = dataset.get("sample")
    if dataset["kind"] == "sample" and sample:
        masked = "a masked sample" if sample.get("masked") else "an unmasked sample"
        of = f" of {sample['of']:,}" if sample.get("of") is not None else ""
        seed = f", seed {sample['seed']}" if sample.get("seed") is not None else ""
        return f"{masked} of {dataset['name']} ({_rows(dataset['rows'], of)}{seed}{unpinned})"
    facts = [_rows(dataset["rows"])] if dataset["rows"] is not None else []
    if dataset["kind"] == "derived" and (beneath := _beneath(dataset["restsOn"])):
        facts.append(beneath)
    if dataset["created"]:
        facts.append(_day(dataset["created"], year))
    if dataset["attestedBy"] == "kernel":
        facts.append("as its kernel reported")
    named = f"{dataset['name']} {dataset['version']}"
    named = {"sample": f"a sample, {named}", "simulated": f"simulated rows, {named}"}.get(dataset["kind"] or "", named)
    about = ", ".join(facts) + unpinned
    return f"{named} ({about.removeprefix(', ')})" if about else named


def _beneath(rests_on: Sequence[str]) -> str:
    words = {"sample": "a sample", "simulated": "simulated rows"}
    return (
        "derived from " + " and ".join(words[kind] for kind in rests_on if kind in words)
        if set(rests_on) & set(words)
        else ""
    )


def _written(stamp: Mapping[str, Any]) -> str:
    cells = {cell["id"]: cell for cell in stamp["cells"]}
    keys = [
        write["dataset"]
        for write in stamp["writes"]
        if (cell := cells.get(write["cell"])) is None or cell.get("status") != "inherited"
    ]
    described = [stamp["datasets"][key] for key in dict.fromkeys(keys)]
    if not described:
        return ""
    return f"It wrote {_listed([_named_with_rows(dataset) for dataset in described])}."


def _named_with_rows(dataset: Mapping[str, Any]) -> str:
    rows = f" ({_rows(dataset['rows'])})" if dataset["rows"] is not None else ""
    return f"{dataset['name']} {dataset['version']}{rows}"


def _ran(stamp: Mapping[str, Any]) -> str:
    code = [cell for cell in stamp["cells"] if cell["type"] == "code" and not cell.get("blank")]
    if not code:
        return "It has no code."
    ran = [cell for cell in code if cell["status"] in RAN]
    if stamp["run"]["linear"]:
        return "Its only cell ran." if len(code) == 1 else f"All {len(code)} cells ran in order."
    parts = []
    if len(ran) == len(code):
        parts.append(_all_ran(code, stamp["run"]["sessions"]))
    elif ran:
        parts.append(f"{len(ran)} of {len(code)} cells ran here")
    inherited = sum(cell["status"] == "inherited" for cell in code)
    failed = sum(cell["status"] == "error" for cell in code)
    edited = sum(cell["ranSource"] != cell["source"] for cell in ran)
    if inherited:
        parts.append(f"{_cells(inherited)} {_has(inherited)} outputs that were inherited, not run here")
    if failed:
        parts.append(f"{_cells(failed)} failed")
    if edited:
        parts.append(f"{_cells(edited)} {_has(edited)} changed since {'it' if edited == 1 else 'they'} ran")
    return f"{'; '.join(parts)}." if parts else "No code cell ran here."


def _all_ran(code: Sequence[Mapping[str, Any]], sessions: int) -> str:
    if len(code) == 1:
        return "Its only cell ran"
    places = [cell["seq"] or 0 for cell in code]
    newest = code[-1]["count"]
    if sessions != 1 or newest is None or places != sorted(places):
        return f"All {len(code)} cells ran, but not once each in order"
    # The kernel counts what it runs, so what it counted beyond these cells ran before or between them.
    more = newest - len(code)
    between = f", with {more} more {'run' if more == 1 else 'runs'} before or between them" if more > 0 else ""
    return f"All {len(code)} cells ran in order{between}"


def _signature(verdict: Verdict) -> str:
    return {
        "valid": "Signature valid.",
        "superseded": "Signature valid, but a newer stamp of this notebook exists.",
        "untrusted": "Signed with a key that is not trusted here.",
        "unsigned": "Not signed.",
    }.get(verdict, "")


def _changed(stamp: Mapping[str, Any], changes: Sequence[Change]) -> str:
    by_cell = [change for change in changes if change.cell is not None]
    if not by_cell:
        return changes[0].detail if changes else "it differs from its stamp"
    first = by_cell[0]
    positions = {cell["id"]: position for position, cell in enumerate(stamp["cells"], 1)}
    place = f"cell {positions[first.cell]}" if first.cell in positions else "a cell"
    what = {
        "added": "a cell was added",
        "removed": f"{place} was removed",
        "reordered": "cells changed places",
        "duplicate": "two cells have one id",
    }.get(first.what, f"the {_WHAT.get(first.what, first.what)} of {place} changed")
    more = len(changes) - 1
    return f"{what}, and {more} more {'difference' if more == 1 else 'differences'}" if more else what


def _rows(rows: int, of: str = "") -> str:
    return f"{rows:,}{of} {'row' if rows == 1 and not of else 'rows'}"


def _day(moment: str, year: int) -> str:
    day = as_datetime(moment)
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if day.year != year else "")


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
