"""A directory, or a prefix of an S3-compatible store, of Parquet and CSV files."""
