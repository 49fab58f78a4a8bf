"""What is wrong with a home: each part looked at on its own, so that one broken part hides no other."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from headwater.config import Config, SourceConfig, load_config
from headwater.errors import HeadwaterError, Unavailable
from headwater.home import Home
from headwater.ledger.connect import open_ledger
from headwater.sources.registry import open_source

State = Literal["ok", "warning", "problem"]

LOW_SPACE = 1_000_000_000
"""Free bytes below which an import of any size is likely to fail."""

_LIBRARIES = ("pyarrow", "pyiceberg", "sqlalchemy", "blake3", "cryptography")
_INSTALL = "pip install jupyterlab-headwater"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `hint` says what to do when it is not ok."""

    check: str
    state: State
    detail: str
    hint: str = ""


class HealthService:
    """Looks at a home and changes nothing in it; it makes none where there is none."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def examine(self) -> list[Finding]:
        """Everything that was found, good and bad. No credential is in it."""
        if not self._home.exists:
            return [Finding("home", "problem", "There is no home here.", "Make one with: headwater init")]
        checks: tuple[Callable[[], Iterator[Finding]], ...] = (
            self._marker,
            self._permissions,
            self._space,
            self._file_system,
            self._libraries,
            self._configuration,
            self._ledger,
        )
        found: list[Finding] = []
        for check in checks:
            try:
                found.extend(check())
            except HeadwaterError as error:
                found.append(Finding(check.__name__.strip("_"), "problem", error.message, error.hint))
            except OSError as error:
                found.append(
                    Finding(
                        check.__name__.strip("_"),
                        "problem",
                        f"It cannot be read: {error.strerror or 'error'}.",
                    )
                )
        return found

    def _marker(self) -> Iterator[Finding]:
        facts = self._home.facts()
        interpreter = str(facts.get("interpreter", ""))
        yield Finding("home", "ok", f"format {facts['format']}, made by Headwater {facts.get('headwater', '?')}")
        if not os.access(interpreter, os.X_OK):
            yield Finding(
                "interpreter",
                "warning",
                "The Python that made this home is gone; kernels cannot start a host with it.",
                "Run headwater init with the Python to use from now on.",
            )

    def _permissions(self) -> Iterator[Finding]:
        for directory in (self._home.path, self._home.keys, self._home.run):
            if not directory.is_dir():
                yield Finding(
                    "permissions", "problem", f"{directory.name}/ is missing.", "Mend it with: headwater init"
                )
            elif stat.S_IMODE(directory.stat().st_mode) & 0o077:
                yield Finding(
                    "permissions",
                    "warning",
                    f"{directory.name} can be entered by other users of this machine.",
                    f"Close it with: chmod 700 {directory}",
                )
        if not os.access(self._home.path, os.W_OK):
            yield Finding("permissions", "problem", "The home is not writable.", "Make it writable for its owner.")

    def _space(self) -> Iterator[Finding]:
        free = shutil.disk_usage(self._home.path).free
        state: State = "ok" if free >= LOW_SPACE else "warning"
        yield Finding("space", state, f"{free / 1e9:.1f} GB free", "" if state == "ok" else "Free some space.")

    def _file_system(self) -> Iterator[Finding]:
        name = self._home.file_system()
        if self._home.on_network:
            yield Finding(
                "file system",
                "warning",
                f"The home is on a network file system ({name}): it works, but readers wait for writers.",
                "Move it to a local disk, or keep the ledger in PostgreSQL ([store] catalog_env).",
            )
        elif name is not None:
            yield Finding("file system", "ok", name)

    def _libraries(self) -> Iterator[Finding]:
        missing = [name for name in _LIBRARIES if find_spec(name) is None]
        if missing:
            yield Finding("libraries", "problem", f"Not installed: {', '.join(missing)}.", f"Install with: {_INSTALL}")

    def _configuration(self) -> Iterator[Finding]:
        config = load_config(self._home)
        present = self._home.config_path.is_file()
        yield Finding("configuration", "ok", "headwater.toml" if present else "none; everything is in the home")
        for section in config.unknown:
            yield Finding("configuration", "warning", f"[{section}] is not read by this Headwater.", "Is it misspelt?")
        for source in config.sources.values():
            found = self._source(source)
            yield found
            if found.state != "problem":
                yield from self._powers(source)

    def _source(self, source: SourceConfig) -> Finding:
        name = f"source {source.name}"
        try:
            source.address()
        except Unavailable as error:
            return Finding(name, "problem", error.message, error.hint)
        if source.dsn_file is not None:
            file = Path(os.path.expanduser(source.dsn_file))
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                return Finding(name, "warning", "Other users can read its dsn_file.", "Close it with: chmod 600 FILE")
        what = "needs no credentials" if source.path is not None else "credentials are there"
        return Finding(name, "ok", f"{source.kind}, {what}")

    def _powers(self, source: SourceConfig) -> Iterator[Finding]:
        """What the source's user could do there: the true boundary is its rights, not how we read."""
        name = f"source {source.name}"
        try:
            powers = open_source(source).powers()
        except HeadwaterError as error:
            yield Finding(name, "warning", error.message, error.hint)
            return
        for power in powers:
            yield Finding(
                name,
                "warning",
                f"Its user may {power}.",
                "Let Headwater connect as a role that may SELECT what is sampled and nothing else.",
            )
        if not powers:
            yield Finding(name, "ok", "its user may read, and nothing else")

    def _ledger(self) -> Iterator[Finding]:
        config = load_config(self._home)
        if config.store.url() is None:
            if not self._home.ledger_path.is_file():
                yield Finding(
                    "ledger",
                    "problem",
                    "The ledger is missing.",
                    "Restore it from the tables: headwater doctor --rebuild",
                )
                return
            yield from _integrity(self._home.ledger_path)
        yield from self._open_ledger(config)

    def _open_ledger(self, config: Config) -> Iterator[Finding]:
        database = open_ledger(self._home, config.store.url())
        try:
            steps = database.one("SELECT count(*) AS steps FROM migration")
            datasets = database.one("SELECT datasets FROM dataset_count WHERE namespace = '' AND kind = ''")
            known = datasets["datasets"] if datasets else 0
            yield Finding(
                "ledger",
                "ok",
                f"{database.dialect}, format {steps['steps'] if steps else 0}, {known:,} datasets",
            )
            for row in database.query("SELECT dataset, started FROM intent ORDER BY started"):
                yield Finding(
                    "commits",
                    "warning",
                    f"A commit to {row['dataset']} that began at {row['started']} has not ended.",
                    "If nothing is writing to it, the next commit to that dataset finishes it or takes it back.",
                )
        finally:
            database.close()


def _integrity(path: Path) -> Iterator[Finding]:
    connection = sqlite3.connect(path, timeout=5)
    try:
        answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        answer = str(error)
    finally:
        connection.close()
    if answer != "ok":
        yield Finding(
            "ledger",
            "problem",
            "The ledger file is damaged.",
            "Move ledger.sqlite away and restore it from the tables: headwater doctor --rebuild",
        )
