"""Notebook files: read strictly, written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headwater.errors import DiskFull, InvalidNotebook, NotebookNotFound, Unavailable
from headwater.models import VerifyResult
from headwater.stamping.canonical import canonical, source_text
from headwater.stamping.sign import PublicKey
from headwater.stamping.verify import check, read_notebook, verify_result

_REMEMBERED = 256


def read_file(path: Path) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a notebook file and what they say.

    Raises
    ------
    NotebookNotFound
        There is no such file.
    InvalidNotebook
        It is not notebook JSON.
    Unavailable
        It cannot be read.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise NotebookNotFound(f"There is no notebook {path.name}.", hint="Check the path.") from error
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read: {error.strerror}.", hint="Check its permissions.") from error
    return raw, read_notebook(raw, path.name)


def verify_file(path: Path, trusted: Mapping[str, PublicKey]) -> VerifyResult:
    """Compare a notebook file with its stamp by public keys alone. Raises as `read_file` does."""
    content = read_file(path)[1]
    return verify_result(str(path), content, *check(content, trusted))


def write_notebook(path: Path, content: Mapping[str, Any], *, unless: bytes | None = None) -> None:
    """Replace a notebook file in one step, in the layout that Jupyter writes; nothing when that is `unless`.

    Raises
    ------
    DiskFull, Unavailable
        The new file could not be written; the old one is untouched.
    """
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"
    raw = text.encode("utf-8", "surrogatepass")
    if raw == unless:
        return
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(draft, mode)
            os.replace(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else Unavailable
        raise kind(
            f"{path.name} could not be written: {error.strerror}. The file is as it was.",
            hint="Make room, or check the folder's permissions, and try again.",
        ) from error


class OriginalContent:
    """Whether a notebook about to be saved shows anything else than its file; knows files by their state."""

    def __init__(self) -> None:
        self._digests: dict[tuple[str, int, int, int], tuple[str, str] | None] = {}

    def differs(self, content: Mapping[str, Any], path: str) -> bool:
        """Whether what `content` shows differs from what the file does.

        Never, as long as it shows nothing: JupyterLab puts a blank cell into a new notebook when it opens it.
        """
        form = canonical(content)
        shows = any(cell.document.get("outputItems") for cell in form.cells) or any(
            source_text(cell).strip() for cell in content["cells"]
        )
        return shows and (form.digests["code"], form.digests["outputs"]) != self._of_file(path)

    def _of_file(self, path: str) -> tuple[str, str] | None:
        try:
            state = os.stat(path)
        except OSError:
            return None
        key = (path, state.st_ino, state.st_mtime_ns, state.st_size)
        if key not in self._digests:
            if len(self._digests) >= _REMEMBERED:
                self._digests.clear()
            self._digests[key] = _digests(Path(path))
        return self._digests[key]


def _digests(path: Path) -> tuple[str, str] | None:
    try:
        form = canonical(read_file(path)[1])
    except (InvalidNotebook, NotebookNotFound, Unavailable):
        return None
    return form.digests["code"], form.digests["outputs"]


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
