"""Django's database engine for shops: the PostgreSQL backend on a process-wide pool."""
