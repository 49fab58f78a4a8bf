"""Paths of the contents API, and the files behind them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import NotebookNotFound, OutsideRoot, UsageError

if TYPE_CHECKING:
    from jupyter_server.services.contents.manager import ContentsManager


class ContentsPaths:
    """Maps API paths (``work/a.ipynb``, never starting with a slash) to files below the server's root.

    Parameters
    ----------
    contents:
        The server's contents manager. One that is not on a file system has no files to map to; `supported` is
        then false and every call is refused.
    """

    def __init__(self, contents: ContentsManager) -> None:
        self._contents = contents

    @property
    def supported(self) -> bool:
        return hasattr(self._contents, "_get_os_path")

    @property
    def root(self) -> Path:
        return Path(os.path.realpath(self._contents.root_dir))

    def file(self, api_path: str) -> Path:
        """The absolute path behind `api_path`, whether it exists or not.

        Raises
        ------
        UsageError
            The path leaves the server's root, is hidden, or the contents manager has no files.
        OutsideRoot
            A link leads out of the root. Whose file it is and who else writes it is not known here.
        """
        if not self.supported:
            raise UsageError(
                f"This server keeps its contents in {type(self._contents).__name__}, which has no files.",
                hint="Headwater needs a contents manager on a file system.",
            )
        plain = api_path.removeprefix("RTC:").strip("/")
        if not plain or any(part in ("", ".", "..") or part.startswith(".") for part in plain.split("/")):
            raise UsageError(
                "The path is empty, hidden, or leads out of the server's root.",
                hint="Give a path as the file browser shows it, e.g. work/revenue.ipynb.",
            )
        path = Path(os.path.realpath(self.root / plain))
        if not path.is_relative_to(self.root):
            raise OutsideRoot(
                f"{plain} lies outside the server's root, behind a link, so it is saved without pins and stamp.",
                hint="Move the notebook itself below the root, or start Jupyter where it lies.",
            )
        return path

    def existing(self, api_path: str) -> Path:
        """Like `file`, for a file that must be there.

        Raises
        ------
        NotebookNotFound
            Nothing is at `api_path`.
        """
        path = self.file(api_path)
        if not path.is_file():
            raise NotebookNotFound(
                f"There is no file {api_path}.", hint="It may have been renamed; look in the file browser."
            )
        return path

    def api_path(self, path: str | os.PathLike[str]) -> str | None:
        """The API path of a file, or None for one outside the root."""
        real = Path(os.path.realpath(path))
        return real.relative_to(self.root).as_posix() if real.is_relative_to(self.root) else None
