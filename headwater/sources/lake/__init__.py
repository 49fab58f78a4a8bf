"""Iceberg and Delta tables of others, read by their own lists of files."""
