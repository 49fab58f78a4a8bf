"""The column types that every store keeps: what others are turned into, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import BadName, UnsupportedFormat

if TYPE_CHECKING:
    import pyarrow


def storable(schema: pyarrow.Schema) -> pyarrow.Schema:
    """`schema` in the types that are kept, all columns nullable and without metadata.

    Narrow integers become ``int32``, unsigned ones the next wider signed type; times and timestamps are kept in
    microseconds, time zones as UTC; dictionaries, views and large layouts become plain; UUID and JSON become text.

    Raises
    ------
    BadName
        A column has no name, or two have the same.
    UnsupportedFormat
        There is no column, or one of a type that no table format keeps (unions).
    """
    import pyarrow as pa

    names = [field.name for field in schema]
    if not names:
        raise UnsupportedFormat("There are no columns to keep.", hint="Give at least one column.")
    if "" in names:
        raise BadName(f"Column {names.index('') + 1} has no name.", hint="Name every column.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadName(
            f"More than one column is named {twice[0]!r}.",
            hint="Rename one of them.",
            details={"columns": twice},
        )
    return pa.schema([pa.field(field.name, _kept(field.type, field.name), True) for field in schema])


def conform(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """`batch` in the types of `schema`, which `storable` made from its own.

    Raises `UnsupportedFormat` for a value that does not fit, such as a timestamp finer than a microsecond's range.
    """
    import pyarrow as pa

    columns = []
    for place, field in enumerate(schema):
        values = batch.column(place)
        try:
            columns.append(_cast(values, field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise UnsupportedFormat(
                f"Column {field.name!r} of type {values.type} cannot be kept as {field.type}.",
                hint="Convert the column before saving.",
                details={"column": field.name},
            ) from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _kept(kind: pyarrow.DataType, column: str) -> pyarrow.DataType:
    import pyarrow as pa

    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        as_text = kind.extension_name in ("arrow.uuid", "arrow.json", "arrow.opaque")
        return pa.string() if as_text else _kept(kind.storage_type, column)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return _kept(kind.value_type, column)
    if types.is_integer(kind):
        if kind == pa.uint64():
            return pa.decimal128(20, 0)
        wide = kind.bit_width > 32 or kind == pa.uint32()
        return pa.int64() if wide else pa.int32()
    if types.is_floating(kind):
        return pa.float64() if kind.bit_width == 64 else pa.float32()
    if types.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if types.is_decimal(kind):
        return pa.decimal128(kind.precision, kind.scale) if kind.precision <= 38 and kind.scale >= 0 else pa.string()
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return pa.list_(_kept(kind.value_type, column))
    if types.is_struct(kind) and kind.num_fields:
        return pa.struct([pa.field(field.name, _kept(field.type, column)) for field in kind])
    if types.is_map(kind):
        return pa.map_(_kept(kind.key_type, column), _kept(kind.item_type, column))
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind):
        return pa.string()
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        return pa.binary()
    simple = (
        (types.is_boolean, pa.bool_()), (types.is_date, pa.date32()), (types.is_time, pa.time64("us")),
        (types.is_duration, pa.int64()), (types.is_interval, pa.string()), (types.is_fixed_size_binary, pa.binary()),
    )  # fmt: skip
    for test, kept in simple:
        if test(kind):
            return kept
    raise UnsupportedFormat(
        f"Column {column!r} has the type {kind}, which no table format keeps.",
        hint="Split or convert the column.",
        details={"column": column, "type": str(kind)},
    )


def _cast(values: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    import pyarrow as pa

    if values.type == kind:
        return values
    if isinstance(values, pa.ExtensionArray):
        if pa.types.is_string(kind) and not pa.types.is_string(values.type.storage_type):
            return pa.array([None if v is None else str(v) for v in values.to_pylist()], kind)
        return _cast(values.storage, kind)
    if pa.types.is_dictionary(values.type):
        return _cast(values.dictionary_decode(), kind)
    if pa.types.is_run_end_encoded(values.type):
        import pyarrow.compute as pc

        return _cast(pc.run_end_decode(values), kind)
    if pa.types.is_duration(values.type):
        return values.cast(pa.duration("us"), safe=False).view(pa.int64())
    if pa.types.is_temporal(values.type) and not pa.types.is_interval(values.type):
        # Nanoseconds are cut to microseconds, the finest that table formats of this generation keep.
        return values.cast(kind, safe=False)
    if pa.types.is_interval(values.type):
        return pa.array([None if v is None else str(v) for v in values.to_pylist()], kind)
    if pa.types.is_decimal(values.type) and pa.types.is_string(kind):
        return pa.array([None if v is None else format(v, "f") for v in values.to_pylist()], kind)
    return values.cast(kind)
