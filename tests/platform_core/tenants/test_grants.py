"""What the role that serves requests may do to the platform's database."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connections, transaction

from tests.databases import PLATFORM, owner

pytestmark = pytest.mark.usefixtures("platform")

READ_ONLY = {"schema_versions", "django_migrations", "tenant_database_sizes", "tenant_connection_stats"}
APPEND_ONLY = {"platform_audit_log"}


def granted() -> dict[str, set[str]]:
    with owner(PLATFORM) as connection:
        rows = connection.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = %s AND table_schema = 'public'",
            (settings.DATABASE_APP_ROLE,),
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, privilege in rows:
        found.setdefault(table, set()).add(privilege)
    return found


def test_requests_may_read_and_write_rows_and_nothing_more() -> None:
    with owner(PLATFORM) as connection:
        relations = {
            row[0]
            for row in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
            )
        }

    assert granted() == {
        name: (
            {"SELECT"}
            if name in READ_ONLY
            else {"SELECT", "INSERT"}
            if name in APPEND_ONLY
            else {"SELECT", "INSERT", "UPDATE", "DELETE"}
        )
        for name in relations
    }


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (id int)",
        "DROP TABLE tenants",
        "ALTER TABLE tenants ADD extra int",
        "TRUNCATE tenants CASCADE",
    ],
)
def test_requests_may_not_change_the_schema(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(using="default"),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("options", [{}, {"database": "default"}], ids=["bare", "naming the serving alias"])
def test_migrate_runs_as_the_owner(options: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("migrate", verbosity=1, **options)

    assert "No migrations to apply." in capsys.readouterr().out
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.DATABASE_OWNER_ROLE,)
    connections["owner"].close()
