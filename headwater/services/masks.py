"""Masks: their keys, and what stewards have decided of columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.clock import now
from headwater.errors import ColumnNotFound, Conflict, HeadwaterError, UsageError
from headwater.ledger.decisions import Decisions, Revision
from headwater.sample_models import ColumnMask, MaskDecision, MaskRevision, TableMasks
from headwater.sampling.decided import Decided, folded
from headwater.sampling.key import DEFAULT, KeyEntry, Keyring

if TYPE_CHECKING:
    import pyarrow

    from headwater.config import Config
    from headwater.home import Home
    from headwater.ledger.base import Database
    from headwater.sample_models import SourceTable
    from headwater.sampling.choice import Choice
    from headwater.sampling.finding import Finding
    from headwater.services.audit import AuditService
    from headwater.services.looks import Look

_ROTATE = "masks.rotate"
_DECIDE = "masks.decide"
_LONGEST = 500


class MaskService:
    """The masks of a home."""

    def __init__(self, home: Home, config: Config, database: Database, audit: AuditService) -> None:
        self._ring = Keyring(home.keys)
        self._config = config
        self._db = database
        self._decisions = Decisions(database)
        self._audit = audit

    def table(self, source: str, table: str) -> TableMasks:
        """The decisions on a table, and all before. Raises `SourceNotFound`, `SourceUnavailable`, `TableNotFound`."""
        from headwater.sources.registry import open_source

        return self._shown(source, open_source(self._config.source(source)).table(table))

    def choose(self, source: str, seen: Look, asked: Mapping[str, str]) -> tuple[list[Finding], list[Choice]]:
        """What each column of a table looks like, and the mask that it gets.

        Raises `ColumnNotFound`, `UsageError`, `SampleRefused` for what is asked and may not be.
        """
        from headwater.sampling.choice import choose
        from headwater.sampling.detect import classify

        decided = _folded(self._decisions.of(source, seen.table.name), seen.table)
        findings = decided.findings(seen.schema, classify(seen.peeked, seen.table.key))
        set_here = self._set_here(source, seen.table.name)
        choices = choose(
            seen.schema,
            findings,
            decided={**decided.masks, **set_here},
            asked=asked,
            where=seen.table.name,
            reasons={name: who for name, who in decided.who.items() if name not in set_here},
        )
        return findings, choices

    def decide(self, source: str, table: str, decision: MaskDecision, user: str) -> TableMasks:
        """Keep what a steward decides, as a new revision; it holds for every later draw.

        Raises
        ------
        As `table`, and
        UsageError, ColumnNotFound
            Nothing is decided or no reason given, or a mask fits no such column.
        Conflict
            Somebody else has decided since the revision that this was decided on.
        """
        from headwater.sources.registry import open_source

        resource = f"{source} {table}"
        details = {"masks": dict(decision.masks), "why": decision.why}
        started = self._audit.start(user, _DECIDE, resource, details)
        try:
            config = self._config.source(source)
            with open_source(config).snapshot() as snapshot:
                drawing = snapshot.table(table)
                found, schema = drawing.table, drawing.schema
            _check(decision, found, schema)
            with self._db.transaction() as tx:
                before = self._decisions.of(source, found.name, tx)
                last = before[-1].revision if before else 0
                if decision.revision not in (None, last):
                    raise Conflict(
                        f"The masks of {found.name} were decided by {before[-1].actor} in the meantime.",
                        hint="Look at what was decided, then decide again.",
                        details={"revision": last},
                    )
                columns = {column.name: column.type for column in found.columns}
                revision = Revision(last + 1, user, now(), decision.why.strip(), columns, decision.masks)
                self._decisions.add(tx, source, found.name, revision)
        except BaseException as error:
            code = error.code if isinstance(error, HeadwaterError) else "failed"
            self._audit.end(started, user, _DECIDE, resource, "failed", {**details, "error": code})
            raise
        self._audit.end(started, user, _DECIDE, resource, "done", {**details, "revision": last + 1})
        return self._shown(source, found)

    def rotate(self, domain: str, user: str) -> tuple[KeyEntry, ...]:
        """Give `domain` a new key; returns its keys, oldest first.

        Samples that are there keep their values; later ones have other values, which join with none of the earlier.

        Raises `UsageError` for a domain that is not configured, and `KeyUnavailable`.
        """
        known = [DEFAULT, *(one.name for one in self._config.mask_domains)]
        if domain not in known:
            raise UsageError(
                f"There is no mask domain {domain}.",
                hint=f"There are: {', '.join(known)}. Add one to headwater.toml, as [masking.domains.NAME].",
                details={"domain": domain},
            )
        started = self._audit.start(user, _ROTATE, domain, {})
        try:
            key = self._ring.rotate(domain)
        except BaseException:
            self._audit.end(started, user, _ROTATE, domain, "failed", {"error": "key_unavailable"})
            raise
        self._audit.end(started, user, _ROTATE, domain, "done", {"key": key.name})
        return self._ring.entries(domain)

    def _set_here(self, source: str, table: str) -> dict[str, str]:
        """What headwater.toml says of a table's columns."""
        masks = self._config.source(source).masks
        start = f"{table}."
        return {name.removeprefix(start): mask for name, mask in masks.items() if name.startswith(start)}

    def _shown(self, source: str, table: SourceTable) -> TableMasks:
        revisions = self._decisions.of(source, table.name)
        decided = _folded(revisions, table)
        set_here = self._set_here(source, table.name)
        types = {column.name: column.type for column in table.columns}
        paths = sorted({*set_here, *decided.masks} - set(types))
        return TableMasks(
            source,
            table.name,
            revisions[-1].revision if revisions else 0,
            tuple(_column(name, types.get(name, "a path of JSON"), decided, set_here) for name in [*types, *paths]),
            tuple(MaskRevision(one.revision, one.actor, one.at, one.why, dict(one.masks)) for one in revisions[::-1]),
        )


def _column(name: str, kind: str, decided: Decided, set_here: Mapping[str, str]) -> ColumnMask:
    if name in set_here:
        return ColumnMask(name, kind, set_here[name], "administrator", reason="set in headwater.toml")
    if name in decided.masks:
        return ColumnMask(name, kind, decided.masks[name], "steward", reason=decided.who[name])
    return ColumnMask(name, kind, None, "nobody", name in decided.open, decided.open.get(name, ""))


def _folded(revisions: list[Revision], table: SourceTable) -> Decided:
    return folded(
        [(one.actor, one.why, one.columns, one.masks) for one in revisions],
        {column.name: column.type for column in table.columns},
    )


def _check(decision: MaskDecision, table: SourceTable, schema: pyarrow.Schema) -> None:
    import pyarrow as pa

    from headwater.sampling.fitting import fits, masks_for

    if not decision.masks or not decision.why.strip() or len(decision.why) > _LONGEST:
        raise UsageError(
            "A decision needs a mask for at least one column, and a reason of at most 500 signs.",
            hint='For example: --set company=keep --why "names of firms, not of people"',
        )
    for name, mask in decision.masks.items():
        column, _, path = name.partition("$") if name not in schema.names else (name, "", "")
        if column not in schema.names:
            raise ColumnNotFound(
                f"{table.name} has no column {column}.",
                hint=f"Columns: {', '.join(schema.names)}.",
                details={"column": column},
            )
        kind = pa.string() if path else schema.field(column).type
        if mask is not None and not fits(mask, kind):
            raise UsageError(
                f"The mask {mask!r} does not fit the column {name} of {table.name}.",
                hint=f"Choose one of: {', '.join(masks_for(kind))}.",
                details={"column": name, "mask": mask},
            )
