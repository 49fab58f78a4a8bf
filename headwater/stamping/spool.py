"""Reads what kernels wrote to the spool since it was read last."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater.capture.spool import checksum

_SUFFIX = ".jsonl"
_READ_AT_ONCE = 16_000_000
"""Bytes of one file that are read in one go; the rest waits for the next save."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The new part of one spool file, up to `position`. `documents` are its intact records.

    `session` names the kernel process that writes it. `finished` is true when that process is gone and
    everything was read, so that the file can be removed once the records are kept.
    """

    spool: str
    session: str
    position: int
    documents: tuple[dict[str, Any], ...]
    finished: bool


def read_tails(directory: Path, positions: Mapping[str, int]) -> list[Tail]:
    """The new parts of all files below `directory`; files without anything new are left out unless finished.

    A line that is torn (a kernel died in the middle of writing) or fails its checksum is passed over; a last
    line without its line end is left for the next time.
    """
    tails = []
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    for entry in entries:
        if not entry.name.endswith(_SUFFIX):
            continue
        try:
            tail = _tail(entry, positions.get(entry.name, 0))
        except OSError:
            # Another process has just retired it.
            continue
        if tail.documents or tail.finished or tail.position != positions.get(entry.name, 0):
            tails.append(tail)
    return tails


def _tail(entry: os.DirEntry[str], start: int) -> Tail:
    session = entry.name.removesuffix(_SUFFIX)
    ended = not _is_alive(session.rpartition(".")[2])
    size = entry.stat().st_size
    body = b""
    if size > start:
        with open(entry.path, "rb") as file:
            file.seek(start)
            body = file.read(_READ_AT_ONCE)
    whole = body.rfind(b"\n") + 1
    documents = tuple(document for line in body[:whole].splitlines() if (document := _document(line)) is not None)
    position = start + whole
    return Tail(entry.name, session, position, documents, ended and (position >= size or not whole))


def _document(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("sum") != checksum(document):
        return None
    return document


def _is_alive(process: str) -> bool:
    if not process.isdecimal():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
