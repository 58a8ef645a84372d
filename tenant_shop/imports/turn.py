"""One import into a shop at a time: two would each meet what the other has half made, and reject rows for it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError, connections
from psycopg.errors import LockNotAvailable

from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.context import current_tenant
from tenant_shop.imports.errors import ImportRunning

# The name of the right, among the advisory locks of the shop's own database.
RIGHT = "import"
# A killed import holds the right until the server has noticed.
WAIT = "2s"


@contextmanager
def only_import() -> Iterator[None]:
    """Hold the right to import into the active shop for as long as the block lasts; a crash gives it up.

    The connection leads to the server directly: behind PgBouncer a session's lock would stay with somebody else's.
    Errors: ImportRunning when somebody else holds the right; OperationalError when the server is out of reach.
    """
    shop = current_tenant()
    with owner_alias(shop.server, shop.database_name) as alias, connections[alias].cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [WAIT])
        try:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [RIGHT])
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise ImportRunning(shop.slug) from error
            raise
        try:
            yield
        finally:
            with suppress(OperationalError, InterfaceError):  # the connection was lost, and the right with it
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [RIGHT])
