"""Fixtures of the wheel tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from building import CONSTRAINTS, ROOT, Environment, build_front_end, environment, uv


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, which holds the front end of this source as it is shipped."""
    build_front_end()
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--build-constraints", CONSTRAINTS, "--out-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """JupyterLab with the wheel, as one who has only pip gets it."""
    return environment(tmp_path_factory.mktemp("installed") / "venv", wheel, "jupyterlab", "-c", CONSTRAINTS)
