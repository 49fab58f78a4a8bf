"""Profiles: what each column of a version holds, computed when somebody looks and kept for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headwater.errors import DiskFull
from headwater.ledger.profiles import Profiles
from headwater.models import Bucket, ColumnProfile, Profile
from headwater.predicate.binding import column_not_found
from headwater.reading.files import VersionFiles, check
from headwater.services.preview import version_files

if TYPE_CHECKING:
    import pyarrow

    from headwater.ledger.base import Database
    from headwater.services.catalog import CatalogService

_BATCH_ROWS = 65_536


class ProfileService:
    """Column profiles. Columns are read one at a time, so memory does not grow with a version's rows or
    width.
    """

    def __init__(self, catalog: CatalogService, database: Database) -> None:
        self._catalog = catalog
        self._profiles = Profiles(database)

    def profile(self, ref: str, columns: Sequence[str] | None = None) -> Profile:
        """The profiles of `columns` (None for all) of the version `ref`, in the version's column order.

        Raises
        ------
        ColumnNotFound
            A column that the version does not have.
        StoreUnavailable
            A data file is missing or damaged.
        """
        version = self._catalog.resolve(ref)
        names = [column.name for column in version.schema]
        wanted = set(names if columns is None else columns)
        for name in wanted.difference(names):
            raise column_not_found(name, names)
        number = int(version.version[1:])
        known = self._profiles.read(version.dataset, number)
        missing = [column for column in version.schema if column.name in wanted and column.name not in known]
        if missing:
            from headwater.profiling.column import profile_column

            files = version_files(version, self._catalog)
            check(files)
            for column in missing:
                document = asdict(profile_column(column, _Values(files, column.name)))
                # With a full disk it is shown all the same, and computed again the next time.
                with suppress(DiskFull):
                    self._profiles.write(version.dataset, number, column.name, document)
                known[column.name] = document
        return Profile(
            version.dataset,
            version.version,
            version.rows,
            tuple(_column_profile(known[name]) for name in names if name in wanted),
        )


class _Values:
    """The stream of one column's values; each call begins it again."""

    def __init__(self, files: VersionFiles, name: str) -> None:
        self._files = files
        self._name = name

    def __call__(self) -> Iterator[pyarrow.Array]:
        from headwater.reading.arrow import open_file

        for entry in self._files.files:
            for batch in open_file(entry.path).iter_batches(batch_size=_BATCH_ROWS, columns=[self._name]):
                yield batch.column(self._name)


def _column_profile(document: dict[str, Any]) -> ColumnProfile:
    return ColumnProfile(**{**document, "buckets": tuple(Bucket(**bucket) for bucket in document["buckets"])})
