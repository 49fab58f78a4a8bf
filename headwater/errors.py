"""One tree of errors. Every error says what happened, and its hint says what to do next.

::

    HeadwaterError
    ├── UsageError            the caller asked for something that cannot be        400, exit 2
    │   ├── BadName           a dataset, version, tag or column name is malformed
    │   ├── BadPredicate      a ``where=`` text is outside the documented subset
    │   ├── UnsupportedFormat a file or frame of a kind that is not taken
    │   └── OutsideRoot       a notebook that a link puts outside the server's root
    ├── NotFound              it does not exist, or may not be seen                404, exit 2
    │   ├── DatasetNotFound  VersionNotFound  ColumnNotFound  NotebookNotFound
    │   ├── SourceNotFound   TableNotFound    JobNotFound    RecipeNotFound
    │   └── VersionErased     its rows were removed for ever; its name and why are left
    ├── DataError             the data itself is wrong                             422, exit 2
    │   ├── ImportFailed      a row that does not fit: file, line, column
    │   └── InvalidNotebook   a file that is not notebook JSON
    ├── Conflict              somebody else changed it first                       409, exit 4
    │   ├── PinConflict  CommitConflict
    │   └── Cancelled         stopped on request; nothing was kept
    ├── Refused               policy says no                                       403, exit 3
    │   └── SampleRefused     a draw that policy or its budget forbids
    └── Unavailable           a part that is needed is not there                   503, exit 4
        ├── SourceUnavailable HostUnavailable  StoreUnavailable
        ├── MissingExtra      an optional library is not installed
        ├── DiskFull          no room left; nothing was committed                  507
        ├── KeyUnavailable    a key of the home cannot be read or made
        └── LedgerIncompatible the home was written by another Headwater
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "BadName",
    "BadPredicate",
    "Cancelled",
    "ColumnNotFound",
    "CommitConflict",
    "Conflict",
    "DataError",
    "DatasetNotFound",
    "DiskFull",
    "HeadwaterError",
    "HostUnavailable",
    "ImportFailed",
    "InvalidNotebook",
    "JobNotFound",
    "KeyUnavailable",
    "LedgerIncompatible",
    "MissingExtra",
    "NotFound",
    "NotebookNotFound",
    "OutsideRoot",
    "PinConflict",
    "RecipeNotFound",
    "Refused",
    "SampleRefused",
    "SourceNotFound",
    "SourceUnavailable",
    "StoreUnavailable",
    "TableNotFound",
    "Unavailable",
    "UnsupportedFormat",
    "UsageError",
    "VersionErased",
    "VersionNotFound",
    "error_from_wire",
]


class HeadwaterError(Exception):
    """Base of all errors that Headwater raises on purpose.

    Parameters
    ----------
    message:
        What happened and what Headwater was asked to do, in one or two sentences, without credentials or rows.
    hint:
        What to do next: a command, a call or a setting.
    details:
        Facts for a program (names, line numbers); JSON values only.
    """

    code: str = "error"
    status: int = 500
    exit_code: int = 4

    def __init__(self, message: str, *, hint: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def __reduce__(self) -> Any:
        return (_rebuild, (type(self), self.message, self.hint, self.details))

    def to_wire(self) -> dict[str, Any]:
        """The one error shape: ``{"error": {"code", "message", "hint", "details"}}``."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}}


def _rebuild(kind: type[HeadwaterError], message: str, hint: str, details: dict[str, Any]) -> HeadwaterError:
    return kind(message, hint=hint, details=details)


class UsageError(HeadwaterError):
    code, status, exit_code = "usage", 400, 2


class BadName(UsageError):
    code = "bad_name"


class BadPredicate(UsageError):
    code = "bad_predicate"


class UnsupportedFormat(UsageError):
    code = "unsupported_format"


class OutsideRoot(UsageError):
    code = "outside_root"


class NotFound(HeadwaterError):
    code, status, exit_code = "not_found", 404, 2


class DatasetNotFound(NotFound):
    code = "dataset_not_found"


class VersionNotFound(NotFound):
    code = "version_not_found"


class VersionErased(NotFound):
    code = "version_erased"


class ColumnNotFound(NotFound):
    code = "column_not_found"


class NotebookNotFound(NotFound):
    code = "notebook_not_found"


class SourceNotFound(NotFound):
    code = "source_not_found"


class TableNotFound(NotFound):
    code = "table_not_found"


class JobNotFound(NotFound):
    code = "job_not_found"


class RecipeNotFound(NotFound):
    code = "recipe_not_found"


class DataError(HeadwaterError):
    code, status, exit_code = "data_error", 422, 2


class ImportFailed(DataError):
    code = "import_failed"


class InvalidNotebook(DataError):
    code = "invalid_notebook"


class Conflict(HeadwaterError):
    code, status, exit_code = "conflict", 409, 4


class PinConflict(Conflict):
    code = "pin_conflict"


class CommitConflict(Conflict):
    code = "commit_conflict"


class Cancelled(Conflict):
    code = "cancelled"


class Refused(HeadwaterError):
    code, status, exit_code = "refused", 403, 3


class SampleRefused(Refused):
    code = "sample_refused"


class Unavailable(HeadwaterError):
    code, status, exit_code = "unavailable", 503, 4


class SourceUnavailable(Unavailable):
    code = "source_unavailable"


class HostUnavailable(Unavailable):
    code = "host_unavailable"


class StoreUnavailable(Unavailable):
    code = "store_unavailable"


class MissingExtra(Unavailable):
    code = "missing_extra"


class DiskFull(Unavailable):
    code, status = "disk_full", 507


class KeyUnavailable(Unavailable):
    code = "key_unavailable"


class LedgerIncompatible(Unavailable):
    code = "ledger_incompatible"


def _tree(kind: type[HeadwaterError]) -> dict[str, type[HeadwaterError]]:
    found = {kind.code: kind}
    for child in kind.__subclasses__():
        found.update(_tree(child))
    return found


def error_from_wire(document: dict[str, Any]) -> HeadwaterError:
    """Rebuild the error that a host or a service answered with; an unknown code becomes `HeadwaterError`."""
    error = document.get("error", {})
    kind = _tree(HeadwaterError).get(str(error.get("code", "")), HeadwaterError)
    return kind(
        str(error.get("message", "")), hint=str(error.get("hint", "")), details=dict(error.get("details") or {})
    )
