"""Connection strings, as Django and libpq want them."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict


def django_database(conninfo: str, *, engine: str = "django.db.backends.postgresql") -> dict[str, Any]:
    """The entry of `DATABASES` for a libpq connection string or `postgresql://` URL.

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
        "OPTIONS": parts,
    }
