"""Between Arrow columns and Iceberg's: field ids, and what a new version's columns change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow
    from pyiceberg.schema import Schema
    from pyiceberg.table import Transaction
    from pyiceberg.types import IcebergType

_FIELD_ID = b"PARQUET:field_id"


def evolve(transaction: Transaction, wanted: pyarrow.Schema) -> None:
    """Stage the change that gives the table exactly the columns `wanted`.

    A column that keeps its name and type keeps its id. One whose type changes becomes a new column of that name, also
    where Iceberg could widen it: old snapshots then read with the type they were written with.
    """
    from pyiceberg.schema import assign_fresh_schema_ids

    current = transaction.table_metadata.schema()
    target = _iceberg(wanted)
    kept = {
        field.name
        for field in current.fields
        if any(_same(field.field_type, other.field_type) for other in target.fields if other.name == field.name)
    }
    dropped = [field.name for field in current.fields if field.name not in kept]
    added = [field for field in assign_fresh_schema_ids(target).fields if field.name not in kept]
    if not dropped and not added:
        return
    with transaction.update_schema(allow_incompatible_changes=True) as update:
        for name in dropped:
            update.delete_column((name,))
        for field in added:
            update.add_column((field.name,), field.field_type)


def parquet_schema(table: Schema, wanted: pyarrow.Schema) -> pyarrow.Schema:
    """The columns `wanted`, in their order, with the table's field ids as Parquet keeps them."""
    import pyarrow as pa

    fields = []
    for field in wanted:
        column = table.find_field(field.name)
        typed = _with_ids(field.type, column.field_type)
        fields.append(pa.field(field.name, typed, True, {_FIELD_ID: str(column.field_id).encode()}))
    return pa.schema(fields)


def _with_ids(kind: pyarrow.DataType, column: IcebergType) -> pyarrow.DataType:
    import pyarrow as pa
    from pyiceberg.types import ListType, MapType, StructType

    def field(name: str, inner: pyarrow.DataType, nested: IcebergType, id: int, nullable: bool = True) -> pyarrow.Field:
        return pa.field(name, _with_ids(inner, nested), nullable, {_FIELD_ID: str(id).encode()})

    if isinstance(column, ListType):
        return pa.list_(field("element", kind.value_type, column.element_type, column.element_id))
    if isinstance(column, MapType):
        return pa.map_(
            field("key", kind.key_type, column.key_type, column.key_id, nullable=False),
            field("value", kind.item_type, column.value_type, column.value_id),
        )
    if isinstance(column, StructType):
        return pa.struct(
            [
                field(inner.name, inner.type, nested.field_type, nested.field_id)
                for inner, nested in zip(kind, column.fields, strict=True)
            ]
        )
    return kind


def _iceberg(schema: pyarrow.Schema) -> Schema:
    from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids

    # The public conversion wants ids or a name mapping; these columns have neither yet.
    return _pyarrow_to_schema_without_ids(schema)


def _same(one: IcebergType, other: IcebergType) -> bool:
    """Whether two types are equal but for the ids inside them."""
    from pyiceberg.types import ListType, MapType, StructType

    if isinstance(one, ListType) and isinstance(other, ListType):
        return _same(one.element_type, other.element_type)
    if isinstance(one, MapType) and isinstance(other, MapType):
        return _same(one.key_type, other.key_type) and _same(one.value_type, other.value_type)
    if isinstance(one, StructType) and isinstance(other, StructType):
        return len(one.fields) == len(other.fields) and all(
            a.name == b.name and _same(a.field_type, b.field_type)
            for a, b in zip(one.fields, other.fields, strict=True)
        )
    return one == other
