"""One person at a time changes the settings."""

from platform_core.tenancy.connections import shop_connection


def wait_for_turn() -> None:
    """Until the caller's transaction ends, nobody else who asks here reads and changes settings. One statement."""
    with shop_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('settings', 0))")
