import pytest

from smartseller.dsn import django_database


def test_a_url_and_a_keyword_string_mean_the_same_database() -> None:
    expected = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "platform",
        "USER": "app",
        "PASSWORD": "p@ss word",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
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
        "OPTIONS": {},
    }


def test_another_engine_can_be_asked_for() -> None:
    assert django_database("dbname=shop", engine="platform_core.tenancy.postgresql")["ENGINE"] == (
        "platform_core.tenancy.postgresql"
    )


@pytest.mark.parametrize("conninfo", ["mysql://app@db/platform", "platform", "host=db colour=blue"])
def test_what_libpq_cannot_read_is_refused(conninfo: str) -> None:
    with pytest.raises(ValueError, match="not a PostgreSQL connection string"):
        django_database(conninfo)
