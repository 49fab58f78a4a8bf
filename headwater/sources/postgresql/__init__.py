"""PostgreSQL: its catalog by psycopg, its rows by ADBC as Arrow."""
