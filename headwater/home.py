"""The home: one directory that holds everything Headwater keeps for a person or a service."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from headwater.errors import LedgerIncompatible, Unavailable

HOME_FORMAT = 1
"""The layout that this Headwater writes; it refuses a home with a higher one."""

_DIRECTORIES = ("warehouse", "spool", "keys", "run", "cache")
_NETWORK_FILE_SYSTEMS = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "9p",
        "ceph",
        "glusterfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.rclone",
        "lustre",
        "beegfs",
        "gpfs",
    ]
)


class Home(NamedTuple):
    """The places in a home. Making one touches no file; `create` does."""

    path: Path

    @classmethod
    def locate(cls, path: str | os.PathLike[str] | None = None) -> Home:
        """The home at `path`, else at ``HEADWATER_HOME``, else ``~/.headwater``. Nothing is created."""
        chosen = path or os.environ.get("HEADWATER_HOME") or "~/.headwater"
        return cls(Path(os.path.abspath(os.path.expanduser(chosen))))

    @property
    def ledger_path(self) -> Path:
        return self.path / "ledger.sqlite"

    @property
    def catalog_path(self) -> Path:
        return self.path / "catalog.sqlite"

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse"

    @property
    def spool(self) -> Path:
        return self.path / "spool"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def cache(self) -> Path:
        return self.path / "cache"

    @property
    def config_path(self) -> Path:
        return self.path / "headwater.toml"

    @property
    def audit_heads(self) -> Path:
        return self.path / "audit.heads"

    @property
    def marker(self) -> Path:
        return self.path / "home.json"

    @property
    def has_database(self) -> bool:
        """Whether the home's configuration puts its ledger into a database elsewhere. Raises `UsageError` when it
        cannot be read.
        """
        if not self.config_path.exists():
            return False
        from headwater.config import load_config

        return load_config(self, "store").store.has_database

    @property
    def exists(self) -> bool:
        return self.marker.is_file()

    def create(self) -> Home:
        """Make the directories and the marker, or check those that are there; may be called any number of times.

        Raises `LedgerIncompatible` for a home that a newer Headwater wrote and `Unavailable` where nothing
        can be written.
        """
        try:
            for directory in (self.path, *(self.path / name for name in _DIRECTORIES)):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.exists:
                self._write_marker()
        except OSError as error:
            raise Unavailable(
                f"The Headwater home cannot be written: {error.strerror or error}.",
                hint="Give another directory with --home or HEADWATER_HOME, or make this one writable.",
            ) from error
        facts = self.facts()
        if not os.access(str(facts.get("interpreter")), os.X_OK):
            # The environment that made the home is gone; hosts are started with this one from now on.
            self._replace_marker({**facts, "interpreter": sys.executable})
        return self

    def facts(self) -> dict[str, Any]:
        """The marker's document: ``id``, ``interpreter``, ``headwater``, ``format``."""
        try:
            document = json.loads(self.marker.read_text(encoding="utf-8"))
            written = int(document["format"])
        except FileNotFoundError as error:
            raise Unavailable("There is no Headwater home here yet.", hint="Make one with: headwater init") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                "The home's marker file home.json cannot be read.",
                hint="See what is wrong with: headwater doctor",
            ) from error
        if written > HOME_FORMAT:
            raise LedgerIncompatible(
                f"A newer Headwater wrote this home: it has format {written}, and this Headwater knows formats "
                f"up to {HOME_FORMAT}.",
                hint="Upgrade with: pip install --upgrade jupyterlab-headwater, then restart the Jupyter server.",
                details={"format": written, "known": HOME_FORMAT},
            )
        return dict(document)

    def file_system(self) -> str | None:
        """The type of the file system below the home, or None where the system does not say (not Linux)."""
        try:
            lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        target = os.path.realpath(self.path)
        best, found = "", None
        for line in lines:
            fields, _, tail = line.partition(" - ")
            point = fields.split()[4].replace("\\040", " ")
            inside = target == point or target.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best):
                best, found = point, tail.split()[0]
        return found

    @property
    def on_network(self) -> bool:
        """Whether the home lies on a network file system, where SQLite must not use its write-ahead log."""
        return self.file_system() in _NETWORK_FILE_SYSTEMS

    def _write_marker(self) -> None:
        import uuid

        from headwater.version import headwater_version

        draft = self._draft(
            {
                "id": str(uuid.uuid4()),
                "interpreter": sys.executable,
                "headwater": headwater_version(),
                "format": HOME_FORMAT,
            }
        )
        try:
            # A link, unlike a rename, does not replace the marker of a process that was faster.
            os.link(draft, self.marker)
        except FileExistsError:
            pass
        except OSError:
            os.replace(draft, self.marker)
            return
        os.unlink(draft)

    def _replace_marker(self, facts: dict[str, Any]) -> None:
        os.replace(self._draft(facts), self.marker)

    def _draft(self, facts: dict[str, Any]) -> Path:
        draft = self.marker.with_name(f".home.{os.urandom(8).hex()}.json")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(facts, file, indent=2)
        return draft
