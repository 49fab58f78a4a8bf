"""The spool: where a kernel leaves its records for the server, one file per kernel and process.

A line is one JSON record with a checksum. Lines are appended with a single write each, so that a reader sees
whole lines; one that is torn all the same (a killed kernel, a full disk) fails its checksum and is passed
over.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def checksum(record: Mapping[str, Any]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the record's canonical JSON, its ``sum`` left out."""
    body = {key: value for key, value in record.items() if key != "sum"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


class Spool:
    """Appends the records of one kernel process to its file below `directory`, mode 0600.

    The file is made with the first record. After a fork the child writes a file of its own.
    """

    def __init__(self, directory: Path, kernel: str) -> None:
        self._directory = directory
        self._kernel = _UNSAFE.sub("_", kernel)[:128]
        self._descriptor: int | None = None
        self._process = 0
        self._torn = False

    @property
    def path(self) -> Path:
        """The file of the calling process."""
        return self._directory / f"{self._kernel}.{os.getpid()}.jsonl"

    def append(self, record: Mapping[str, Any]) -> None:
        """Write one record, its checksum added. Raises `OSError` when it cannot be written."""
        line = json.dumps({**record, "sum": checksum(record)}, separators=(",", ":")).encode() + b"\n"
        if self._torn:
            # End the line that a full disk cut short; else this record would be lost with it.
            line = b"\n" + line
        written = os.write(self._file(), line)
        self._torn = written < len(line)

    def close(self) -> None:
        """Close the file; the next record opens it again."""
        if self._descriptor is not None and self._process == os.getpid():
            os.close(self._descriptor)
        self._descriptor = None

    def _file(self) -> int:
        if self._descriptor is not None and self._process != os.getpid():
            # The parent still writes to its own.
            os.close(self._descriptor)
            self._descriptor = None
        if self._descriptor is not None and os.fstat(self._descriptor).st_nlink == 0:
            self.close()
        if self._descriptor is None:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()
        return self._descriptor
