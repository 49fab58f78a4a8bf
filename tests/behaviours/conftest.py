"""The databases that a ledger can be in, and the systems of other files of this directory."""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headwater.demo.postgres import Server

sys.path.insert(0, str(Path(__file__).parent))

from mariadb_server import MariadbServer
from older_server import OlderServer


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server from a wheel, gone when the tests are done."""
    with Server(tmp_path_factory.mktemp("ledger-postgresql")) as server:
        yield server
    shutil.rmtree(server.data.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def older_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server of an older major version."""
    with OlderServer(tmp_path_factory.mktemp("older-postgresql")) as server:
        yield server
    shutil.rmtree(server.data.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariadbServer]:
    """A real MariaDB; without one the tests that need it fail and say how to get it."""
    with MariadbServer(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture
def new_database(postgresql: Server) -> Callable[[], str]:
    """Makes an empty database and gives its address."""

    def make() -> str:
        name = f"ledger_{uuid.uuid4().hex}"
        with postgresql.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return postgresql.dsn(database=name)

    return make
