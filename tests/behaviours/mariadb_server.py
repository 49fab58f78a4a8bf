"""A real MariaDB for tests, with files of its own, on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import pwd
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import pymysql
import pytest

_TOOL = Path(__file__).parents[2] / "tools" / "mariadb.sh"
_READY_S = 60.0


class MariadbServer:
    """One server. Its administrator is root, from 127.0.0.1, without a password."""

    def __init__(self, directory: Path, *options: str) -> None:
        self._directory = directory
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.passwords: dict[str, str] = {}

    def __enter__(self) -> MariadbServer:
        program = _program()
        share = program.parents[1] / "share" / "mysql"
        environment = {**os.environ, "LD_LIBRARY_PATH": str(program.parents[1] / "lib" / "x86_64-linux-gnu")}
        self._directory.mkdir(parents=True, exist_ok=True)
        common = [
            str(program), "--no-defaults", f"--user={pwd.getpwuid(os.geteuid()).pw_name}",
            f"--datadir={self._directory / 'data'}", f"--lc-messages-dir={share}",
            f"--character-sets-dir={share / 'charsets'}", "--innodb-log-file-size=16M",
            "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0",
            # A server that starts removes the temporary tables that it finds there, another's too.
            f"--tmpdir={self._directory / 'tmp'}",
        ]  # fmt: skip
        (self._directory / "data").mkdir()
        (self._directory / "tmp").mkdir()
        scripts = ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql")
        setup = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n" + "".join(
            (share / script).read_text(encoding="utf-8") for script in scripts
        )
        made = subprocess.run(
            [*common, "--bootstrap"], input=setup.encode(), capture_output=True, check=False, env=environment
        )
        if made.returncode:
            pytest.fail(f"MariaDB could not make its tables: {made.stderr[-500:].decode(errors='replace')}")
        for _ in range(5):
            self.port = _free_port()
            with (self._directory / "server.log").open("ab") as log:
                self._process = subprocess.Popen(
                    [
                        *common, f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
                        f"--socket={self._directory / 'socket'}", f"--pid-file={self._directory / 'pid'}",
                        *self._options,
                    ],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True,
                )  # fmt: skip
            if self._answers():
                return self
        pytest.fail(f"MariaDB does not start; see {self._directory / 'server.log'}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def connect(self, database: str | None = None) -> pymysql.Connection[Any]:
        """A connection of its administrator, which commits each statement."""
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", database=database, charset="utf8mb4", autocommit=True
        )

    def run(self, *statements: str, database: str | None = None) -> None:
        """Statements of the administrator."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def dsn(self, user: str, database: str) -> str:
        """The connection string of `user`, password included."""
        return f"mariadb://{user}:{self.password(user)}@127.0.0.1:{self.port}/{database}"

    def password(self, user: str) -> str:
        """The password of `user`, made on first use."""
        return self.passwords.setdefault(user, secrets.token_urlsafe(24))

    def _answers(self) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self.connect().close()
                return True
            except pymysql.Error:
                time.sleep(0.1)
        return False


def _program() -> Path:
    found = subprocess.run(["bash", str(_TOOL)], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(found.stderr.strip().splitlines()[-1])
    return Path(found.stdout.strip()).resolve()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
