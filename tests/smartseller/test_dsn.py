import socket
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper

from smartseller.dsn import PATIENCE, django_database

# What Django wants of a connection beside the address.
DEFAULTS = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "TIME_ZONE": None}


def test_a_url_and_a_keyword_string_mean_the_same_database() -> None:
    expected = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "platform",
        "USER": "app",
        "PASSWORD": "p@ss word",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {**PATIENCE, "sslmode": "require"},
    }

    assert django_database("postgresql://app:p%40ss%20word@db.example:6432/platform?sslmode=require") == expected
    assert (
        django_database("host=db.example port=6432 user=app password='p@ss word' dbname=platform sslmode=require")
        == expected
    )


def test_what_a_connection_string_leaves_out_is_left_to_libpq() -> None:
    assert django_database("host=/run/sockets dbname=platform") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "platform",
        "USER": "",
        "PASSWORD": "",
        "HOST": "/run/sockets",
        "PORT": "",
        "OPTIONS": PATIENCE,
    }


def test_another_engine_can_be_asked_for() -> None:
    assert django_database("dbname=shop", engine="platform_core.tenancy.postgresql")["ENGINE"] == (
        "platform_core.tenancy.postgresql"
    )


@pytest.mark.parametrize("conninfo", ["mysql://app@db/platform", "platform", "host=db colour=blue"])
def test_what_libpq_cannot_read_is_refused(conninfo: str) -> None:
    with pytest.raises(ValueError, match="not a PostgreSQL connection string"):
        django_database(conninfo)


def test_the_address_decides_about_patience_where_it_says_something() -> None:
    assert django_database("dbname=shop connect_timeout=9")["OPTIONS"] == {**PATIENCE, "connect_timeout": "9"}


@pytest.mark.slow
def test_a_server_that_takes_the_call_and_says_nothing_is_given_up(tmp_path: Path, django_db_blocker: Any) -> None:
    """As a postmaster that was stopped does: the kernel accepts, and nobody answers."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / ".s.PGSQL.5432"))
        silent.listen()
        address = django_database(f"host={tmp_path} dbname=x connect_timeout=2")
        wrapper = DatabaseWrapper({**DEFAULTS, **address}, "silent")
        with django_db_blocker.unblock(), pytest.raises(OperationalError, match="timeout"):
            wrapper.ensure_connection()
