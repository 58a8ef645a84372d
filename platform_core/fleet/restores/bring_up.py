"""A database that is restored may be of an earlier release: it gets this one's schema before anybody is let in."""

from contextlib import closing

from platform_core.fleet.migrate.child import migrate_with_django
from platform_core.fleet.migrate.script import newest_of, on_disk
from platform_core.fleet.migrate.shop import Shop, applied_in, connect, pending_of

# Nobody else is in the database.
LOCK_TIMEOUT_SECONDS = 10.0


def bring_up_to_date(shop: Shop) -> str:
    """Apply what the database lacks of this release's migrations; the version that it has then.

    Errors: ForeignHistory when it has migrations that this release does not know; whatever a migration raises.
    """
    with closing(connect(shop, lock_timeout=LOCK_TIMEOUT_SECONDS)) as connection:
        applied = applied_in(connection, shop)
    pending = pending_of(on_disk(), applied)
    if pending:
        migrate_with_django(
            server=shop.server,
            database=shop.database,
            lock_timeout=LOCK_TIMEOUT_SECONDS,
            migrations=[[migration.app, migration.name] for migration in pending],
            backwards=False,
            applied=sorted(applied),
        )
    return newest_of({*applied, *(migration.key for migration in pending)})
