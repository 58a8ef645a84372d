"""One import into a shop at a time: two would each meet what the other has half made, and reject rows for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.context import current_tenant
from tenant_shop.imports.errors import ImportRunning

# The name of the right, among the advisory locks of the shop's own database.
RIGHT = "product import"


@contextmanager
def only_import() -> Iterator[None]:
    """Hold the right to import into the active shop for as long as the block lasts; a crash gives it up.

    The connection leads to the server directly: behind PgBouncer a session's lock would stay with somebody else's.
    Errors: ImportRunning when somebody else holds the right; OperationalError when the server is out of reach.
    """
    shop = current_tenant()
    with owner_alias(shop.server, shop.database_name) as alias:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [RIGHT])
            if cursor.fetchone() != (True,):
                raise ImportRunning(shop.slug)
        yield
