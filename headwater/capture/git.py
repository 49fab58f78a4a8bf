"""The git commit that a notebook ran at, and whether tracked files differ from it; the notebook itself aside.

The commit is read from git's files. Whether files differ only git can tell, and on a large repository it
takes its time: it is asked in the background, at most every ten seconds, and its last answer is used.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

_ASK_AGAIN_S = 10.0
_PATIENCE_S = 0.25
_GIVE_UP_S = 20.0


class Repository:
    """The repository around a notebook, if there is one.

    Parameters
    ----------
    notebook:
        The notebook's path. It is left out of the comparison: it changes while it runs, and its own state is
        in the stamp.
    """

    def __init__(self, notebook: str) -> None:
        self._notebook = notebook
        self._found = _git_directory(Path(notebook).parent)
        self._asked = float("-inf")
        self._process: subprocess.Popen[bytes] | None = None
        self._dirty: bool | None = None

    def refresh(self) -> None:
        """Start to ask whether files differ, unless that was done just now. Returns at once."""
        if self._found is None or self._process is not None or time.monotonic() - self._asked < _ASK_AGAIN_S:
            return
        self._asked = time.monotonic()
        root = self._found[0]
        try:
            self._process = subprocess.Popen(
                # A repository's own configuration may name a program to run as file system monitor: not for
                # us.
                ["git", "-c", "core.fsmonitor=false", "diff", "--quiet", "--no-ext-diff", "--no-textconv",
                 "HEAD", "--", ".", f":(exclude,literal){os.path.relpath(self._notebook, root)}"],
                cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            )  # fmt: skip
        except OSError:
            self._found = None

    def state(self) -> dict[str, Any] | None:
        """``{"commit": ..., "dirty": ...}``, or None without a repository, a commit or an answer yet."""
        self._collect()
        if self._found is None or self._dirty is None:
            return None
        commit = _commit(*self._found[1:])
        return {"commit": commit, "dirty": self._dirty} if commit else None

    def _collect(self) -> None:
        if self._process is None:
            return
        # Only the first answer is waited for; afterwards the last one serves until the next is there.
        patience = _PATIENCE_S if self._dirty is None else 0
        try:
            code = self._process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            if time.monotonic() - self._asked > _GIVE_UP_S:
                self._process.kill()
                self._process.wait()
                self._process = None
            return
        self._process = None
        if code in (0, 1):
            self._dirty = code == 1


def _git_directory(start: Path) -> tuple[Path, Path, Path] | None:
    """The work tree around `start`, its git directory, and the directory that all its work trees share."""
    for place in (start, *start.parents):
        mark = place / ".git"
        if mark.is_dir():
            return place, mark, mark
        if mark.is_file():
            # A linked work tree or a submodule: a file that says where the directory is.
            text = _text(mark)
            if text is None or not text.startswith("gitdir:"):
                return None
            directory = place / text.removeprefix("gitdir:").strip()
            shared = _text(directory / "commondir")
            return place, directory, directory / shared if shared else directory
    return None


def _commit(directory: Path, shared: Path) -> str | None:
    """The commit that ``HEAD`` names."""
    head = _text(directory / "HEAD")
    if head is None:
        return None
    if not head.startswith("ref:"):
        return head
    name = head.removeprefix("ref:").strip()
    loose = _text(shared / name)
    if loose is not None:
        return loose
    for line in (_text(shared / "packed-refs") or "").splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name:
            return commit
    return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
