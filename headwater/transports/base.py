"""How the kernel client reaches a ledger and a host: what every transport offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.host.protocol import Payload
    from headwater.reading.files import VersionFiles
    from headwater.results.datasets import Dataset
    from headwater.results.versions import Version


class Resolved(NamedTuple):
    """A version that a reference was resolved to, with what a read of it is recorded by. `types` are Arrow
    texts; `erased` has ``reason``, ``by`` and ``at`` once its rows are gone.
    """

    dataset: str
    number: int
    digest: str
    files: str
    rows: int
    kind: str
    rests_on: tuple[str, ...]
    types: Mapping[str, str]
    erased: Mapping[str, str] | None = None

    @property
    def version(self) -> str:
        return f"v{self.number}"

    def __str__(self) -> str:
        return f"{self.dataset}@{self.version}"


class File(NamedTuple):
    """One data file of a version."""

    path: str
    bytes: int
    rows: int


class Transport(Protocol):
    """Reads are answered at once; everything that changes something is an operation of the host."""

    def resolve(self, dataset: str, spec: str | None) -> Resolved:
        """The version that `spec` names (None: the newest). Raises `DatasetNotFound`, `VersionNotFound`."""

    def files(self, version: Resolved) -> VersionFiles:
        """The data files of a resolved version. Raises `VersionErased`."""

    def versions(self, dataset: str) -> list[Version]:
        """All versions of a dataset, newest first. Raises `DatasetNotFound`."""

    def dataset(self, name: str) -> Dataset:
        """A dataset with its newest version. Raises `DatasetNotFound`."""

    def call(
        self, op: str, args: Mapping[str, Any], payload: Payload | None = None
    ) -> tuple[dict[str, Any], bytes | None]:
        """Ask the host for an operation; raises the error that it answers with, or `HostUnavailable`."""
