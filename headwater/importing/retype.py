"""Given types for files that carry types of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headwater.errors import ImportFailed
from headwater.importing.types import check_columns

if TYPE_CHECKING:
    import pyarrow


def retyped(schema: pyarrow.Schema, types: Mapping[str, pyarrow.DataType]) -> pyarrow.Schema:
    """`schema` with the given types, without metadata."""
    import pyarrow as pa

    check_columns(types, schema.names)
    return pa.schema([pa.field(field.name, types.get(field.name, field.type)) for field in schema])


def converted(batch: pyarrow.RecordBatch, schema: pyarrow.Schema, file: str) -> pyarrow.RecordBatch:
    """`batch` in the types of `schema`.

    Raises `ImportFailed` naming the column and the first row whose value does not convert.
    """
    import pyarrow as pa

    if batch.schema.equals(schema):
        return batch
    columns = []
    for field, values in zip(schema, batch.columns, strict=True):
        try:
            columns.append(values.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ImportFailed(
                f"{file}: the column {field.name} of type {values.type} does not convert to {field.type}.",
                hint="Give another type, or none to keep the file's own.",
                details={"file": file, "column": field.name, "type": str(field.type)},
            ) from error
    return pa.record_batch(columns, schema=schema)
