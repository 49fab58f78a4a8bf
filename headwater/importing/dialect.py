"""The dialect of a delimited text file, found from its first bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from headwater.errors import ImportFailed

if TYPE_CHECKING:
    import _csv

    import pyarrow

SAMPLE_BYTES = 256 * 1024
_DELIMITERS = ",;\t|"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the fields of a file are separated and encoded, and the names in its first line."""

    delimiter: str
    encoding: str
    header: tuple[str, ...]


def find_dialect(path: Path) -> Dialect:
    """Look at the beginning of `path`.

    The delimiter is the one of comma, semicolon, tab and bar that splits the header into the most fields, among those
    that split the following lines into as many.

    Raises
    ------
    ImportFailed
        The file is empty, is not text, or a name in its header is missing or there twice.
    """
    with open_bytes(path) as stream:
        sample = stream.read(SAMPLE_BYTES)
    if not sample.strip():
        raise ImportFailed(f"{path.name} is empty.", hint="Give a file with a header.", details={"file": path.name})
    encoding = next((name for mark, name in _MARKS if sample.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in sample:
        raise ImportFailed(
            f"{path.name} is not text.",
            hint="Is it compressed or of another format? The ending says how it is read.",
            details={"file": path.name},
        )
    # The sample may end within a character.
    text = sample.decode(encoding, "ignore")
    delimiter = max(_DELIMITERS, key=lambda candidate: _fit(text, candidate))
    return Dialect(delimiter, encoding, _checked(path, next(_split(io.StringIO(text), delimiter))))


def open_bytes(path: Path) -> pyarrow.NativeFile:
    """`path` as a stream of bytes, decompressed where its ending says so."""
    import pyarrow as pa

    return pa.input_stream(str(path), compression="detect")


def records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line on which it begins; slow, for finding what is wrong."""
    with open_bytes(path) as stream:
        text = io.TextIOWrapper(stream, encoding=dialect.encoding, errors="replace", newline="")
        reader = _split(text, dialect.delimiter)
        line = 1
        for record in reader:
            yield line, record
            line = reader.line_num + 1


def _split(text: TextIO, delimiter: str) -> _csv.Reader:
    # The module's limit of 131,072 characters a field is for the whole process; Arrow, which reads the rows, has none.
    csv.field_size_limit(2**31 - 1)
    return csv.reader(text, delimiter=delimiter)


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = [row for _, row in zip(range(20), _split(io.StringIO(text), delimiter), strict=False)]
    except csv.Error:
        return (0, 0)
    width = len(rows[0]) if rows else 0
    # The last row of the sample may be cut.
    same = sum(len(row) == width for row in rows[1:-1] if row)
    return (same, width) if width > 1 else (0, 0)


def _checked(path: Path, header: list[str]) -> tuple[str, ...]:
    for place, name in enumerate(header, 1):
        if not name.strip():
            raise ImportFailed(
                f"{path.name}, line 1: column {place} has no name.",
                hint="Name every column in the first line.",
                details={"file": path.name, "line": 1, "column": place},
            )
        if name in header[: place - 1]:
            raise ImportFailed(
                f"{path.name}, line 1: more than one column is named {name!r}.",
                hint="Rename one of them.",
                details={"file": path.name, "line": 1, "column": name},
            )
    return tuple(header)
