"""A plugin for pytest: whatever the application asks goes through a real PgBouncer in transaction mode, the platform's
database and the shops'. `make test-pgbouncer` runs the smoke tests of every door so.

`python -m tests.through_pgbouncer` prints which tests these are.
"""

from collections.abc import Iterator
from typing import Any

SMOKE = (
    "tests/platform_core/website/test_sign_up.py",
    "tests/platform_core/console/test_console.py",
    "tests/platform_core/tenancy/test_hosts.py",
    "tests/tenant_shop/storefront/test_journeys.py",
    "tests/tenant_shop/storefront/test_cart.py",
    "tests/tenant_shop/storefront/test_checkout.py",
    "tests/tenant_shop/storefront/test_pay.py",
    "tests/tenant_shop/storefront/test_search.py",
    "tests/tenant_shop/storefront/test_account.py",
    "tests/tenant_shop/backoffice/test_orders.py",
    "tests/tenant_shop/backoffice/test_product_form.py",
    "tests/tenant_shop/backoffice/test_take_order.py",
    "tests/tenant_shop/inbound/test_callbacks.py",
    "tests/tenant_shop/api/test_v1.py",
)
# Fewer than the sessions that the tests' processes would like to have.
SERVER_CONNECTIONS = 12

if __name__ == "__main__":
    print(" ".join(SMOKE))
else:
    import pytest
    from django.conf import settings
    from django.db import connections
    from psycopg.conninfo import conninfo_to_dict

    from bench.bouncer import pgbouncer
    from platform_core.tenancy.connections import server_settings
    from platform_core.tenancy.postgresql.base import pool

    # PgBouncer asks a database that refused it again after a second only; directly it is asked at once.
    OTHERWISE = "test_a_shops_database_that_is_down_is_503_and_recovers_by_itself"

    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        """What PgBouncer does otherwise by its nature is left out."""
        for item in items:
            if item.name == OTHERWISE:
                item.add_marker(pytest.mark.skip(reason="PgBouncer remembers a refusal for a second"))

    @pytest.fixture(scope="session", autouse=True)
    def everything_through_pgbouncer(worker_databases: Any, django_db_blocker: Any) -> Iterator[None]:
        """PgBouncer before the first test, and until after the last."""
        with django_db_blocker.unblock(), pgbouncer(server_connections=SERVER_CONNECTIONS) as address:
            pool().forget("")
            settings.DATABASE_SERVERS = {"primary": {**settings.DATABASE_SERVERS["primary"], "app": address}}
            settings.DATABASE_BEHIND_PGBOUNCER = True
            server_settings.cache_clear()
            platform, told = connections["default"], conninfo_to_dict(address)
            platform.close()
            platform.settings_dict.update(HOST=told["host"], PORT=str(told["port"]), DISABLE_SERVER_SIDE_CURSORS=True)
            yield
            pool().forget("")
            platform.close()
