"""DuckDB: the engine that reads database files, and Arrow datasets of files that lie anywhere."""
