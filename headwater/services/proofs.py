"""Proof sheets: kept with each sample, and shown to whoever may see the version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headwater.errors import VersionNotFound

if TYPE_CHECKING:
    from headwater.ledger.base import Database, Transaction
    from headwater.services.catalog import CatalogService


class ProofService:
    """The proof sheets of a home."""

    def __init__(self, database: Database, catalog: CatalogService) -> None:
        self._db = database
        self._catalog = catalog

    def proof(self, ref: str) -> dict[str, Any]:
        """The proof sheet of a version, a `headwater.sample_models.Proof`.

        Raises `VersionNotFound` for one that has none, and as `resolve` does.
        """
        version = self._catalog.resolve(ref)
        row = self._db.one(
            "SELECT document FROM proof WHERE dataset = ? AND version = ?", (version.dataset, version.version)
        )
        if row is None:
            raise VersionNotFound(
                f"{version.dataset} {version.version} has no proof sheet.",
                hint="Samples that are drawn from a source have one; draw it again.",
            )
        return dict(json.loads(row["document"]))


def keep_proof(tx: Transaction, dataset: str, version: str, document: Mapping[str, Any]) -> None:
    """Keep the proof sheet of a version."""
    tx.execute(
        "INSERT INTO proof (dataset, version, document) VALUES (?, ?, ?)", (dataset, version, json.dumps(document))
    )
