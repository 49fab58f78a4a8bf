"""MariaDB, and MySQL by the same code: rows come over PyMySQL as text, which is brought to Arrow column by column."""
