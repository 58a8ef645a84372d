"""The views that operators watch the fleet with."""

import pytest
from django.db import connections

from platform_core.tenants.models import Tenant
from tests.databases import PLATFORM, TEMPLATE, owner

pytestmark = pytest.mark.usefixtures("platform")


def tenant(slug: str, database: str, status: str = "active") -> Tenant:
    return Tenant.objects.create(
        slug=slug, name=slug.title(), database_name=database, status=status, contact_email=f"owner@{slug}.example"
    )


def rows(view: str, alias: str) -> list[tuple[object, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {view}")
        found: list[tuple[object, ...]] = cursor.fetchall()
    if alias == "owner":
        connections[alias].close()
    return found


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_a_missing_database_is_listed_without_a_size_and_fails_nobody_else(alias: str) -> None:
    tenant("acme", PLATFORM)
    tenant("gone", "smartseller_of_nobody")
    tenant("asleep", "smartseller_asleep", status="suspended")

    with owner() as connection:
        size = connection.execute("SELECT pg_database_size(%s), pg_size_pretty(pg_database_size(%s))", [PLATFORM] * 2)
        expected = size.fetchone()
    gone, acme = rows("tenant_database_sizes", alias)

    assert gone == ("gone", "Gone", "active", None, None)
    assert expected is not None
    assert acme[:3] == ("acme", "Acme", "active")
    assert acme[4] == pytest.approx(expected[0], rel=0.05)  # the view's own statement may write a page


def test_a_database_that_may_not_be_entered_is_listed_without_a_size() -> None:
    tenant("closed", TEMPLATE)
    with owner() as connection:
        connection.execute(f"REVOKE CONNECT ON DATABASE {TEMPLATE} FROM smartseller_app")
        try:
            assert rows("tenant_database_sizes", "default") == [("closed", "Closed", "active", None, None)]
        finally:
            connection.execute(f"GRANT CONNECT ON DATABASE {TEMPLATE} TO smartseller_app")


def test_connections_are_counted_for_each_shop() -> None:
    tenant("acme", TEMPLATE)
    tenant("quiet", "smartseller_quiet")

    assert rows("tenant_connection_stats", "owner") == []
    with owner(TEMPLATE) as first, owner(TEMPLATE) as second:
        first.execute("SELECT 1")
        second.execute("SELECT 1")
        assert rows("tenant_connection_stats", "owner") == [("acme", TEMPLATE, 2, 0, 2)]
