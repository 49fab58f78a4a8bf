"""A small real home, and versions committed to it the way Headwater commits them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.assembly import Headwater, open_headwater
from headwater.models import Version

Commit = Callable[..., Version]


@pytest.fixture
def headwater(tmp_path: Path) -> Iterator[Headwater]:
    """The parts of a new home."""
    parts = open_headwater(tmp_path / "home")
    yield parts
    parts.close()


@pytest.fixture
def commit(headwater: Headwater) -> Commit:
    """Commits an Arrow table, or columns for one, as the next version of a dataset."""

    def commit(name: str, rows: pa.Table | dict[str, Any], **options: Any) -> Version:
        table = rows if isinstance(rows, pa.Table) else pa.table(rows)
        return headwater.commits.commit(
            name, table.to_reader(), **{"kind": "real", "message": "", "author": "ada", **options}
        )

    return commit
