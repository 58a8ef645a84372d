"""Connection strings, as Django and libpq want them."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

# A server that hangs, or whose machine is gone, must not hold a thread: seconds until connecting is given up, and until
# a connection whose other end is silent counts as lost (TCP only). The address may say otherwise.
PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


# What the owner of databases does takes as long as it takes, whatever a database allots to a statement.
WITHOUT_LIMIT = "-c statement_timeout=0"


def owner_database(conninfo: str) -> dict[str, Any]:
    """As `django_database`, for the role that runs DDL. Errors: as there."""
    database = django_database(conninfo)
    options = database["OPTIONS"]
    options["options"] = f"{options.get('options') or ''} {WITHOUT_LIMIT}".strip()
    return database


def django_database(conninfo: str, *, engine: str = "django.db.backends.postgresql") -> dict[str, Any]:
    """The entry of `DATABASES` for a libpq connection string or `postgresql://` URL, with bounded `PATIENCE`.

    Errors: ValueError when libpq cannot read it.
    """
    try:
        parts = dict(conninfo_to_dict(conninfo))
    except Exception as error:
        raise ValueError(f"not a PostgreSQL connection string: {error}") from error
    return {
        "ENGINE": engine,
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {**PATIENCE, **parts},
    }
