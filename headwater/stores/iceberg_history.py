"""What an Iceberg table still knows of the versions that Headwater committed to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.datafile import DataFile
from headwater.digests import files_root
from headwater.models import Column
from headwater.stores.base import ERASED
from headwater.stores.files import FileArea

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot

NUMBER = "headwater.number"
FACTS = "headwater.version"
TOKEN = "headwater.token"  # noqa: S105 - the name of a snapshot's property, not a secret


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version as its table tells it.

    `facts` are those that were committed with it; `proven` says whether the files that are there now, in the order that
    was worked out, have the Merkle root that the commit recorded. One that was erased has no files of its own, and in
    its facts why.
    """

    number: int
    facts: Mapping[str, Any]
    schema: tuple[Column, ...]
    files: tuple[DataFile, ...]
    snapshot: str
    proven: bool


def history(table: Table) -> Iterator[PastVersion]:
    """The versions of `table`, oldest first; snapshots that other programs made are left out."""
    erased = _erased(table)
    area = FileArea(f"{table.location()}/data")
    digests: dict[str, str] = {}
    before: Sequence[DataFile] = ()
    for snapshot in sorted(table.snapshots(), key=lambda found: found.sequence_number or 0):
        properties = snapshot.summary.additional_properties if snapshot.summary is not None else {}
        if not {NUMBER, FACTS, TOKEN} <= properties.keys():
            continue
        number = int(properties[NUMBER])
        for past in [erased.pop(other) for other in sorted(erased) if other < number]:
            before = past.files
            yield past
        facts = json.loads(properties[FACTS])
        present = _files(table, snapshot, area, digests)
        files, proven = _in_order(present, before, properties[TOKEN], facts["files_root"])
        before = files
        yield PastVersion(
            number=number,
            facts=facts,
            schema=_schema(table, snapshot, files, area),
            files=files,
            snapshot=str(snapshot.snapshot_id),
            proven=proven,
        )
    yield from (erased[number] for number in sorted(erased))


def _erased(table: Table) -> dict[int, PastVersion]:
    """What an erasure kept with the table, by version number."""
    found = {}
    for name, text in table.properties.items():
        if name.startswith(ERASED):
            number, document = int(name.removeprefix(ERASED)), json.loads(text)
            facts = document["facts"]
            found[number] = PastVersion(
                number=number,
                facts=facts,
                schema=tuple(Column(**column) for column in facts["schema"]),
                # Files that others share: their order, which is all that is used of them.
                files=tuple(DataFile(path, 0, 0, "", place) for place, path in enumerate(document["kept"])),
                snapshot="",
                proven=True,
            )
    return found


def _files(table: Table, snapshot: Snapshot, area: FileArea, digests: dict[str, str]) -> list[DataFile]:
    found = []
    for manifest in snapshot.manifests(table.io):
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
            path = entry.data_file.file_path.removeprefix("file://")
            if path not in digests:
                try:
                    digests[path] = area.digest(path)
                except FileNotFoundError:
                    digests[path] = ""
            found.append(
                DataFile(path, entry.data_file.file_size_in_bytes, entry.data_file.record_count, digests[path], 0)
            )
    return found


def _in_order(
    present: Sequence[DataFile], before: Sequence[DataFile], token: str, root: str
) -> tuple[tuple[DataFile, ...], bool]:
    """`present` in row order, which Iceberg does not keep.

    A commit numbers its files in their names, and files that it shares with the version before kept their order: either
    they stand first (rows were appended) or they fill the numbers that are missing (rows were replaced). The recorded
    Merkle root tells which.
    """
    places = {file.path: place for place, file in enumerate(before)}
    shared = sorted((f for f in present if f.path in places), key=lambda file: places[file.path])
    own = {_number(file.path, token): file for file in present if file.path not in places}
    appended = [*shared, *(own[number] for number in sorted(own))]
    replaced: list[DataFile] = []
    rest = iter(shared)
    for number in range(len(present)):
        file = own.get(number) or next(rest, None)
        if file is not None:
            replaced.append(file)
    for order in (replaced, appended):
        if len(order) == len(present) and files_root(file.blake3 for file in order if file.blake3) == root:
            return _numbered(order), True
    return _numbered(appended), False


def _number(path: str, token: str) -> int:
    name = path.rpartition("/")[2].removeprefix(f"{token}-").removesuffix(".parquet")
    return int(name) if name.isdigit() else -1


def _numbered(files: Sequence[DataFile]) -> tuple[DataFile, ...]:
    return tuple(file._replace(ordinal=place) for place, file in enumerate(files))


def _schema(table: Table, snapshot: Snapshot, files: Sequence[DataFile], area: FileArea) -> tuple[Column, ...]:
    """The columns in their own order and Arrow types: from a file, as Iceberg knows fewer types than Arrow."""
    from pyarrow import parquet
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    for file in files:
        if file.blake3:
            system, inner = area.located(file.path)
            return tuple(Column(f.name, str(f.type)) for f in parquet.read_schema(inner, filesystem=system))
    schemas = table.schemas()
    kept = schemas[snapshot.schema_id] if snapshot.schema_id in schemas else table.schema()
    return tuple(Column(f.name, str(f.type)) for f in schema_to_pyarrow(kept, include_field_ids=False))
