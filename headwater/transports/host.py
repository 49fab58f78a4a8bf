"""The transport of a home whose ledger is in a database: a kernel has no credentials for it, so the host is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.transports.base import File, Resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.home import Home
    from headwater.host.client import HostClient
    from headwater.host.protocol import Payload
    from headwater.reading.files import VersionFiles
    from headwater.results.datasets import Dataset
    from headwater.results.versions import Version


class HostTransport:
    """Has the home's host resolve; the data files are read in process."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._host: HostClient | None = None

    def resolve(self, dataset: str, spec: str | None) -> Resolved:
        version, _ = self.call("version.resolve", {"dataset": dataset, "spec": spec})
        types = {column["name"]: column["type"] for column in version["schema"]}
        return Resolved(
            version["dataset"], int(version["version"][1:]), version["digest"], version["files"], version["rows"],
            version["kind"], tuple(version["rests_on"]), types, version.get("erased"),
        )  # fmt: skip

    def files(self, version: Resolved) -> VersionFiles:
        from headwater.reading.files import VersionFiles

        answer, _ = self.call("version.files", {"dataset": version.dataset, "version": version.version})
        files = [File(file["path"], file["bytes"], file["rows"]) for file in answer["files"]]
        return VersionFiles(version.dataset, version.version, files, version.types)

    def versions(self, dataset: str) -> list[Version]:
        from headwater.results.versions import version_from_wire

        answer, _ = self.call("version.list", {"dataset": dataset})
        return [version_from_wire(version) for version in answer["versions"]]

    def dataset(self, name: str) -> Dataset:
        from headwater.results.datasets import Dataset
        from headwater.results.versions import version_from_wire

        found, _ = self.call("dataset.get", {"dataset": name})
        return Dataset(
            found["name"], found["description"], found["owner"], found["created"],
            version_from_wire(found["newest"]), found["version_count"],
        )  # fmt: skip

    def call(
        self, op: str, args: Mapping[str, Any], payload: Payload | None = None
    ) -> tuple[dict[str, Any], bytes | None]:
        from headwater.host.client import HostClient

        if self._host is None:
            self._host = HostClient(self._home)
        return self._host.call(op, args, payload)
