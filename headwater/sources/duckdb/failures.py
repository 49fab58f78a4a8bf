"""What went wrong in DuckDB, in our words. Its text can quote a row or a path with a credential: none is passed on."""

from __future__ import annotations

from headwater.errors import HeadwaterError, SourceUnavailable


def told(source: str, error: BaseException) -> HeadwaterError:
    """What an error of DuckDB or Arrow means."""
    import duckdb

    details = {"source": source, "error": type(error).__name__}
    text = str(error)
    reason: tuple[str, str]
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "Out of Memory" in text:
        reason = (
            f"The source {source} needs more memory for this than it may take; nothing was kept.",
            "Ask for fewer rows, or raise memory_mb in headwater.toml.",
        )
    elif "Conflicting lock" in text or "different configuration" in text:
        reason = (
            f"The source {source} is open for writing elsewhere.",
            "DuckDB lets one process write or many read: try again when the writer has closed it, or give a copy.",
        )
    elif (
        isinstance(error, duckdb.ConversionException | duckdb.InvalidInputException)
        or "conversion error" in text.lower()
    ):
        reason = (
            f"The source {source} has a value that does not fit the type of its column; nothing was kept.",
            "In files of text the first rows decide a column's type: write the table as Parquet, which has types.",
        )
    elif isinstance(error, duckdb.PermissionException):
        reason = (
            f"The source {source} has a table that reads files elsewhere, which is not allowed.",
            "Sample a table that is in the database itself.",
        )
    elif isinstance(error, FileNotFoundError) or "does not exist" in text or "Path does not exist" in text:
        reason = (f"The source {source} is not there.", "Correct the path that headwater.toml gives.")
    else:
        reason = (
            f"The source {source} cannot be read.",
            "It is damaged, of a newer format, or may not be read by the user that the Headwater host runs as.",
        )
    return SourceUnavailable(reason[0], hint=reason[1], details=details)
