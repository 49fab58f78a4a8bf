"""Stamps: put into a notebook as it is saved, completed after a run without a server, shown and verified."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.clock import now
from headwater.errors import Conflict, HeadwaterError
from headwater.ledger.events import Events
from headwater.ledger.recipes import Recipes
from headwater.ledger.stamps import Stamps
from headwater.models import Change, Passport, Verdict, VerifyResult
from headwater.retention import fate
from headwater.services.run_records import RunRecords
from headwater.stamping.build import Facts, VersionFacts, build_stamp, has_facts
from headwater.stamping.canonical import METADATA_KEY, canonical
from headwater.stamping.carry import Earlier
from headwater.stamping.files import OriginalContent, read_file, write_notebook
from headwater.stamping.passport import make_passport
from headwater.stamping.shape import shape_faults
from headwater.stamping.sign import PublicKey, Signer, open_signer, own_keys
from headwater.stamping.statement import payload, payload_digest, stamp_digest
from headwater.stamping.verify import check, differences, embedded_stamp, signed_by, verify_result
from headwater.traces import trace

if TYPE_CHECKING:
    from headwater.home import Home
    from headwater.ledger.base import Database
    from headwater.services.catalog import CatalogService
    from headwater.services.pins import PinService
    from headwater.stamping.build import Actor

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Account:
    """Who acts where no server asks who: the user of the operating system."""

    user: str
    source: str = "os-account"


class StampService:
    """Makes and checks the stamps of one home.

    Parameters
    ----------
    home, database:
        Where the signing key, the spool and the ledger are.
    catalog, pins:
        What versions are, and which of them a notebook is held to.
    """

    def __init__(self, home: Home, database: Database, catalog: CatalogService, pins: PinService) -> None:
        self._home = home
        self._db = database
        self._catalog = catalog
        self._pins = pins
        self._stamps = Stamps(database)
        self._recipes = Recipes(database)
        self._records = RunRecords(home.spool, database)
        self._events = Events(database)
        self._originals = OriginalContent()
        self._versions: dict[tuple[str, str], VersionFacts] = {}
        self._failures: dict[str, str] = {}
        self._prepared: dict[str, tuple[str, str, str]] = {}
        self._signer: Signer | None = None

    def embed(
        self,
        content: dict[str, Any],
        path: str | os.PathLike[str],
        *,
        actor: Actor,
        bound_kernels: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Put id, pins and stamp into a notebook that is about to be saved; returns the same `content`.

        Called from the server's pre-save hook: synchronous, without git, packages or network. Whatever goes
        wrong, the save goes on: the fault is logged, the passport tells it until a save succeeds, and what the
        file has of ours stays in it.

        Parameters
        ----------
        content:
            The notebook's JSON, changed in place: only ``metadata.headwater``, and of it only what is ours.
        path:
            The file that it will be written to.
        actor:
            Who saves, and how that is known.
        bound_kernels:
            Ids of the kernels that the server runs for this notebook.
        """
        place = os.path.realpath(path)
        metadata = content.get("metadata")
        posted = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
        try:
            self._embed(content, place, actor, bound_kernels, always=False)
            self._failures.pop(place, None)
        except Exception as error:
            self._prepared.pop(place, None)
            if isinstance(metadata, dict):
                _put(metadata, _kept(_section_of_file(place), posted, metadata.get(METADATA_KEY)))
            told = error.message if isinstance(error, HeadwaterError) else type(error).__name__
            self._failures[place] = told
            log.warning(
                "headwater: %s was saved without a new stamp: %s\n%s", os.path.basename(place), told, trace(error)
            )
        return content

    def written(self, path: str | os.PathLike[str]) -> None:
        """Note that what `embed` prepared for `path` is in the file; called from the post-save hook."""
        place = os.path.realpath(path)
        prepared = self._prepared.pop(place, None)
        if prepared is None:
            return
        notebook, digest, stamp_id = prepared
        try:
            with self._db.transaction() as tx:
                if self._stamps.written(tx, notebook, digest):
                    self._events.append(tx, "stamp", notebook, {"stamp": stamp_id})
        except HeadwaterError as error:
            log.warning("headwater: the save of %s is not noted: %s", os.path.basename(place), error)

    def complete(self, path: str | os.PathLike[str], user: str) -> dict[str, Any]:
        """Stamp a notebook that was run without a server, from the records in its outputs; returns the stamp.

        `user` is the account that asks for it.

        Raises
        ------
        NotebookNotFound, InvalidNotebook
            There is no notebook at `path`; the file is left as it is.
        Conflict
            An editor holds the notebook: its next save stamps it.
        """
        place = Path(os.path.realpath(path))
        canonical(read_file(place)[1])
        self.refuse_if_held(place)
        self._take_pins(place, user)
        raw, content = read_file(place)
        self._embed(content, str(place), _Account(user), (), always=True)
        write_notebook(place, content, unless=raw)
        self.written(place)
        stamp: dict[str, Any] = content["metadata"][METADATA_KEY]["stamp"]
        return stamp

    def refuse_if_held(self, path: str | os.PathLike[str]) -> None:
        """Raise `Conflict` when an editor or a kernel holds the notebook: a save would undo a write."""
        if self._pins.is_held(path):
            raise Conflict(
                f"{os.path.basename(path)} is open in an editor, which would overwrite it.",
                hint="Save it there, which stamps it; or close it and try again.",
            )

    def verify(
        self,
        notebook: str | os.PathLike[str] | Mapping[str, Any],
        trusted: Mapping[str, PublicKey] | None = None,
    ) -> VerifyResult:
        """Compare a notebook with its stamp.

        Parameters
        ----------
        notebook:
            A file, or a notebook's JSON.
        trusted:
            Public keys by id; the home's own when None.

        Raises
        ------
        NotebookNotFound, InvalidNotebook
            There is nothing that could be verified.
        """
        if isinstance(notebook, Mapping):
            name, content = "notebook", notebook
        else:
            name, content = os.fspath(notebook), read_file(Path(notebook))[1]
        return replace(verify_result(name, content, *self._check(content, trusted)), notes=self._fates(content))

    def passport(self, path: str | os.PathLike[str]) -> Passport:
        """The passport of the notebook at `path`, verified. Raises `NotebookNotFound`, `InvalidNotebook`."""
        content = read_file(Path(path))[1]
        verdict, changes = self._check(content, None)
        made = make_passport(os.fspath(path), content, verdict, changes)
        made = replace(made, notes=self._fates(content))
        failure = self._failures.get(os.path.realpath(path))
        if failure is None:
            return made
        told = f"the last save could not be stamped: {failure}"
        return replace(
            made,
            badge="unsigned",
            sentence=f"{made.sentence} {told[0].upper()}{told[1:]}",
            changes=(*made.changes, Change("save", None, told)),
        )

    def _fates(self, content: Mapping[str, Any]) -> tuple[str, ...]:
        """What became of the versions that the stamp names, and what will, as this home knows it: a sentence each."""
        stamp = embedded_stamp(content)
        if stamp is None or next(shape_faults(stamp), None) is not None:
            return ()
        told = []
        for one in stamp["datasets"].values():
            try:
                version = self._catalog.resolve(f"{one['name']}@{one['version']}")
            except HeadwaterError:
                continue
            # Of another home's version of this name nothing is known.
            if version.digest == one["digest"]:
                told.append(fate(version))
        return tuple(line for line in told if line)

    def _take_pins(self, place: Path, user: str) -> None:
        """Set the pins that a headless run made, which are in its outputs only, once."""
        changes = self._records.unclaimed_pins(read_file(place)[1])
        if changes:
            self._pins.apply(place, None, tuple(changes.values()), user)

    def _embed(
        self, content: dict[str, Any], place: str, actor: Actor, kernels: Sequence[str], *, always: bool
    ) -> None:
        if content.get("nbformat") != 4:
            return
        metadata = content.setdefault("metadata", {})
        before = metadata.get(METADATA_KEY)
        posted = before if isinstance(before, dict) else {}
        section = self._pins.file_section(place, metadata)
        found = self._records.find(section["id"], content, kernels)
        newest = self._stamps.newest(found.notebook)
        earlier = self._earlier(newest.document if newest else None, posted.get("stamp"))
        kept = {key: value for key, value in posted.items() if key not in ("id", "copiedFrom", "pins", "stamp")}
        # Until all has succeeded the file keeps the stamp that it has; pins that the record gave out it gets anyway.
        # A notebook that never had to do with Headwater is none of its business.
        _put(metadata, {**posted, **section} if posted or section["pins"] else before)
        draft = {**content, "metadata": {**metadata, METADATA_KEY: {**kept, **section}}}
        stamp, body = None, b""
        if always or earlier or has_facts(draft, found.records) or self._originals.differs(draft, place):
            stamp = build_stamp(
                draft,
                Facts(
                    name=os.path.basename(place),
                    records=found.records,
                    known=self._known,
                    actor=actor,
                    now=now(),
                    earlier=earlier,
                    claimed_elsewhere=found.elsewhere,
                ),
            )
            body = payload(stamp)
            if not stamp.get("signatures"):
                stamp["signatures"] = self._signatures(body)
        is_new = stamp is not None and (newest is None or newest.document != stamp)
        if is_new or found.is_news:
            digest = payload_digest(body)
            with self._db.transaction() as tx:
                self._records.keep(tx, found, stamped=stamp is not None)
                if stamp is not None and is_new:
                    self._stamps.issue(tx, found.notebook, digest, stamp)
            if stamp is not None and is_new:
                self._prepared[place] = (found.notebook, digest, stamp["stampId"])
        if stamp is not None:
            metadata[METADATA_KEY] = {**kept, **section, "stamp": stamp}
        if is_new or found.is_news:
            self._records.retire(found)

    def _earlier(self, newest: dict[str, Any] | None, posted: Any) -> list[Earlier]:
        """The stamps that may still say it all, likeliest first. The front end may post anything."""
        found = [Earlier(newest, own=True)] if newest else []
        if isinstance(posted, dict) and posted != newest and next(shape_faults(posted), None) is None:
            found.append(Earlier(posted, own=signed_by(posted, own_keys(self._home.keys))))
        return found

    def _known(self, dataset: str, version: str) -> VersionFacts | None:
        # A version never changes, so what was looked up once need not be asked again.
        known = self._versions.get((dataset, version))
        if known is None:
            try:
                found = self._catalog.resolve(f"{dataset}@{version}")
                known = VersionFacts(found, self._sampled(dataset, version))
            except HeadwaterError:
                return None
            self._versions[dataset, version] = known
        return known

    def _sampled(self, dataset: str, version: str) -> dict[str, Any] | None:
        """How a version was drawn, as a stamp tells it; None for one that was not, or of which it is not known."""
        drawn = self._recipes.of(dataset, version)
        if drawn is None:
            return None
        recipe = drawn.document
        return {
            "source": recipe["source"],
            "table": recipe["table"],
            "of": drawn.total,
            "method": recipe["method"],
            "seed": recipe["seed"],
            "masked": sum(mask != "keep" for mask in recipe["masks"].values()),
            "recipe": drawn.recipe,
        }

    def _signatures(self, body: bytes) -> list[dict[str, str]]:
        """Sign a payload, or leave it unsigned: a key that cannot be used must not cost a save its record."""
        try:
            self._signer = self._signer or open_signer(self._home.keys)
            return [self._signer.sign(body)]
        except HeadwaterError as error:
            log.warning("headwater: the stamp is not signed: %s", error)
            return []

    def _check(
        self, content: Mapping[str, Any], trusted: Mapping[str, PublicKey] | None
    ) -> tuple[Verdict, list[Change]]:
        verdict, changes = check(content, own_keys(self._home.keys) if trusted is None else trusted)
        stamp = embedded_stamp(content)
        if stamp is None or next(shape_faults(stamp), None) is not None:
            return verdict, changes
        notebook = stamp["notebook"]["id"]
        if verdict == "valid" and self._stamps.is_superseded(notebook, stamp_digest(stamp)):
            return "superseded", [Change("stamp", None, "a newer stamp of this notebook was saved after this one")]
        if any(change.what == "signature" for change in changes):
            original = self._stamps.by_stamp_id(notebook, stamp["stampId"])
            if original is not None:
                changes = [
                    *changes,
                    *(Change("stamp", None, detail) for detail in differences(original, stamp)),
                ]
        return verdict, changes


def _section_of_file(place: str) -> dict[str, Any] | None:
    """What a notebook file has of ours. The front end never saw the last stamp, so it cannot give it back."""
    try:
        metadata = read_file(Path(place))[1].get("metadata")
    except HeadwaterError:
        return None
    own = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    return own if isinstance(own, dict) else None


def _kept(filed: dict[str, Any] | None, posted: Any, reached: Any) -> Any:
    """What a save that failed leaves: the file's stamp, and the newest pins if the fault came after them."""
    if filed is None:
        return reached
    if reached is posted or not isinstance(reached, dict):
        return filed
    return {**filed, **reached} | ({"stamp": filed["stamp"]} if "stamp" in filed else {})


def _put(metadata: dict[str, Any], section: Any) -> None:
    """Set the section of a notebook's metadata; None is a notebook that has none."""
    if section is None:
        metadata.pop(METADATA_KEY, None)
    else:
        metadata[METADATA_KEY] = section
