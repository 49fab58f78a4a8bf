"""Reading a version from its file list with the engine the kernel has: pyarrow, pandas, polars or DuckDB.

Each engine module works with its own library alone, and reads the same rows in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Literal, get_args

from headwater.errors import MissingExtra, UsageError
from headwater.reading.files import VersionFiles

__all__ = ["FORMATS", "SCAN_FORMATS", "Format", "ScanFormat", "VersionFiles", "check_format", "read", "scan"]

Format = Literal["pandas", "polars", "arrow", "duckdb"]
ScanFormat = Literal["polars", "duckdb", "arrow"]

FORMATS: tuple[str, ...] = get_args(Format)
SCAN_FORMATS: tuple[str, ...] = get_args(ScanFormat)

_LIBRARIES: dict[str, tuple[str, ...]] = {
    "pandas": ("pandas", "pyarrow"),
    "polars": ("polars",),
    "arrow": ("pyarrow",),
    "duckdb": ("duckdb",),
}


def check_format(as_: str, *, lazy: bool = False) -> None:
    """Raise `UsageError` for no known format, `MissingExtra` for one whose library is missing."""
    known = SCAN_FORMATS if lazy else FORMATS
    if as_ not in known:
        raise UsageError(f"as_={as_!r} is no format to read in.", hint=f"Choose one of {', '.join(known)}.")
    missing = [name for name in _LIBRARIES[as_] if not _installed(name)]
    if missing:
        others = [name for name in known if all(_installed(library) for library in _LIBRARIES[name])]
        install = f"Install it with: pip install {' '.join(missing)}"
        hint = f'{install}; or read with as_="{others[0]}", which is here.' if others else f"{install}."
        raise MissingExtra(
            f'as_="{as_}" needs {" and ".join(missing)}, which this kernel does not have.',
            hint=hint,
            details={"missing": missing, "available": others},
        )


def read(
    version: VersionFiles,
    as_: Format,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    limit: int | None = None,
) -> Any:
    """The version's rows as a frame, table or relation.

    Parameters
    ----------
    as_:
        ``pandas`` (DataFrame), ``polars`` (DataFrame), ``arrow`` (`pyarrow.Table`) or ``duckdb`` (a relation
        on the default connection, which reads when it is asked).
    columns:
        The columns to read, in this order; None for all.
    where:
        A filter; see `headwater.predicate`.
    limit:
        At most this many rows, the first that the filter keeps.
    """
    from headwater.reading.request import request

    check_format(as_)
    wanted = request(version, columns, where, limit)
    return import_module(f"headwater.reading.{as_}").read(wanted)


def scan(version: VersionFiles, as_: ScanFormat) -> Any:
    """The version as a ``polars`` LazyFrame, a ``duckdb`` relation or an ``arrow`` dataset: nothing is read
    yet.
    """
    from headwater.reading.request import request

    check_format(as_, lazy=True)
    return import_module(f"headwater.reading.{as_}").scan(request(version, None, None, None))


def _installed(library: str) -> bool:
    from importlib.util import find_spec

    return find_spec(library) is not None
