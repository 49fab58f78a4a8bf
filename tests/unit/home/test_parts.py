"""Parts that are not here say so: a driver that is not installed, a kind that this version does not have."""

from __future__ import annotations

import pytest

from headwater.config import SourceConfig
from headwater.errors import MissingExtra, UsageError
from headwater.sources import registry
from headwater.sources.registry import open_source
from headwater.stores.registry import open_store


def source(kind: str) -> SourceConfig:
    return SourceConfig(name="prod", kind=kind)


@pytest.mark.parametrize(("kind", "wanted"), [(name, kind.extra) for name, kind in registry.KINDS.items()])
def test_a_missing_driver_names_the_install_command(kind: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda module: None)
    with pytest.raises(MissingExtra) as raised:
        open_source(source(kind))
    assert f'pip install "jupyterlab-headwater[{wanted}]"' in raised.value.hint


def test_a_store_of_a_later_version_is_said_to_be_one() -> None:
    with pytest.raises(UsageError, match="no store of kind 'delta' yet") as raised:
        open_store("delta", catalog="c", warehouse="w")
    assert "iceberg" in raised.value.hint


def test_unknown_kinds_list_the_known() -> None:
    with pytest.raises(UsageError, match="does not know"):
        open_source(source("oracle"))
    with pytest.raises(UsageError, match="no store of kind"):
        open_store("oracle", catalog="c", warehouse="w")
